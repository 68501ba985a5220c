"""What the database counts of an event, to stand beside what was reported."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Select, func, select

from app.models.categories import Side
from app.models.contracts import Contract, ContractStatus, Contribution
from app.models.participations import Participation, ParticipationStatus


def participations(event_id: int) -> Select[Side, ParticipationStatus, int, int, int | None]:
    """Side, status, number of organisations; of how many the number of people is known, and their sum."""
    return (
        select(
            Participation.side,
            Participation.status,
            func.count(Participation.id),
            func.count(Participation.head_count),
            func.sum(Participation.head_count),
        )
        .where(Participation.event_id == event_id)
        .group_by(Participation.side, Participation.status)
    )


def contracts(event_id: int) -> Select[int, int, int, Decimal | None, int, Decimal | None]:
    """Contracts of an event and their contributions; with hours: how many, and their sum; with a value: the same."""
    return (
        select(
            func.count(Contract.id.distinct()),
            func.count(Contribution.id),
            func.count(Contribution.hours),
            func.sum(Contribution.hours),
            func.count(Contribution.value),
            func.sum(Contribution.value),
        )
        .outerjoin(Contract.contributions)
        .where(Contract.event_id == event_id, Contract.status != ContractStatus.CANCELLED)
    )
