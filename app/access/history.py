"""Write the history of records while they are saved: no view, service or command can forget it.

It keeps no personal text: of closed sets, yes and no, dates and numbers it holds the old and the new value, of
anything else only that it changed. See docs/decisions/0006-history-without-personal-text.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.orm import InstanceState, Mapper, Session, UOWTransaction

from app.access.scope import ForeignRowError, current
from app.core import clock
from app.core.db import Exact, SetOf, Utc
from app.models.base import AppendOnly, Entity
from app.models.history import Action, Change
from app.models.offices import Office
from app.models.receipts import Receipt
from app.models.users import Membership

#: Records of which none is kept: the first are a log or stay as they are, the last has no page of its own.
UNTOLD = (AppendOnly, Receipt, Membership)
#: Columns about the row itself, which change with every save, or never.
BOOKKEEPING = frozenset(
    {"id", "version", "created_at", "created_by", "changed_at", "changed_by", "search", "office_id", "uuid"}
)
#: Values that say something about a person though they are of a closed set, and numbers that say nothing to anybody.
UNKEPT = frozenset({("Contact", "salutation"), ("Event", "hall_edition")})

_PLAIN = (sa.Boolean, sa.Integer, sa.Date, sa.Time, sa.Enum, Exact, SetOf, Utc)

Record = tuple[str, int]


class _Saved:
    """What one flush did to a record."""

    def __init__(self, office_id: int) -> None:
        self.office_id = office_id
        self.action = Action.CHANGED
        self.columns: list[dict[str, Any]] = []
        self.parts: dict[str, Counter[str]] = {}

    def fields(self) -> list[dict[str, Any]]:
        """Give what changed; a new record is new as a whole."""
        if self.action is Action.CREATED:
            return []
        return [*self.columns, *(self._part(name, counts) for name, counts in self.parts.items())]

    @staticmethod
    def _part(name: str, counts: Counter[str]) -> dict[str, Any]:
        """Say what happened to parts. Where some come and go, the others only move up."""
        if len(counts) > 1:
            del counts["moved"]
        return {"name": name, **counts}


@event.listens_for(Session, "after_flush")
def _write(session: Session, context: UOWTransaction) -> None:
    """Write one row for each record of the flush, in one statement; the history of deleted ones goes with them."""
    saved: dict[Record, _Saved] = {}
    gone: dict[str, list[int]] = {}
    for state, (deleted, listed_only) in list(context.states.items()):
        row = state.obj()
        if listed_only or not isinstance(row, Entity) or isinstance(row, UNTOLD):
            continue
        if row.part_of:
            _note_part(saved, state, row, deleted=deleted)
        elif deleted:
            gone.setdefault(type(row).__name__, []).append(row.id)
        else:
            _note(saved, state, row)
    table = cast("sa.Table", Change.__table__)
    for kind, keys in gone.items():
        # SQLite gives the key of a deleted row to the next one.
        session.connection().execute(sa.delete(table).where(table.c.kind == kind, table.c.key.in_(keys)))
    moment, actor = clock.now(), current().actor
    told = [
        {
            "office_id": one.office_id,
            "kind": kind,
            "key": key,
            "at": moment,
            "actor": actor,
            "action": one.action,
            "fields": fields,
        }
        for (kind, key), one in saved.items()
        if key not in gone.get(kind, ()) and ((fields := one.fields()) or one.action is Action.CREATED)
    ]
    if told:
        session.connection().execute(sa.insert(table), told)


@event.listens_for(Office, "before_delete")
def _forget(_mapper: Mapper[Any], connection: Connection, office: Office) -> None:
    """Remove what was told in an office before the office itself: it refers to it."""
    table = cast("sa.Table", Change.__table__)
    connection.execute(sa.delete(table).where(table.c.office_id == office.id))


@event.listens_for(Change, "before_insert")
@event.listens_for(Change, "before_update")
@event.listens_for(Change, "before_delete")
def _refuse(_mapper: Mapper[Any], _connection: Connection, _change: Change) -> None:
    """History is written here alone."""
    message = "history is append-only"
    raise ForeignRowError(message)


def _note(saved: dict[Record, _Saved], state: InstanceState[Any], row: Any) -> None:
    office_id = row.id if isinstance(row, Office) else row.office_id
    one = saved.setdefault((type(row).__name__, row.id), _Saved(office_id))
    if not state.has_identity:
        one.action = Action.CREATED
    else:
        one.columns = list(_changed(state))


def _note_part(saved: dict[Record, _Saved], state: InstanceState[Any], row: Any, *, deleted: bool) -> None:
    whole = state.mapper.relationships[row.part_of]
    column = next(iter(whole.local_columns))
    key = getattr(row, state.mapper.get_property_by_column(column).key)
    if deleted:
        done = "removed"
    elif not state.has_identity:
        done = "added"
    else:
        done = "changed"
    if done == "changed":
        names = [change["name"] for change in _changed(state)]
        if not names:
            return
        done = "moved" if names == ["rank"] else done
    one = saved.setdefault((whole.mapper.class_.__name__, key), _Saved(row.office_id))
    one.parts.setdefault(str(whole.back_populates), Counter())[done] += 1


def _changed(state: InstanceState[Any]) -> Iterator[dict[str, Any]]:
    """Yield the columns that a save changed, with old and new value where these may be kept."""
    mapper = state.mapper
    relations = {column: one.key for one in mapper.relationships for column in one.local_columns}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if attribute.key in BOOKKEEPING or not isinstance(column, sa.Column):
            continue
        history = state.attrs[attribute.key].history
        if not history.has_changes():
            continue
        name = relations.get(column, attribute.key)
        kept = name == attribute.key and isinstance(column.type, _PLAIN)
        if not kept or (mapper.class_.__name__, name) in UNKEPT:
            yield {"name": name}
        else:
            old = {"old": _stored(history.deleted)} if history.deleted else {}
            yield {"name": name, **old, "new": _stored(history.added)}


def _stored(values: Iterable[Any] | None) -> Any:
    """Write a value as JSON can hold it."""
    value = next(iter(values or ()), None)
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return value.value
        case Decimal():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return [_stored([one]) for one in value]
