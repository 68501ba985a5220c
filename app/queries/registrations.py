"""Who has a place at an event, who waits for one, and who must not be written to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, and_, func, or_, select

from app.core.text import plain_address
from app.models.categories import Side
from app.models.contacts import Channel, ChannelKind, Contact, Position
from app.models.organisations import Organisation
from app.models.participations import Participation, ParticipationStatus
from app.models.registrations import Registration, RegistrationStatus
from app.models.subscribers import Subscriber

#: Who has said that they come, or has come, takes a place; who was only invited doesn't.
TAKES = (ParticipationStatus.REGISTERED, ParticipationStatus.CONFIRMED, ParticipationStatus.ATTENDED)


def taken(event_id: int) -> Select[Side, int]:
    """How many organisations of each side have a place."""
    return (
        select(Participation.side, func.count(Participation.id))
        .where(Participation.event_id == event_id, Participation.status.in_(TAKES))
        .group_by(Participation.side)
    )


def waiting(event_id: int) -> Select[Participation]:
    """Who waits for a place, in the order in which they registered."""
    registered = (
        select(func.min(Registration.created_at))
        .where(Registration.participation_id == Participation.id)
        .correlate(Participation)
        .scalar_subquery()
    )
    return (
        select(Participation)
        .where(Participation.event_id == event_id, Participation.status == ParticipationStatus.WAITLIST)
        .order_by(func.coalesce(registered, Participation.created_at), Participation.id)
    )


def by_status(event_id: int) -> Select[RegistrationStatus, int]:
    """How many registrations there are by what was decided."""
    return (
        select(Registration.status, func.count(Registration.id))
        .where(Registration.event_id == event_id)
        .group_by(Registration.status)
    )


def of_participation(participation_id: int) -> Select[Registration]:
    """What was sent for a participation, the latest last."""
    return (
        select(Registration)
        .where(Registration.participation_id == participation_id)
        .order_by(Registration.created_at, Registration.id)
    )


def sent(event_id: int, entry_key: str) -> Select[int]:
    """The key of what one press of the button has sent already."""
    return select(Registration.id).where(
        Registration.event_id == event_id, Registration.entry_key == entry_key
    )


def in_event(event_id: int, organisations: Collection[int]) -> Select[Participation]:
    """The participations of some organisations."""
    return select(Participation).where(
        Participation.event_id == event_id, Participation.organisation_id.in_(organisations)
    )


def blocked(office_id: int, digests: Collection[str]) -> Select[str | None]:
    """Those of some fingerprints of addresses whose owners have blocked the office's mails."""
    return select(Subscriber.digest).where(
        Subscriber.office_id == office_id,
        Subscriber.blocked_at.is_not(None),
        Subscriber.digest.in_(digests),
    )


def people_like(office_id: int, email: str, organisation_id: int | None) -> Select[Contact]:
    """Contacts who may be the one who registered: by the address, or because they belong to the organisation."""
    same = Contact.channels.any(
        and_(Channel.kind == ChannelKind.EMAIL, Channel.value == plain_address(email))
    )
    there = Contact.positions.any(Position.organisation_id == organisation_id)
    return (
        select(Contact)
        .where(Contact.office_id == office_id, or_(same, there) if organisation_id else same)
        .order_by(Contact.last_name, Contact.id)
    )


def employers(office_id: int, email: str) -> Select[Organisation]:
    """Organisations at which somebody with this address has, or had, a position."""
    same = (
        select(Position.organisation_id)
        .join(Position.contact)
        .join(Contact.channels)
        .where(
            Contact.office_id == office_id,
            Channel.kind == ChannelKind.EMAIL,
            Channel.value == plain_address(email),
        )
    )
    return select(Organisation).where(Organisation.id.in_(same)).order_by(Organisation.id)
