"""Events by when they take place."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, and_, extract, func, select

from app.models.events import Event, EventKind, EventStatus
from app.models.figures import Figure

_HELD = (Event.kind == EventKind.MARKETPLACE, Event.status == EventStatus.HELD)


def upcoming(day: date) -> Select[Event]:
    """Events from a day on that weren't cancelled, the next one first."""
    return (
        select(Event)
        .where(Event.starts_on >= day, Event.status != EventStatus.CANCELLED)
        .order_by(Event.starts_on, Event.id)
    )


def marketplaces(*, year: int | None = None) -> Select[Event]:
    """Marketplaces that were held, oldest first, those without a date last.

    One without a date belongs to the years of its chosen figures, and to none where these have no date either.
    """
    statement = select(Event).where(*_HELD)
    if year is not None:
        first, last = date(year, 1, 1), date(year, 12, 31)
        reported = select(Figure.event_id).where(Figure.chosen, Figure.as_of.between(first, last))
        undated = and_(Event.starts_on.is_(None), Event.id.in_(reported))
        statement = statement.where(Event.starts_on.between(first, last) | undated)
    return statement.order_by(Event.starts_on.is_(None), Event.starts_on, Event.id)


def years() -> Select[int]:
    """The years to which marketplaces belong, the latest first."""
    day = func.coalesce(Event.starts_on, Figure.as_of)
    year = extract("year", day)
    return (
        select(year)
        .select_from(Event)
        .outerjoin(Figure, and_(Figure.event_id == Event.id, Figure.chosen))
        .where(*_HELD, day.is_not(None))
        .distinct()
        .order_by(year.desc())
    )
