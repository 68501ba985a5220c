"""Events by when they take place."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, extract, select

from app.models.events import Event, EventKind, EventStatus

_HELD = (Event.kind == EventKind.MARKETPLACE, Event.status == EventStatus.HELD)


def upcoming(day: date) -> Select[Event]:
    """Events from a day on that weren't cancelled, the next one first."""
    return (
        select(Event)
        .where(Event.starts_on >= day, Event.status != EventStatus.CANCELLED)
        .order_by(Event.starts_on, Event.id)
    )


def marketplaces(*, year: int | None = None) -> Select[Event]:
    """Marketplaces that were held, oldest first; those without a date belong to every year, and come last."""
    statement = select(Event).where(*_HELD)
    if year is not None:
        span = Event.starts_on.between(date(year, 1, 1), date(year, 12, 31))
        statement = statement.where(span | Event.starts_on.is_(None))
    return statement.order_by(Event.starts_on.is_(None), Event.starts_on, Event.id)


def years() -> Select[int]:
    """The years in which marketplaces were held, the latest first."""
    year = extract("year", Event.starts_on)
    return select(year).where(*_HELD, Event.starts_on.is_not(None)).distinct().order_by(year.desc())
