"""Keep rows findable by the names of others: a person by the organisation's, also after it was renamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import bindparam, event, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction, selectinload

from app.access.scope import Scope, current, everything, opened
from app.core.text import search_document
from app.models.base import Searchable


@event.listens_for(Session, "after_flush")
def _renew(session: Session, _context: UOWTransaction) -> None:
    """Renew the search text of all rows that carry the name of one that was renamed, in whichever office.

    The rows themselves didn't change: their versions stay, so that no open form is refused for it. They are
    read in sessions of their own, so that none of them stays with the person who renamed, and each by what its
    own office may see, so that no name gets to where its record isn't shared.
    """
    renamed = [row for row in session.dirty if isinstance(row, Searchable) and _was_renamed(row)]
    if not renamed:
        return
    connection = session.connection()
    for row in renamed:
        for model, condition in _carriers(row):
            with everything(current().actor), Session(connection) as apart:
                offices = apart.scalars(select(model.office_id).where(condition).distinct()).all()
            for office_id in offices:
                with (
                    opened(Scope(current().actor, offices=frozenset({office_id}))),
                    Session(connection) as apart,
                ):
                    _renew_rows(apart, model, condition & (model.office_id == office_id))


def _was_renamed(row: Any) -> bool:
    return any(inspect(row).attrs[name].history.has_changes() for name in row.search_name)


def _carriers(row: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each model whose search text holds the name of this row, and which of its rows do."""
    for mapper in inspect(type(row)).registry.mappers:
        for path in getattr(mapper.class_, "search_from", ()):
            first, _dot, second = path.partition(".")
            relation = mapper.relationships[first]
            owner = inspect(relation.mapper.class_) if second else mapper
            last = owner.relationships[second or first]
            if last.mapper.class_ is type(row):
                column = owner.get_property_by_column(next(iter(last.local_columns))).class_attribute
                here = column == row.id
                yield mapper.class_, relation.class_attribute.any(here) if second else here


def _renew_rows(session: Session, model: Any, condition: Any) -> None:
    parts = [relation for relation in inspect(model).relationships if relation.cascade.delete_orphan]
    options = [selectinload(relation.class_attribute) for relation in parts]
    renewed = []
    for row in session.scalars(select(model).where(condition).options(*options)):
        text = search_document(*row.search_words(), phones=row.search_phones())
        if text != row.search:
            renewed.append({"row_id": row.id, "found_by": text})
    if renewed:
        table = cast("Any", model.__table__)
        statement = (
            update(table).where(table.c.id == bindparam("row_id")).values(search=bindparam("found_by"))
        )
        session.connection().execute(statement, renewed)
