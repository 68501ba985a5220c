"""An organisation over the years: how often it came, and what was agreed with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, extract, func, select

from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.events import Event, EventStatus
from app.models.participations import Participation, ParticipationStatus

#: Who was only invited, or didn't come, took no part.
CAME = (ParticipationStatus.REGISTERED, ParticipationStatus.CONFIRMED, ParticipationStatus.ATTENDED)


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
