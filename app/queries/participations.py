"""Who comes to an event, and who came to those before it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.models.categories import Side
from app.models.events import Event, EventPerson, EventStatus
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participant, Participation, ParticipationStatus
from app.queries.base import CHECKED, EXPECTED, Which, narrow_events


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


# --- as reports list them -------------------------------------------------------------------------------------
def listed(which: Which) -> Select[Any]:
    """Who takes part in events: organisations, how many people come, and how many of them are named."""
    named = (
        select(func.count(Participant.id))
        .where(Participant.participation_id == Participation.id)
        .correlate(Participation)
        .scalar_subquery()
    )
    return _listed(
        select(
            Office.name.label("office"),
            Event.title.label("event"),
            Event.starts_on,
            Organisation.name.label("organisation"),
            Participation.organisation_id,
            Organisation.kind,
            Organisation.city,
            Participation.side,
            Participation.status,
            Participation.head_count,
            named.label("named"),
        ).select_from(Participation),
        which,
    )


def people_listed(which: Which) -> Select[Any]:
    """The people with whom organisations take part, by name."""
    statement = select(
        Event.title.label("event"),
        Event.starts_on,
        Participant.name,
        Organisation.name.label("organisation"),
        Participation.side,
        Participation.status,
        Participant.checked_in_at,
    ).select_from(Participant)
    found = _listed(statement.join(Participant.participation), which)
    return found.order_by(Participant.rank, Participant.id)


def _listed(statement: Any, which: Which) -> Select[Any]:
    joined = (
        statement.outerjoin(Office, Office.id == Participation.office_id)
        .outerjoin(Participation.event)
        .outerjoin(Participation.organisation)
    )
    found: Select[Any] = narrow_events(joined, which)
    return found.order_by(Organisation.name, Participation.organisation_id, Participation.id)
