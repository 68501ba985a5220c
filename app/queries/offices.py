"""Offices, with what each of them has held."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, func, select

from app.models.events import Event, EventKind, EventStatus
from app.models.offices import Office, State


def by_state() -> Select[State | None, int]:
    """How many offices each state has."""
    return select(Office.state, func.count(Office.id)).group_by(Office.state)


def named() -> Select[Office]:
    """The offices that can be seen, by name."""
    return select(Office).order_by(Office.name, Office.id)


def with_marketplaces(day: date) -> Select[Office, int, date | None, date | None]:
    """Offices with the marketplaces that they held, the day of the last one, and of the next from a day on.

    Those that have held most come first, and of equals in the order of their names.
    """
    held = Event.status == EventStatus.HELD
    planned = (Event.starts_on >= day) & Event.status.not_in((EventStatus.HELD, EventStatus.CANCELLED))
    market = (
        select(
            Event.office_id,
            func.count(Event.id).filter(held).label("held"),
            func.max(Event.starts_on).filter(held).label("last"),
            func.min(Event.starts_on).filter(planned).label("next"),
        )
        .where(Event.kind == EventKind.MARKETPLACE)
        .group_by(Event.office_id)
        .subquery()
    )
    count = func.coalesce(market.c.held, 0)
    return (
        select(Office, count, market.c.last, market.c.next)
        .outerjoin(market, market.c.office_id == Office.id)
        .order_by(count.desc(), Office.name, Office.id)
    )
