"""By what reports of rows are narrowed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from app.core.db import db, find
from app.core.text import search_terms
from app.labels import label
from app.models.events import Event
from app.models.offices import Office
from app.queries import activities, contracts, events, offices, receipts, rows
from app.reports.base import Parameter, read_year

MOST = 300  # to choose from; where there are more, they are searched


def _of(model: type[Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        """Find the record, as far as the scope shows it."""
        found = find(model, text) if text else None
        if text and found is None:
            raise ValueError(text)
        return found

    return read


def _first(statement: Callable[[], Select[Any]]) -> Callable[[], Sequence[Any]]:
    return lambda: db.session.scalars(statement().limit(MOST)).all()


def _holding(model: Any, statement: Callable[[], Select[Any]]) -> Callable[[str, int, int], Sequence[Any]]:
    def find(typed: str, start: int, size: int) -> Sequence[Any]:
        found = rows.holding(statement(), model, search_terms(typed)).offset(start).limit(size)
        return db.session.scalars(found).all()

    return find


def _key(row: Any) -> int:
    return int(row.id)


YEAR = Parameter("year", _("Year"), _("all years"), read_year, _first(contracts.years))
EVENT_YEAR = replace(YEAR, options=_first(events.all_years))
RECEIPT_YEAR = replace(YEAR, options=_first(receipts.years))
EVENT = Parameter(
    "event",
    label("Contract", "event"),
    _("all events"),
    _of(Event),
    _first(events.newest),
    _key,
    _holding(Event, events.newest),
)
OFFICE = Parameter(
    "office",
    label("Contract", "office"),
    _("all offices"),
    _of(Office),
    _first(offices.named),
    _key,
    _holding(Office, offices.named),
)
STATE = Parameter(
    "state",
    _("Which tasks"),
    _("all tasks"),
    lambda text: activities.TaskState(text) if text else None,
    lambda: list(activities.TaskState),
    lambda state: state.value,
)
