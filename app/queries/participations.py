"""Who comes to an event, and who came to those before it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.models.categories import Side
from app.models.events import Event, EventPerson, EventStatus
from app.models.participations import Participation, ParticipationStatus
from app.queries.base import CHECKED, EXPECTED


def at_event(
    event_id: int, statuses: Collection[ParticipationStatus], sides: Collection[Side]
) -> Select[Participation]:
    """Participations of an event with these statuses and sides, their organisations and people loaded along."""
    return (
        select(Participation)
        .where(
            Participation.event_id == event_id,
            Participation.status.in_(statuses),
            Participation.side.in_(sides),
        )
        .options(joinedload(Participation.organisation), selectinload(Participation.people))
        .order_by(Participation.id)
    )


def in_roles(event_id: int) -> Select[EventPerson]:
    """The people who have a role at an event: brokers, notaries, helpers and others, as the event lists them."""
    return (
        select(EventPerson)
        .where(EventPerson.event_id == event_id)
        .options(joinedload(EventPerson.contact))
        .order_by(EventPerson.rank, EventPerson.id)
    )


def no_shows(event: Event) -> Select[Side, int, int, int]:
    """By side: how many didn't come to earlier events of the same kind and office, how many were expected, at how many.

    An event at which nobody noted who came says nothing, and isn't asked.
    """
    missed = func.count(Participation.id).filter(Participation.status == ParticipationStatus.NO_SHOW)
    checked = select(Participation.event_id).where(Participation.status.in_(CHECKED))
    earlier = [] if event.starts_on is None else [
        or_(Event.starts_on.is_(None), Event.starts_on < event.starts_on)
    ]  # fmt: skip
    return (
        select(
            Participation.side,
            missed,
            func.count(Participation.id),
            func.count(Participation.event_id.distinct()),
        )
        .join(Participation.event)
        .where(
            Event.office_id == event.office_id,
            Event.kind == event.kind,
            Event.status == EventStatus.HELD,
            Event.id != event.id,
            *earlier,
            Participation.event_id.in_(checked),
            Participation.status.in_(EXPECTED),
        )
        .group_by(Participation.side)
    )
