"""What the pages of an event's evening ask: who is there, what was agreed, what waits for the notary."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from app.models.categories import Category, Side
from app.models.contacts import Contact
from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.events import EventPerson, PersonRole
from app.models.participations import Participant, Participation, ParticipationStatus
from app.models.results import EventResult

_COUNTED = Contract.status != ContractStatus.CANCELLED
_WHOLE = (
    selectinload(Contract.parties).joinedload(ContractParty.organisation),
    selectinload(Contract.contributions),
)


# --- who is there ---------------------------------------------------------------------------------------------
def people(event_id: int) -> Select[Participant]:
    """Give the people who are expected, each with the organisation."""
    return (
        select(Participant)
        .join(Participant.participation)
        .where(Participation.event_id == event_id)
        .options(contains_eager(Participant.participation).joinedload(Participation.organisation))
        .order_by(Participant.name, Participant.id)
    )


def unnamed(event_id: int) -> Select[Participation]:
    """Give the organisations of which nobody is named yet."""
    return (
        select(Participation)
        .where(Participation.event_id == event_id, ~Participation.people.any())
        .options(joinedload(Participation.organisation))
        .order_by(Participation.id)
    )


def participations(event_id: int) -> Select[Participation]:
    """Give all organisations of an event, whatever has become of them."""
    return (
        select(Participation)
        .where(Participation.event_id == event_id)
        .options(joinedload(Participation.organisation))
        .order_by(Participation.id)
    )


def present(event_id: int) -> Select[Participation]:
    """Give the organisations that have come."""
    return participations(event_id).where(Participation.status == ParticipationStatus.ATTENDED)


def came(event_id: int) -> Select[Side, int]:
    """Count the organisations that have come, by their side."""
    return (
        select(Participation.side, func.count(Participation.id))
        .where(Participation.event_id == event_id, Participation.status == ParticipationStatus.ATTENDED)
        .group_by(Participation.side)
    )


def checked_in(event_id: int) -> Select[int]:
    """Count the people who have checked in."""
    return (
        select(func.count(Participant.id))
        .join(Participant.participation)
        .where(Participation.event_id == event_id, Participant.checked_in_at.is_not(None))
    )


# --- what was agreed ------------------------------------------------------------------------------------------
def entered(event_id: int, key: str) -> Select[Contract]:
    """Give the contract that an entry at a desk has become."""
    return select(Contract).where(Contract.event_id == event_id, Contract.entry_key == key)


def last_number(event_id: int) -> Select[int | None]:
    """Give the highest number of an event's contracts."""
    return select(func.max(Contract.number)).where(Contract.event_id == event_id)


def latest(event_id: int, count: int) -> Select[Contract]:
    """Give the contracts that were entered last, the latest first."""
    return (
        select(Contract)
        .where(Contract.event_id == event_id, _COUNTED)
        .options(*_WHOLE)
        .order_by(Contract.id.desc())
        .limit(count)
    )


def lines(
    event_id: int,
) -> Select[int, int | None, Category | None, Decimal | None, Decimal | None, Side | None]:
    """Give contract, its number, category, hours, value and giver's side of each contribution.

    Of a contract without any, one row. A giver is one of the contract's parties, and is that once.
    """
    signed = aliased(ContractParty)
    gives = and_(
        signed.contract_id == Contribution.contract_id, signed.organisation_id == Contribution.giver_id
    )
    return (
        select(
            Contract.id,
            Contract.number,
            Contribution.category,
            Contribution.hours,
            Contribution.value,
            signed.side,
        )
        .outerjoin(Contract.contributions)
        .outerjoin(signed, gives)
        .where(Contract.event_id == event_id, _COUNTED)
        .order_by(Contract.id, Contribution.rank, Contribution.id)
    )


def mark(event_id: int) -> Select[int, int | None, int | None]:
    """Give three numbers of which one changes whenever a contract of an event does."""
    return select(func.count(Contract.id), func.max(Contract.id), func.sum(Contract.version)).where(
        Contract.event_id == event_id
    )


def results(event_id: int) -> Select[EventResult]:
    """Give what was frozen of an event, the last one first: that one counts."""
    return select(EventResult).where(EventResult.event_id == event_id).order_by(EventResult.id.desc())


# --- the notary -----------------------------------------------------------------------------------------------
def waiting(event_id: int) -> Select[Contract]:
    """Give the contracts that nobody has stamped or sent back, in the order of their numbers."""
    return _unstamped(event_id).where(Contract.sent_back.is_(None))


def returned(event_id: int) -> Select[Contract]:
    """Give the contracts that the notary sent back and that nobody has corrected yet."""
    return _unstamped(event_id).where(Contract.sent_back.is_not(None))


def _unstamped(event_id: int) -> Select[Contract]:
    return (
        select(Contract)
        .where(Contract.event_id == event_id, Contract.stamped_at.is_(None), _COUNTED)
        .options(*_WHOLE)
        .order_by(Contract.number, Contract.id)
    )


def stamped(event_id: int) -> Select[int]:
    """Count the contracts that are stamped."""
    return select(func.count(Contract.id)).where(
        Contract.event_id == event_id, Contract.stamped_at.is_not(None), _COUNTED
    )


def notaries(event_id: int) -> Select[Contact]:
    """Give the people who are notaries of an event."""
    return (
        select(Contact)
        .join(EventPerson, EventPerson.contact_id == Contact.id)
        .where(EventPerson.event_id == event_id, EventPerson.role == PersonRole.NOTARY)
        .order_by(EventPerson.rank, EventPerson.id)
    )
