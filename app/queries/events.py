"""Events by when they take place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, and_, extract, func, select

from app.core.values import Qualifier
from app.models.events import Event, EventKind, EventStatus
from app.models.figures import Figure, Measure
from app.models.offices import State

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


def latest(count: int) -> Select[Event]:
    """The marketplaces that were held last, the latest first; those without a date come after all others."""
    newest = (Event.starts_on.is_(None), Event.starts_on.desc(), Event.id.desc())
    return select(Event).where(*_HELD).order_by(*newest).limit(count)


def newest() -> Select[Event]:
    """All events, the latest first; those without a date come after all others."""
    return select(Event).order_by(Event.starts_on.is_(None), Event.starts_on.desc(), Event.id.desc())


def all_years() -> Select[int]:
    """The years in which events take place, of whatever kind, the latest first."""
    year = extract("year", Event.starts_on)
    return select(year).where(year.is_not(None)).distinct().order_by(year.desc())


def held_by_year() -> Select[int | None, int]:
    """How many marketplaces were held in each year.

    One without a date counts in the first year of its chosen figures, and under None where there is none.
    """
    dated = _dated().subquery()
    year = extract("year", dated.c.day)
    return (
        select(year, func.count(Event.id))
        .join(dated, dated.c.event_id == Event.id)
        .group_by(year)
        .order_by(year)
    )


def reported_by_year(measures: Collection[Measure]) -> Select[int | None, Measure, Qualifier, int, Decimal]:
    """What held marketplaces reported: year, measure, qualifier, how many figures, and their sum.

    Only what was chosen for reports counts; the year is the one of ``held_by_year``.
    """
    dated = _dated().subquery()
    year = extract("year", dated.c.day)
    return (
        select(year, Figure.measure, Figure.qualifier, func.count(Figure.id), func.sum(Figure.number))
        .join(dated, dated.c.event_id == Figure.event_id)
        .where(Figure.chosen, Figure.measure.in_(measures))
        .group_by(year, Figure.measure, Figure.qualifier)
    )


def by_state_and_year() -> Select[State | None, int | None, int]:
    """How many marketplaces were held in each state and year; None where either isn't known."""
    year = extract("year", Event.starts_on)
    return select(Event.state, year, func.count(Event.id)).where(*_HELD).group_by(Event.state, year)


def sites() -> Select[
    str | None, State | None, int, int, date | None, date | None, Decimal | None, Decimal | None
]:
    """Where marketplaces were held, where most were held first.

    City, state, how many, how many with a place on the map, first and last day, a latitude and a longitude.
    """
    placed = Event.latitude.is_not(None) & Event.longitude.is_not(None)
    held = func.count(Event.id)
    return (
        select(
            Event.city,
            Event.state,
            held,
            held.filter(placed),
            func.min(Event.starts_on),
            func.max(Event.starts_on),
            func.max(Event.latitude).filter(placed),
            func.max(Event.longitude).filter(placed),
        )
        .where(*_HELD)
        .group_by(Event.city, Event.state)
        .order_by(held.desc(), Event.city, Event.state)
    )


def _dated() -> Select[int, date | None]:
    return (
        select(
            Event.id.label("event_id"), func.coalesce(Event.starts_on, func.min(Figure.as_of)).label("day")
        )
        .outerjoin(Figure, and_(Figure.event_id == Event.id, Figure.chosen))
        .where(*_HELD)
        .group_by(Event.id, Event.starts_on)
    )
