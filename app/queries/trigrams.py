"""SQLite's index of search texts, by pieces of three letters. PostgreSQL goes by one of its own whenever it's worth it.

The table ``fts_…`` beside each table with search texts is kept by triggers; see docs/decisions/0023.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import Select, column, table
from sqlalchemy.orm import Query

from app.access import current
from app.core.db import db
from app.models.base import Shareable

Q = TypeVar("Q", Query[Any], Select[Any])
PIECE = 3  # letters
FEW = 20  # offices whose rows are sooner gone through than all rows that hold some letters


def narrowed(statement: Q, model: Any, terms: Iterable[str]) -> Q:
    """Go through the rows alone that hold all pieces of what is looked for; the terms must be compared, too.

    The statement stays as it is where no term is long enough, for who sees few offices, and on PostgreSQL. It's good
    for finding all rows; not for going through them in an order, where each would be looked up here.
    """
    found, _key = (statement, None) if _sees_few() else _joined(statement, model, terms)
    return found


def newest(statement: Q, model: Any, terms: Iterable[str]) -> Q:
    """Do so, and begin with the newest: it's the one order that the index has, too."""
    # What is shared with all offices isn't found by the own one.
    few = _sees_few() and not issubclass(model, Shareable)
    found, key = (statement, model.id) if few else _joined(statement, model, terms)
    return found.order_by(key.desc())


def _sees_few() -> bool:
    scope = current()
    return not scope.works_everywhere and len(scope.offices) <= FEW


def _joined(statement: Q, model: Any, terms: Iterable[str]) -> tuple[Q, Any]:
    pieces = {term[at : at + PIECE] for term in terms for at in range(len(term) - PIECE + 1)}
    if not pieces or db.engine.dialect.name != "sqlite":
        return statement, model.id
    name = f"fts_{model.__tablename__}"
    index = table(name, column("rowid"), column(name))
    wanted = " ".join('"' + piece.replace('"', '""') + '"' for piece in sorted(pieces))
    found = statement.join(index, index.c.rowid == model.id).where(index.c[name].op("MATCH")(wanted))
    return found, index.c.rowid
