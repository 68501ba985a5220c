"""The time line of a record: what happened with it and what was done to it, the latest first."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy import inspect

from app.access import current
from app.core import clock
from app.core.db import Exact, SetOf, Utc, db
from app.core.values import display
from app.labels import label
from app.models.activities import Activity
from app.models.history import Change
from app.queries import history, timeline

PAGE = 10
#: Nobody reads further on one page; the list of activities has it all.
MOST = 500


@dataclass(frozen=True)
class Entry:
    """An activity, or a save with a line for each column that changed."""

    day: date
    at: datetime
    activity: Activity | None = None
    change: Change | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A piece of the time line, and where the next one begins; None at the end."""

    entries: list[Entry]
    following: int | None

    @property
    def longer(self) -> int:
        """How many entries a page shows that goes one piece further."""
        return (self.following or 0) + PAGE


def page(row: Any, start: int = 0, size: int = PAGE) -> Page:
    """Give a piece of a record's time line, as far as the person may read it."""
    start, end = min(start, MOST), min(start + size, MOST)
    streams = [stream(row, end + 1) for stream in (_happened, _done)]
    merged = list(heapq.merge(*streams, key=lambda entry: (entry.day, entry.at), reverse=True))
    return Page(merged[start:end], end if len(merged) > end and end < MOST else None)


def tasks(row: Any, most: int) -> list[Activity]:
    """Give the open tasks of a record, as far as the person may read them."""
    if not _follows(row):
        return []
    return list(db.session.scalars(timeline.tasks(row).limit(most)))


def relation_of(row: Any) -> str:
    """Give the attribute by which an activity is about this record; "" where none can be."""
    relation = timeline.followed().get(type(row))
    return "" if relation is None else str(relation.key)


def _follows(row: Any) -> bool:
    return bool(relation_of(row)) and current().reads(Activity)


def _happened(row: Any, most: int) -> Iterator[Entry]:
    if not _follows(row):
        return
    for activity in db.session.scalars(timeline.happened(row).limit(most)):
        written = activity.created_at.astimezone(clock.OFFICE_ZONE)
        day = activity.happened_on or written.date()
        at = written if day == written.date() else datetime.combine(day, time(), clock.OFFICE_ZONE)
        yield Entry(day, at, activity=activity)


def _done(row: Any, most: int) -> Iterator[Entry]:
    for change in db.session.scalars(history.of_record(row).limit(most)):
        at = change.at.astimezone(clock.OFFICE_ZONE)
        lines = tuple(line for field in change.fields for line in _line(type(row), **field))
        yield Entry(at.date(), at, change=change, lines=lines)


def _line(model: type[Any], name: str, **more: Any) -> Iterator[str]:
    """Say what changed in one column. One that has lost its name since then has nothing to say."""
    try:
        title = str(label(model.__name__, name))
    except KeyError:
        return
    counts: dict[str, int] = {key: more[key] for key in ("added", "changed", "removed") if key in more}
    if counts:
        yield gettext("%(field)s: %(what)s", field=title, what=", ".join(_counted(counts)))
    elif "moved" in more:
        yield gettext("%(field)s: put in another order", field=title)
    elif "new" not in more:
        yield gettext("%(field)s changed", field=title)
    else:
        old, new = (_spoken(model, name, more.get(key)) for key in ("old", "new"))
        if not new:
            yield gettext("%(field)s: %(old)s → empty", field=title, old=old)
        elif not old:
            yield gettext("%(field)s: %(what)s", field=title, what=new)
        else:
            yield gettext("%(field)s: %(old)s → %(new)s", field=title, old=old, new=new)


def _counted(counts: dict[str, int]) -> Iterator[str]:
    if number := counts.get("added"):
        yield ngettext("%(num)s added", "%(num)s added", number)
    if number := counts.get("changed"):
        yield ngettext("%(num)s changed", "%(num)s changed", number)
    if number := counts.get("removed"):
        yield ngettext("%(num)s removed", "%(num)s removed", number)


def _spoken(model: type[Any], name: str, stored: Any) -> str:  # noqa: PLR0911 - one line a kind of value
    """Write a value of the history as a page shows it."""
    column = inspect(model).columns.get(name)
    if stored is None or column is None:
        return ""
    try:
        match column.type:
            case SetOf() as kind:
                return ", ".join(display(member) for member in kind.members if member.value in stored)
            case sa.Enum(enum_class=members) if members is not None:
                return display(members(stored))
            case Exact():
                return display(Decimal(stored))
            case Utc():
                return display(datetime.fromisoformat(stored))
            case sa.Date():
                return display(date.fromisoformat(stored))
            case sa.Time():
                return display(time.fromisoformat(stored))
    except ValueError:  # a member that the set doesn't have any more
        return str(stored)
    return display(stored)
