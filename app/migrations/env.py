"""How Alembic connects, and how it writes our column types: as plain SQL types, free of our code."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app
from flask_appbuilder.models.mixins import FileColumn

from app.core.db import Country, Exact, SetOf, Utc, db


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write a type of ours so that a migration never changes when our code does."""
    if kind != "type":
        return False
    if isinstance(item, Exact):
        return f"sa.Numeric({item.digits}, {item.places}).with_variant(sa.BigInteger(), 'sqlite')"
    if isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, SetOf):
        return "sa.String(400)"
    if isinstance(item, Country):
        return "sa.String(2)"
    if isinstance(item, FileColumn):
        return "sa.Text()"
    if isinstance(item, sa.Enum):
        return f"sa.String({item.length})"
    return False


def compare_type(
    _context: Any, _inspected: Any, _meta: Any, _inspected_type: Any, meta_type: Any
) -> bool | None:
    """Leave out types that SQLite and PostgreSQL report in other words than we write them."""
    return False if isinstance(meta_type, (Country, Exact, Utc, SetOf, FileColumn, sa.Enum)) else None


def include_object(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:  # noqa: FBT001 - Alembic's form
    """Leave out the indexes of search texts, of which each database has its own kinds."""
    return not str(name).startswith({"index": ("trgm_", "head_"), "table": ("fts_",)}.get(kind, ()))


def run() -> None:
    """Run on the application's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=compare_type,
            include_object=include_object,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
