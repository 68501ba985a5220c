"""Contracts that somebody should ask about, and contracts counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    cast,
    extract,
    func,
    select,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.models.contacts import Contact
from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.events import Event
from app.models.offices import Office
from app.models.organisations import Organisation
from app.queries.base import Which, full_name, narrow_contracts, party_names

# Nobody knows yet how these end.
OPEN = (ContractStatus.AGREED, ContractStatus.CONTACTED, ContractStatus.IN_PROGRESS)
SILENCE = timedelta(weeks=2)  # after which an office asks whether the parties have met

# Deals that were called off don't count. One that couldn't be kept was made all the same.
_COUNTED = Contract.status != ContractStatus.CANCELLED


def overdue(day: date) -> Select[Contract]:
    """Contracts that should have been kept before a day and aren't finished, the longest overdue first."""
    return (
        select(Contract)
        .where(Contract.due_on < day, Contract.status.in_(OPEN))
        .order_by(Contract.due_on, Contract.id)
    )


def silent(day: date) -> Select[Contract]:
    """Contracts that were agreed two weeks before a day, or earlier, and whose parties weren't contacted."""
    return (
        select(Contract)
        .where(Contract.status == ContractStatus.AGREED, Contract.agreed_on <= day - SILENCE)
        .order_by(Contract.agreed_on, Contract.id)
    )


def numbered(event_id: int, first: int, last: int) -> Select[Contract]:
    """Contracts of an event with a number from ``first`` to ``last``."""
    return (
        select(Contract)
        .where(Contract.event_id == event_id, Contract.number.between(first, last))
        .order_by(Contract.number)
    )


def one(contract_id: int) -> Select[Contract]:
    """A contract by its key."""
    return select(Contract).where(Contract.id == contract_id)


def whole(statement: Select[Contract]) -> Select[Contract]:
    """Load contracts with all that stands on their forms."""
    party, line = selectinload(Contract.parties), selectinload(Contract.contributions)
    return statement.options(
        joinedload(Contract.event),
        joinedload(Contract.office),
        joinedload(Contract.broker),
        joinedload(Contract.notary),
        party.joinedload(ContractParty.organisation),
        party.joinedload(ContractParty.signatory),
        line.joinedload(Contribution.giver),
        line.joinedload(Contribution.receiver),
    )


def last_number(event_id: int) -> Select[int | None]:
    """The highest number that a contract of an event has; None where none has one."""
    return select(func.max(Contract.number)).where(Contract.event_id == event_id)


def valued() -> ColumnElement[bool]:
    """Whether somebody has said what a contract is worth."""
    return Contract.contributions.any(Contribution.value.is_not(None))


def by_year() -> Select[int | None, int, int, Decimal | None]:
    """Year, contracts, how many of them have a value, and the sum of these; the year is None where no date is known.

    A contract counts in the year when it was agreed, else in that of its event.
    """
    year = extract("year", func.coalesce(Contract.agreed_on, Event.starts_on))
    return _counted(year).outerjoin(Event, Contract.event_id == Event.id).group_by(year).order_by(year)


def by_event(events: Collection[int]) -> Select[int | None, int, int, Decimal | None]:
    """The same for each of these events, by its key."""
    return _counted(Contract.event_id).where(Contract.event_id.in_(events)).group_by(Contract.event_id)


def _counted(group: SQLColumnExpression[Any]) -> Select[int | None, int, int, Decimal | None]:
    worth = _worth()
    return (
        select(group, func.count(Contract.id), func.count(worth.c.value), func.sum(worth.c.value))
        .select_from(Contract)
        .outerjoin(worth, worth.c.contract_id == Contract.id)
        .where(_COUNTED)
    )


def _worth() -> Subquery:
    """The value of each contract that has one: the sum of what its contributions are worth."""
    return (
        select(Contribution.contract_id, func.sum(Contribution.value).label("value"))
        .where(Contribution.value.is_not(None))
        .group_by(Contribution.contract_id)
        .subquery()
    )


