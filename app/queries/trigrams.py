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

Q = TypeVar("Q", Query[Any], Select[Any])
PIECE = 3  # letters
FEW = 20  # offices whose rows are sooner gone through than all rows that hold some letters


def narrowed(statement: Q, model: Any, terms: Iterable[str]) -> Q:
    """Go through the rows alone that hold all pieces of what is looked for; the terms must be compared, too.

    The statement stays as it is where no term is long enough, for who sees few offices, and on PostgreSQL. It's good
    for finding all rows; not for going through them in an order, where each would be looked up here.
    """
    found, _key = _joined(statement, model, terms)
    return found


def newest(statement: Q, model: Any, terms: Iterable[str]) -> Q:
    """Do so, and begin with the newest: it's the one order that the index has, too."""
    found, key = _joined(statement, model, terms)
    return found.order_by(key.desc())


def _joined(statement: Q, model: Any, terms: Iterable[str]) -> tuple[Q, Any]:
    pieces = {term[at : at + PIECE] for term in terms for at in range(len(term) - PIECE + 1)}
    scope = current()
    few = not (scope.everywhere or scope.whole) and len(scope.offices) <= FEW
    if not pieces or few or db.engine.dialect.name != "sqlite":
        return statement, model.id
    name = f"fts_{model.__tablename__}"
    index = table(name, column("rowid"), column(name))
    wanted = " ".join('"' + piece.replace('"', '""') + '"' for piece in sorted(pieces))
    found = statement.join(index, index.c.rowid == model.id).where(index.c[name].op("MATCH")(wanted))
    return found, index.c.rowid
