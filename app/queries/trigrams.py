"""SQLite's index of search texts, by pieces of three letters. PostgreSQL goes by one of its own whenever it's worth it.

The table ``fts_…`` beside each table with search texts is kept by triggers; see docs/decisions/0023.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Select, TableClause, column, table
from sqlalchemy.orm import Query

from app.access import current
from app.core.db import db
from app.models.base import Shareable

Q = TypeVar("Q", Query[Any], Select[Any])
PIECE = 3  # letters
FEW = 20  # offices whose rows are sooner gone through than all rows that hold some letters


def pieces(terms: Iterable[str]) -> str:
    """Give what the index is asked for so that rows hold all pieces of some terms.

    Nothing where no term is long enough, for who sees few offices, and on PostgreSQL: then the index is no way to them.
    """
    return "" if _sees_few() else _pieces(terms)


def narrowed(statement: Q, model: Any, terms: Iterable[str]) -> Q:
    """Go through the rows alone that hold all pieces of what is looked for; the terms must be compared, too.

    The statement stays as it is where there are none. It's good for finding all rows; not for going through them in
    an order, where each would be looked up here.
    """
    wanted = pieces(terms)
    return joined(statement, model, wanted) if wanted else statement


def newest(statement: Q, model: Any, terms: Iterable[str]) -> Q:
    """Do so, and begin with the newest: it's the one order that the index has, too."""
    # What is shared with all offices isn't found by the own one.
    few = _sees_few() and not issubclass(model, Shareable)
    wanted = "" if few else _pieces(terms)
    if not wanted:
        return statement.order_by(model.id.desc())
    return joined(statement, model, wanted).order_by(_index(model).c.rowid.desc())


def joined(statement: Q, model: Any, wanted: str | BindParameter[str]) -> Q:
    """Go through the rows alone that the index finds by `pieces`."""
    index = _index(model)
    return statement.join(index, index.c.rowid == model.id).where(index.c[index.name].op("MATCH")(wanted))


def _index(model: Any) -> TableClause:
    name = f"fts_{model.__tablename__}"
    return table(name, column("rowid"), column(name))


def _sees_few() -> bool:
    scope = current()
    return not scope.works_everywhere and len(scope.offices) <= FEW


def _pieces(terms: Iterable[str]) -> str:
    if db.engine.dialect.name != "sqlite":
        return ""
    found = {term[at : at + PIECE] for term in terms for at in range(len(term) - PIECE + 1)}
    return " ".join('"' + piece.replace('"', '""') + '"' for piece in sorted(found))