# --- as reports list them -------------------------------------------------------------------------------------
def listed(which: Which) -> Select[Any]:
    """Contracts, with their parties' names, hours and value; None where nobody has said any."""
    broker, notary = aliased(Contact), aliased(Contact)
    return narrow_contracts(
        select(
            Office.name.label("office"),
            Event.title.label("event"),
            Event.starts_on,
            Contract.number,
            Contract.id.label("contract_id"),
            Contract.title,
            party_names().label("party_names"),
            Contract.status,
            Contract.contested,
            Contract.reason,
            Contract.form,
            Contract.agreed_on,
            Contract.due_on,
            Contract.place,
            Contract.stamped_at,
            _sum(Contribution.hours).label("hours"),
            _sum(Contribution.value).label("value"),
            full_name(broker).label("broker"),
            full_name(notary).label("notary"),
        )
        .select_from(Contract)
        .outerjoin(Contract.office)
        .outerjoin(Contract.event)
        .outerjoin(Contract.broker.of_type(broker))
        .outerjoin(Contract.notary.of_type(notary)),
        which,
    )


def parties_listed(which: Which) -> Select[Any]:
    """The parties of contracts, each in a row; an organisation that isn't seen any more has no name."""
    return narrow_contracts(
        select(
            Office.name.label("office"),
            Event.title.label("event"),
            Contract.number,
            Contract.title,
            Contract.status,
            Organisation.name.label("organisation"),
            ContractParty.contract_id,
            ContractParty.organisation_id,
            Organisation.kind,
            Organisation.city,
            ContractParty.side,
            full_name(Contact).label("signatory"),
        )
        .select_from(ContractParty)
        .join(ContractParty.contract)
        .outerjoin(Contract.office)
        .outerjoin(Contract.event)
        .outerjoin(ContractParty.organisation)
        .outerjoin(ContractParty.signatory),
        which,
    ).order_by(ContractParty.rank, ContractParty.id)


def contributions_listed(which: Which) -> Select[Any]:
    """What was promised in contracts, each contribution in a row."""
    giver, receiver = aliased(Organisation), aliased(Organisation)
    return narrow_contracts(
        select(
            Office.name.label("office"),
            Event.title.label("event"),
            Contract.number,
            Contract.title,
            Contract.status,
            giver.name.label("giver"),
            receiver.name.label("receiver"),
            Contribution.contract_id,
            Contribution.category,
            Contribution.text,
            Contribution.hours,
            Contribution.quantity,
            Contribution.hourly_rate,
            Contribution.value,
            Contribution.valuation,
            Contribution.estimated_by,
        )
        .select_from(Contribution)
        .join(Contribution.contract)
        .outerjoin(Contract.office)
        .outerjoin(Contract.event)
        .outerjoin(Contribution.giver.of_type(giver))
        .outerjoin(Contribution.receiver.of_type(receiver)),
        which,
    ).order_by(Contribution.rank, Contribution.id)


def by_category(which: Which) -> Select[Any]:
    """Contributions of contracts that stand, by category and the giver's side (None where no giver is named).

    With hours and with a value: how many of them say so, and the sums.
    """
    gave = and_(
        ContractParty.contract_id == Contribution.contract_id,
        ContractParty.organisation_id == Contribution.giver_id,
    )
    return (
        narrow_contracts(
            select(
                Contribution.category,
                ContractParty.side,
                func.count(Contract.id.distinct()).label("contracts"),
                func.count(Contribution.id).label("contributions"),
                func.sum(Contribution.hours).label("hours"),
                func.count(Contribution.hours).label("with_hours"),
                func.sum(Contribution.value).label("value"),
                func.count(Contribution.value).label("with_value"),
            )
            .select_from(Contribution)
            .join(Contribution.contract)
            .outerjoin(Contract.event)
            .outerjoin(ContractParty, gave)
            .where(_COUNTED)
            .group_by(Contribution.category, ContractParty.side),
            which,
        )
        .order_by(None)
        .order_by(Contribution.category, ContractParty.side.is_(None), ContractParty.side)
    )


def years() -> Select[int]:
    """The years to which contracts belong, the latest first."""
    year = cast(extract("year", func.coalesce(Contract.agreed_on, Event.starts_on)), Integer)
    return select(year).outerjoin(Contract.event).where(year.is_not(None)).distinct().order_by(year.desc())


def _sum(column: Any) -> ColumnElement[Decimal | None]:
    return (
        select(func.sum(column))
        .where(Contribution.contract_id == Contract.id)
        .correlate(Contract)
        .scalar_subquery()
    )
