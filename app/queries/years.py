"""An organisation over the years: how often it came, and what was agreed with it."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, extract, func, or_, select, union
from sqlalchemy.orm import aliased

from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.events import Event, EventKind, EventStatus
from app.models.organisations import Organisation
from app.models.participations import Participant, Participation
from app.queries.base import CAME

#: A deal that was called off doesn't count. One that couldn't be kept was made all the same.
_STANDS = Contract.status != ContractStatus.CANCELLED


def participations(organisation_id: int) -> Select[int | None, int]:
    """Year and number of the events in which an organisation takes part."""
    year = extract("year", Event.starts_on)
    return (
        select(year, func.count(Participation.id))
        .join(Participation.event)
        .where(
            Participation.organisation_id == organisation_id,
            Participation.status.in_(CAME),
            Event.status != EventStatus.CANCELLED,
        )
        .group_by(year)
    )


def contracts(organisation_id: int) -> Select[int | None, int, Decimal | None, int, Decimal | None, int]:
    """Year and number of the contracts to which an organisation is a party; their hours and equivalent value.

    The year is the one of the agreement, else of the event. Hours and value are those of the whole contract, each
    followed by the number of contracts that state some; None where none does.
    """
    year = extract("year", func.coalesce(Contract.agreed_on, Event.starts_on))
    return (
        select(
            year,
            func.count(Contract.id.distinct()),
            func.sum(Contribution.hours),
            _stating(Contribution.hours),
            func.sum(Contribution.value),
            _stating(Contribution.value),
        )
        .select_from(ContractParty)
        .join(ContractParty.contract)
        .outerjoin(Contract.event)
        .outerjoin(Contract.contributions)
        .where(ContractParty.organisation_id == organisation_id, Contract.status != ContractStatus.CANCELLED)
        .group_by(year)
    )


def _stating(column: Any) -> ColumnElement[int]:
    return func.count(case((column.is_not(None), Contract.id)).distinct())


# --- all of it in a sentence ----------------------------------------------------------------------------------
def _came_to(organisation_id: int) -> Select[int | None]:
    return (
        select(Participation.event_id)
        .join(Participation.event)
        .where(*_market(), Participation.organisation_id == organisation_id, Participation.status.in_(CAME))
    )


def _agreed_at(organisation_id: int) -> Select[int | None]:
    return (
        select(Contract.event_id)
        .join(Contract.event)
        .join(Contract.parties)
        .where(*_market(), ContractParty.organisation_id == organisation_id, _STANDS)
    )


def _market() -> tuple[ColumnElement[bool], ...]:
    return (Event.kind == EventKind.MARKETPLACE, Event.status == EventStatus.HELD)


def markets(organisation_id: int) -> Select[int]:
    """How many marketplaces an organisation came to, or agreed on something at."""
    found = union(_came_to(organisation_id), _agreed_at(organisation_id)).subquery()
    return select(func.count(found.c.event_id)).select_from(found)


def people(organisation_id: int) -> Select[int, int, int | None]:
    """How often an organisation came to a marketplace, how often it's known with how many people, and their sum.

    People who are named are counted where no number is given.
    """
    named = (
        select(func.count(Participant.id))
        .where(Participant.participation_id == Participation.id)
        .correlate(Participation)
        .scalar_subquery()
    )
    heads = func.coalesce(Participation.head_count, func.nullif(named, 0))
    return (
        select(func.count(Participation.id), func.count(heads), func.sum(heads))
        .join(Participation.event)
        .where(*_market(), Participation.organisation_id == organisation_id, Participation.status.in_(CAME))
    )


def agreed(organisation_id: int) -> Select[int, int, int, Decimal | None]:
    """Contracts of an organisation at marketplaces, and elsewhere; with hours: how many of all, and their sum."""
    elsewhere = or_(Contract.event_id.is_(None), Contract.event_id.not_in(_agreed_at(organisation_id)))
    return (
        select(
            func.count(Contract.id.distinct()).filter(~elsewhere),
            func.count(Contract.id.distinct()).filter(elsewhere),
            _stating(Contribution.hours),
            func.sum(Contribution.hours),
        )
        .select_from(ContractParty)
        .join(ContractParty.contract)
        .outerjoin(Contract.contributions)
        .where(ContractParty.organisation_id == organisation_id, _STANDS)
    )


# --- who came back, and who agreed again ----------------------------------------------------------------------
def came(events: Collection[int]) -> Select[int, int]:
    """Event and organisation of each that came to one of these events."""
    return select(Participation.event_id, Participation.organisation_id).where(
        Participation.event_id.in_(events), Participation.status.in_(CAME)
    )


def of_series(series_id: int) -> Select[Event]:
    """The events of a series that were held, the first one first; one without a date stands before all others."""
    return (
        select(Event)
        .where(Event.series_id == series_id, Event.status == EventStatus.HELD)
        .order_by(Event.starts_on.is_not(None), Event.starts_on, Event.id)
    )


def pairs(*, series_id: int | None = None, organisation_id: int | None = None) -> Select[int, int, int]:
    """Two organisations that agreed with each other at several events, and at how many; the most first.

    Of one organisation it's the first of the two.
    """
    one, other = aliased(ContractParty), aliased(ContractParty)
    number = func.count(Contract.event_id.distinct())
    found = (
        select(one.organisation_id, other.organisation_id, number)
        .join(Contract, Contract.id == one.contract_id)
        .join(other, other.contract_id == Contract.id)
        .where(_STANDS)
        .group_by(one.organisation_id, other.organisation_id)
        .having(number > 1)
        .order_by(number.desc(), one.organisation_id, other.organisation_id)
    )
    if organisation_id is not None:
        found = found.where(one.organisation_id == organisation_id, other.organisation_id != organisation_id)
    else:
        found = found.where(one.organisation_id < other.organisation_id)
    if series_id is not None:
        found = found.join(Event, Event.id == Contract.event_id).where(Event.series_id == series_id)
    return found


def named(organisations: Collection[int]) -> Select[Organisation]:
    """The organisations with these keys, as far as they can be seen."""
    return select(Organisation).where(Organisation.id.in_(organisations))
