"""Contracts that somebody should ask about, and contracts counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, Subquery, extract, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.events import Event

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
