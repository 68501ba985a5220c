"""Records that lack something, each with what it lacks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from app.models.contacts import Channel, ChannelKind, Contact, Position
from app.models.contracts import Contract, ContractStatus, Contribution
from app.models.events import Event, EventKind, EventStatus
from app.models.figures import Figure
from app.models.offices import Office
from app.models.organisations import Organisation
from app.queries.base import counts_on, full_name, party_names

#: Nobody knows yet how these end.
_OPEN = (ContractStatus.AGREED, ContractStatus.CONTACTED, ContractStatus.IN_PROGRESS)


def organisations(on: date, offices: Collection[int] | None, office: Office | None = None) -> Select[Any]:
    """Organisations without an address, a way to reach them, or somebody there."""
    lacks = {
        "no_address": or_(Organisation.street.is_(None), Organisation.city.is_(None)),
        "no_reach": Organisation.email.is_(None) & Organisation.phone.is_(None),
        "no_contact": ~Organisation.positions.any(counts_on(Position, on)),
    }
    return _lacking(Organisation, [Organisation.name, Organisation.city], lacks, offices, office).order_by(
        Organisation.name, Organisation.id
    )


def contacts(on: date, offices: Collection[int] | None, office: Office | None = None) -> Select[Any]:
    """Contacts without an e-mail address, a number, a position, or a lawful basis."""

    def reached(*kinds: ChannelKind) -> ColumnElement[bool]:
        return Contact.channels.any(Channel.kind.in_(kinds) & counts_on(Channel, on))

    lacks = {
        "no_email": ~reached(ChannelKind.EMAIL),
        "no_phone": ~reached(ChannelKind.PHONE, ChannelKind.MOBILE),
        "no_position": ~Contact.positions.any(counts_on(Position, on)),
        "no_basis": Contact.lawful_basis.is_(None),
    }
    return _lacking(Contact, [full_name(Contact).label("name")], lacks, offices, office).order_by(
        Contact.last_name, Contact.id
    )


def contracts(_on: date, offices: Collection[int] | None, office: Office | None = None) -> Select[Any]:
    """Contracts that weren't called off, without a value, a day of agreement, or, while they're open, a due date."""
    lacks = {
        "no_value": ~Contract.contributions.any(Contribution.value.is_not(None)),
        "no_agreed_on": Contract.agreed_on.is_(None),
        "no_due_on": Contract.due_on.is_(None) & Contract.status.in_(_OPEN),
    }
    named = [Contract.number, party_names().label("party_names")]
    return (
        _lacking(Contract, named, lacks, offices, office)
        .where(Contract.status != ContractStatus.CANCELLED)
        .order_by(Contract.event_id, Contract.number, Contract.id)
    )


def events(_on: date, offices: Collection[int] | None, office: Office | None = None) -> Select[Any]:
    """Marketplaces that were held, without a date, a place, or figures."""
    lacks = {
        "no_date": Event.starts_on.is_(None),
        "no_city": Event.city.is_(None),
        "no_figures": ~select(Figure.id).where(Figure.event_id == Event.id).exists(),
    }
    return (
        _lacking(Event, [Event.title, Event.starts_on], lacks, offices, office)
        .where(Event.kind == EventKind.MARKETPLACE, Event.status == EventStatus.HELD)
        .order_by(Event.starts_on, Event.id)
    )


def _lacking(
    model: Any,
    named: list[Any],
    lacks: dict[str, ColumnElement[bool]],
    offices: Collection[int] | None,
    office: Office | None,
) -> Select[Any]:
    """Give the records of these offices (None: all) that lack something: what others share is theirs to complete."""
    flags = [lack.label(name) for name, lack in lacks.items()]
    statement: Select[Any] = (
        select(Office.name.label("office"), model.id, *named, *flags)
        .select_from(model)
        .outerjoin(Office, Office.id == model.office_id)
        .where(or_(*lacks.values()))
    )
    if offices is not None:
        statement = statement.where(model.office_id.in_(offices))
    return statement if office is None else statement.where(model.office_id == office.id)
