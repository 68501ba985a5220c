"""What several queries ask: who came, who wants no e-mail. It's said once, because those who count must agree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, extract, func, or_, select, tuple_

from app.models.contacts import Channel, ChannelKind, Contact
from app.models.contracts import Contract, ContractParty
from app.models.events import Event, EventStatus
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import ParticipationStatus
from app.models.subscribers import Delivery, Subscriber

#: Who was only invited, or didn't come, took no part.
CAME = (ParticipationStatus.REGISTERED, ParticipationStatus.CONFIRMED, ParticipationStatus.ATTENDED)
#: Who was expected on the day.
EXPECTED = (ParticipationStatus.CONFIRMED, ParticipationStatus.ATTENDED, ParticipationStatus.NO_SHOW)
#: What is written down only where somebody has checked who came.
CHECKED = (ParticipationStatus.ATTENDED, ParticipationStatus.NO_SHOW)


def tally(counts: ColumnElement[bool]) -> ColumnElement[int | None]:
    """Count the rows of which something is true; None where there are no rows at all, of which nothing is known."""
    return func.sum(case((counts, 1), else_=0))


def unwanted(office_id: int | None = None) -> Select[int, str]:
    """Give the addresses of contacts who want no e-mail, former ones too: office and address, in their one form.

    Those of one office are found by its index; without one, all contacts are read.
    """
    found = (
        select(Contact.office_id, Channel.value)
        .join(Contact.channels)
        .where(Contact.do_not_email, Channel.kind == ChannelKind.EMAIL)
    )
    return found if office_id is None else found.where(Contact.office_id == office_id)


def refused(office_id: int | None = None) -> ColumnElement[bool]:
    """Whether a subscriber, of an office where it's one's, wants no e-mail as a contact, by the link or by the address.

    A contact that can't be seen doesn't allow it either.
    """
    allows = exists().where(Contact.id == Subscriber.contact_id, Contact.do_not_email.is_(False))
    return or_(
        and_(Subscriber.contact_id.is_not(None), ~allows),
        tuple_(Subscriber.office_id, func.coalesce(Subscriber.claimed, Subscriber.email)).in_(
            unwanted(office_id)
        ),
    )


def unwanted_of(office_id: int, emails: Collection[str]) -> Select[str]:
    """Give those of some addresses, in their one form, whose owner wants no e-mail as a contact of an office."""
    return (
        select(Channel.value)
        .join(Channel.contact)
        .where(
            Contact.office_id == office_id,
            Contact.do_not_email,
            Channel.kind == ChannelKind.EMAIL,
            Channel.value.in_(emails),
        )
    )


def blocked(office_id: int, digests: Collection[str]) -> Select[str | None]:
    """Give the fingerprints of addresses to which an office must not write, or can't.

    A subscriber of it was blocked or erased, or wants no e-mail as a contact; or mails came back, or a complaint.
    """
    return select(Subscriber.digest).where(
        Subscriber.office_id == office_id,
        Subscriber.digest.in_(digests),
        or_(
            Subscriber.blocked_at.is_not(None),
            Subscriber.erased_at.is_not(None),
            Subscriber.delivery.in_((Delivery.HARD, Delivery.COMPLAINT)),
            refused(office_id),
        ),
    )


def took_place(day: date) -> ColumnElement[bool]:
    """Whether an event was held, or its day has come by a day: to what is still ahead nobody has come."""
    ahead = func.coalesce(Event.starts_on > day, True)
    return and_(Event.status != EventStatus.CANCELLED, or_(Event.status == EventStatus.HELD, ~ahead))


def full_name(person: Any) -> ColumnElement[str]:
    """Give the name of a contact as it's read: title, first and last name; NULL where there's nobody."""
    parts = [func.coalesce(part + " ", "") for part in (person.title, person.first_name)]
    name: ColumnElement[str] = parts[0] + parts[1] + person.last_name
    return name


@dataclass(frozen=True)
class Which:
    """Of which year, event and office something is listed; None is of all."""

    year: int | None = None
    event: Event | None = None
    office: Office | None = None


def narrow_contracts(statement: Any, which: Which) -> Select[Any]:
    """Narrow a statement of contracts and their events to a year (of the agreement, else of the event) and more."""
    if which.year is not None:
        statement = statement.where(
            extract("year", func.coalesce(Contract.agreed_on, Event.starts_on)) == which.year
        )
    if which.event is not None:
        statement = statement.where(Contract.event_id == which.event.id)
    if which.office is not None:
        statement = statement.where(Contract.office_id == which.office.id)
    ordered: Select[Any] = statement.order_by(
        Event.starts_on.is_(None), Event.starts_on.desc(), Contract.event_id, Contract.number, Contract.id
    )
    return ordered


def party_names() -> ColumnElement[str | None]:
    """The names of a contract's parties, in their order."""
    names = (
        select(Organisation.name.label("name"))
        .select_from(ContractParty)
        .join(ContractParty.organisation)
        .where(ContractParty.contract_id == Contract.id)
        .order_by(ContractParty.rank, ContractParty.id)
        .correlate(Contract)
        .subquery()
    )
    return select(func.aggregate_strings(names.c.name, " – ")).scalar_subquery()


def narrow_events(statement: Any, which: Which) -> Any:
    """Narrow a statement of events to a year, an event, an office, the latest first."""
    if which.year is not None:
        statement = statement.where(Event.starts_on.between(date(which.year, 1, 1), date(which.year, 12, 31)))
    if which.event is not None:
        statement = statement.where(Event.id == which.event.id)
    if which.office is not None:
        statement = statement.where(Event.office_id == which.office.id)
    return statement.order_by(Event.starts_on.is_(None), Event.starts_on.desc(), Event.id)


def counts_on(dated: Any, day: date) -> ColumnElement[bool]:
    """Whether a position, or an address, counts on a day."""
    return and_(
        or_(dated.since.is_(None), dated.since <= day), or_(dated.until.is_(None), dated.until >= day)
    )
