"""What is asked about organisations."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from app.models.activities import Activity
from app.models.contacts import Position
from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.events import Event
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.queries.base import CAME, counts_on, took_place


def staffed(on: date) -> ColumnElement[bool]:
    """Whether somebody has a position at an organisation on a day, as far as it can be seen."""
    return Organisation.positions.any(counts_on(Position, on))


# --- as reports list them -------------------------------------------------------------------------------------
def listed(day: date, office: Office | None = None) -> Select[Any]:
    """Organisations, with how often they came by a day, and what was agreed with them.

    What is counted is what can be seen: of an organisation that another office shares, one's own years with it.
    """
    parent = aliased(Organisation)
    came = _history(Participation.id).where(Participation.status.in_(CAME), took_place(day))
    first, last = (came.with_only_columns(of(Event.starts_on)) for of in (func.min, func.max))
    given = (
        select(func.sum(Contribution.value))
        .join(Contribution.contract)
        .where(Contribution.giver_id == Organisation.id, Contract.status != ContractStatus.CANCELLED)
        .correlate(Organisation)
    )
    agreed = (
        select(func.count(Contract.id.distinct()))
        .select_from(ContractParty)
        .join(ContractParty.contract)
        .where(ContractParty.organisation_id == Organisation.id, Contract.status != ContractStatus.CANCELLED)
        .correlate(Organisation)
    )
    spoken = select(func.max(Activity.happened_on)).where(Activity.organisation_id == Organisation.id)
    return _of_office(
        select(
            Office.name.label("office"),
            Organisation.id,
            Organisation.name,
            Organisation.legal_form,
            Organisation.kind,
            parent.name.label("parent"),
            Organisation.sectors,
            Organisation.street,
            Organisation.postal_code,
            Organisation.city,
            Organisation.phone,
            Organisation.email,
            Organisation.website,
            Organisation.head_count,
            Organisation.shared,
            Organisation.exemption_kind,
            Organisation.exemption_date,
            came.scalar_subquery().label("events"),
            first.scalar_subquery().label("first"),
            last.scalar_subquery().label("last"),
            agreed.scalar_subquery().label("contracts"),
            given.scalar_subquery().label("given"),
            spoken.correlate(Organisation).scalar_subquery().label("spoken"),
        ).outerjoin(Organisation.parent.of_type(parent)),
        office,
    )


def events_listed(office: Office | None = None) -> Select[Any]:
    """At which events organisations were, each in a row."""
    statement = (
        select(
            Organisation.id,
            Organisation.name,
            Organisation.city,
            Event.starts_on,
            Event.title.label("event"),
            Participation.side,
            Participation.status,
            Participation.head_count,
        )
        .join(Participation, Participation.organisation_id == Organisation.id)
        .outerjoin(Participation.event)
    )
    return _of_office(statement, office).order_by(Event.starts_on, Participation.id)


def contracts_listed(office: Office | None = None) -> Select[Any]:
    """What organisations agreed on, each contract in a row for each of its parties."""
    statement = (
        select(
            Organisation.id,
            Organisation.name,
            Organisation.city,
            Contract.agreed_on,
            Event.title.label("event"),
            Contract.number,
            Contract.title,
            ContractParty.side,
            Contract.status,
        )
        .join(ContractParty, ContractParty.organisation_id == Organisation.id)
        .join(ContractParty.contract)
        .outerjoin(Contract.event)
    )
    return _of_office(statement, office).order_by(Contract.agreed_on, Contract.id)


def _history(counted: Any) -> Select[Any]:
    return (
        select(func.count(counted))
        .join(Participation.event)
        .where(Participation.organisation_id == Organisation.id)
        .correlate(Organisation)
    )


def _of_office(statement: Any, office: Office | None) -> Select[Any]:
    joined: Select[Any] = statement.outerjoin(Office, Office.id == Organisation.office_id)
    if office is not None:
        joined = joined.where(Organisation.office_id == office.id)
    return joined.order_by(Organisation.name, Organisation.id)
