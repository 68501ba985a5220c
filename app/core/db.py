"""The database object and the column types."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from flask import Flask
from flask_appbuilder import Model
from flask_appbuilder.models.mixins import FileColumn
from flask_appbuilder.models.sqla.base import SQLA
from sqlalchemy import select
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.core import connections as _connections  # noqa: F401 - each connection is told by it

# FAB's type has nothing to tell apart, so that a statement with a filter by it can be compiled once.
FileColumn.cache_ok = True

# Constraints have names that both databases know, so that a migration can drop what an earlier one made.
Model.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Flask-AppBuilder's own models live in Model.metadata; with an empty one Alembic would drop their tables.
db = SQLA(metadata=Model.metadata)

log = logging.getLogger(__name__)
LOCK = 20060918  # any number that all our processes know: the day of the first marketplace


class Exact(TypeDecorator[Decimal]):
    """A decimal number that is stored exactly.

    SQLite has no decimals and would round through a float, so there it is kept as a whole number of the
    smallest unit.
    """

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        """Take the digits in all, and those behind the point."""
        super().__init__(precision, scale)
        self.digits, self.places = precision, scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Integers on SQLite, NUMERIC elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(self.digits, self.places))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Scale for SQLite."""
        if value is None or dialect.name != "sqlite":
            return value
        return int(round(Decimal(value), self.places).scaleb(self.places))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Undo the scaling."""
        if value is None:
            return None
        return Decimal(value).scaleb(-self.places) if dialect.name == "sqlite" else Decimal(value)


class Utc(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody could tell which moment it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone can't be stored"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """SQLite hands back a naive time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SetOf(TypeDecorator[Sequence[Enum]]):
    """A small set of enum members in one column, as ",social,culture,": short, and found with LIKE."""

    impl = sa.String(400)
    cache_ok = True

    def __init__(self, members: type[Enum]) -> None:
        """Take the enum."""
        super().__init__()
        self.members = members
        self._known = {member.value: member for member in members}

    def process_bind_param(self, value: Sequence[Enum] | None, _dialect: Dialect) -> str:
        """Join in the enum's order, so that equal sets are stored alike."""
        chosen = set(value or ())
        return (
            "".join(f",{member.value}" for member in self.members if member in chosen) + "," if chosen else ""
        )

    def process_result_value(self, value: str | None, _dialect: Dialect) -> list[Enum]:
        """Split; a value that the enum no longer knows is left out."""
        return [self._known[part] for part in (value or "").split(",") if part in self._known]


class Country(TypeDecorator[str]):
    """A country by its ISO 3166-1 code."""

    impl = sa.String(2)
    cache_ok = True


def one_of(members: type[Enum]) -> sa.Enum:
    """Give the column type of a closed set: its values as text, so that adding one needs no migration."""
    return sa.Enum(
        members,
        native_enum=False,
        length=40,
        create_constraint=False,
        validate_strings=True,
        values_callable=lambda cls: [member.value for member in cls],
    )


BIGGEST_KEY = 2**31 - 1


def key_of(text: str) -> int | None:
    """Read a key as an address or a form holds it; None for what can't be one."""
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(BIGGEST_KEY)):
        return None
    key = int(text)
    return key if key <= BIGGEST_KEY else None


def find(model: type[Any], text: str, *options: Any) -> Any:
    """Give the row with this key as far as the scope shows it; None also for a key that can't be one."""
    key = key_of(text)
    if key is None:
        return None
    with db.session.no_autoflush:
        return db.session.scalars(select(model).where(model.id == key).options(*options)).one_or_none()


Key = Annotated[int, mapped_column(sa.Integer, primary_key=True)]
ShortText = Annotated[str, mapped_column(sa.String(200))]
Code = Annotated[str, mapped_column(sa.String(20))]
LongText = Annotated[str, mapped_column(sa.Text)]
Money = Annotated[Decimal, mapped_column(Exact(14, 2))]
Amount = Annotated[Decimal, mapped_column(Exact(12, 2))]
Day = Annotated[date, mapped_column(sa.Date)]
Moment = Annotated[datetime, mapped_column(Utc())]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time prepare the database, on this machine and, with PostgreSQL, on all of them.

    The lock on this machine is SQLite's own on an empty file in ``folder``: it works on every system, and ends
    with the process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "init.lock", timeout=300, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        if db.engine.dialect.name != "postgresql":
            yield
            return
        # A transaction that stays open for minutes would be one that VACUUM has to think of.
        engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            try:
                yield
            finally:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})


def let_go(app: Flask) -> None:
    """Give the connection back at the end of each request, and throw it away where the server has ended it meanwhile.

    The answer is ready by then, and what it tells of is saved: an error would take its place. Flask-SQLAlchemy's own
    end of the request, which comes next, finds nothing left to do.
    """

    @app.teardown_appcontext
    def _remove(_error: BaseException | None) -> None:
        try:
            db.session.remove()
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
            log.warning("a connection to the database ended before the request did: %s", error)
            db.session.registry.clear()
