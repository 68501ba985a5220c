"""Which parties are to be asked, what they said, and what has become of contracts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from app.models.contacts import Contact, Position
from app.models.contracts import Contract, ContractParty, ContractStatus
from app.models.events import Event, EventStatus
from app.models.followups import (
    FollowUp,
    FollowUpMail,
    FollowUpReport,
    MailState,
    ReportChannel,
)
from app.models.offices import Office
from app.models.outcomes import Outcome
from app.queries.base import Which, narrow_contracts, party_names

# Nobody knows yet how these end.
OPEN = (ContractStatus.AGREED, ContractStatus.CONTACTED, ContractStatus.IN_PROGRESS)
#: Who wasn't in contact soon after the event may have met since: they are asked at the end nevertheless.
ASKED = (*OPEN, ContractStatus.NO_CONTACT)

_COUNTED = Contract.status != ContractStatus.CANCELLED
_OUTCOME = case(
    (Contract.contested, Outcome.CONTESTED.value),
    (Contract.status == ContractStatus.FULFILLED, Outcome.KEPT.value),
    (Contract.status == ContractStatus.PARTLY_FULFILLED, Outcome.PARTLY.value),
    (
        Contract.status.in_((ContractStatus.NOT_FEASIBLE, ContractStatus.NO_CONTACT)),
        Outcome.FAILED.value,
    ),
    (Contract.status == ContractStatus.IN_PROGRESS, Outcome.IN_PROGRESS.value),
    else_=Outcome.SILENT.value,
)
_WAITED_FOR = and_(
    FollowUp.answered_at.is_(None),
    FollowUp.closed_at.is_(None),
    FollowUp.contract.has(_COUNTED),
)


# --- What has become of contracts -----------------------------------------------------------------------------
def outcomes(*conditions: ColumnElement[bool]) -> Select[str, int]:
    """Outcome and number of the contracts that were not called off; each contract counts once."""
    return select(_OUTCOME, func.count(Contract.id)).where(_COUNTED, *conditions).group_by(_OUTCOME)


def outcomes_of(event_id: int) -> Select[str, int]:
    """The same for the contracts of one event."""
    return outcomes(Contract.event_id == event_id)


def outcomes_by_event(events: Collection[int]) -> Select[int | None, str, int]:
    """Event, outcome and number, for each of these events."""
    return (
        select(Contract.event_id, _OUTCOME, func.count(Contract.id))
        .where(_COUNTED, Contract.event_id.in_(events))
        .group_by(Contract.event_id, _OUTCOME)
    )


def called_off(event_id: int) -> Select[int]:
    """How many contracts of an event were called off: they are in no rate."""
    return select(func.count(Contract.id)).where(Contract.event_id == event_id, ~_COUNTED)


def events_with_contracts() -> Select[Event]:
    """Events of which there are contracts, the latest first."""
    return (
        select(Event)
        .where(select(Contract.id).where(Contract.event_id == Event.id).exists())
        .order_by(Event.starts_on.is_(None), Event.starts_on.desc(), Event.id.desc())
    )


def contested(*conditions: ColumnElement[bool]) -> Select[Contract]:
    """Contracts whose parties say different things, by event and number."""
    return (
        select(Contract)
        .where(Contract.contested, _COUNTED, *conditions)
        .order_by(Contract.event_id, Contract.number, Contract.id)
    )


def rates_listed(which: Which) -> Select[Any]:
    """What has become of the contracts of each event, and of those of none, in numbers."""

    def of(outcome: Outcome) -> ColumnElement[int]:
        return func.count(Contract.id).filter(outcome.value == _OUTCOME).label(outcome.value)

    answered = func.count(Contract.id).filter(Outcome.SILENT.value != _OUTCOME)
    statement = (
        select(
            Office.name.label("office"),
            Event.title.label("event"),
            Event.id.label("event_id"),
            Event.starts_on,
            func.count(Contract.id).label("contracts"),
            answered.label("answered"),
            *map(of, Outcome),
        )
        .select_from(Contract)
        .outerjoin(Contract.office)
        .outerjoin(Contract.event)
        .where(_COUNTED)
        .group_by(Office.id, Office.name, Event.id, Event.title, Event.starts_on)
    )
    return (
        narrow_contracts(statement, which)
        .order_by(None)
        .order_by(Event.starts_on.is_(None), Event.starts_on.desc(), Event.id, Office.id)
    )


def reasons_listed(which: Which) -> Select[Any]:
    """Why contracts weren't feasible, and how many say so; the most frequent reason first."""
    number = func.count(Contract.id)
    statement = (
        select(Contract.reason, number.label("contracts"))
        .outerjoin(Contract.event)
        .where(Contract.status == ContractStatus.NOT_FEASIBLE)
        .group_by(Contract.reason)
    )
    return narrow_contracts(statement, which).order_by(None).order_by(number.desc(), Contract.reason)


def unkept_listed(which: Which) -> Select[Any]:
    """The contracts that weren't kept, or not in full, with the reason as far as one was given."""
    ends = (ContractStatus.NOT_FEASIBLE, ContractStatus.NO_CONTACT, ContractStatus.PARTLY_FULFILLED)
    statement = (
        select(
            Office.name.label("office"),
            Event.title.label("event"),
            Contract.id.label("contract_id"),
            Contract.number,
            party_names().label("party_names"),
            Contract.status,
            Contract.reason,
        )
        .select_from(Contract)
        .outerjoin(Contract.office)
        .outerjoin(Contract.event)
        .where(Contract.status.in_(ends))
    )
    return narrow_contracts(statement, which)


# --- Whom is waited for ---------------------------------------------------------------------------------------
def waiting(day: date, *conditions: ColumnElement[bool]) -> Select[FollowUp]:
    """Questions that were due by a day and that nobody has answered, the longest due first."""
    return (
        select(FollowUp)
        .where(_WAITED_FOR, FollowUp.due_on <= day, *conditions)
        .order_by(FollowUp.due_on, FollowUp.contract_id, FollowUp.id)
        .options(
            joinedload(FollowUp.organisation),
            joinedload(FollowUp.contract).joinedload(Contract.event),
            joinedload(FollowUp.contract).joinedload(Contract.office),
            _parties(FollowUp.contract),
            joinedload(FollowUp.contract).selectinload(Contract.contributions),
            selectinload(FollowUp.mails),
        )
    )


def _parties(contract: Any) -> LoaderOption:
    """Load who the parties are, and who signed, with what reaches them."""
    parties = joinedload(contract).selectinload(Contract.parties)
    return parties.options(
        joinedload(ContractParty.organisation),
        joinedload(ContractParty.signatory).selectinload(Contact.channels),
    )


def of_event(event_id: int) -> ColumnElement[bool]:
    """Whether a question is about a contract of an event."""
    return FollowUp.contract.has(Contract.event_id == event_id)


def open_of(contract_id: int, organisation_id: int | None = None) -> Select[FollowUp]:
    """The questions about a contract that wait for an answer: of one party, or of all."""
    statement = select(FollowUp).where(FollowUp.contract_id == contract_id, _WAITED_FOR)
    if organisation_id is not None:
        statement = statement.where(FollowUp.organisation_id == organisation_id)
    return statement.order_by(FollowUp.id)


def reports(contract_id: int) -> Select[FollowUpReport]:
    """What was said about a contract, the first first."""
    return select(FollowUpReport).where(FollowUpReport.contract_id == contract_id).order_by(FollowUpReport.id)


def latest(contracts: Collection[int]) -> Select[FollowUpReport]:
    """What each party of these contracts said last, and what staff decided last."""
    newer = aliased(FollowUpReport)
    later = (
        select(newer.id)
        .where(
            newer.contract_id == FollowUpReport.contract_id,
            or_(
                newer.organisation_id == FollowUpReport.organisation_id,
                and_(newer.organisation_id.is_(None), FollowUpReport.organisation_id.is_(None)),
            ),
            newer.id > FollowUpReport.id,
        )
        .exists()
    )
    return (
        select(FollowUpReport)
        .where(FollowUpReport.contract_id.in_(contracts), ~later)
        .order_by(FollowUpReport.contract_id, FollowUpReport.id)
        .options(joinedload(FollowUpReport.organisation))
    )


# --- What the hourly work looks for ---------------------------------------------------------------------------
def events_to_ask(day: date) -> Select[int]:
    """The keys of events that took place, whose contracts may have come to their days."""
    return (
        select(Event.id)
        .where(
            Event.status != EventStatus.CANCELLED,
            Event.starts_on <= day,
            select(Contract.id).where(Contract.event_id == Event.id, Contract.status.in_(ASKED)).exists(),
        )
        .order_by(Event.id)
    )


def to_ask(event_id: int) -> Select[Contract]:
    """The contracts of an event of which nobody knows the end, with their parties."""
    return (
        select(Contract)
        .where(Contract.event_id == event_id, Contract.status.in_(ASKED))
        .order_by(Contract.id)
        .options(
            joinedload(Contract.event), selectinload(Contract.parties).joinedload(ContractParty.organisation)
        )
    )


def of_contracts(contracts: Collection[int]) -> Select[FollowUp]:
    """All questions about these contracts, as they were asked."""
    return (
        select(FollowUp)
        .where(FollowUp.contract_id.in_(contracts))
        .order_by(FollowUp.id)
        .options(selectinload(FollowUp.mails))
    )


def to_remind() -> Select[FollowUp]:
    """Questions that wait for an answer, of events whose office has its parties asked by mail."""
    asks = Contract.event.has(and_(Event.follow_up_mails, Event.status != EventStatus.CANCELLED))
    return (
        select(FollowUp)
        .where(_WAITED_FOR, FollowUp.contract.has(asks))
        .order_by(FollowUp.id)
        .options(
            joinedload(FollowUp.contract).joinedload(Contract.office),
            _parties(FollowUp.contract),
            selectinload(FollowUp.mails),
        )
    )


def left_behind(before: datetime) -> Select[int]:
    """The keys of mails that were written down before a moment, and that no worker has taken since."""
    return (
        select(FollowUpMail.id)
        .where(FollowUpMail.state == MailState.WAITING, FollowUpMail.at < before)
        .order_by(FollowUpMail.id)
    )


# --- Whom to write to, and to call ----------------------------------------------------------------------------
def people_of(office_id: int, organisations: Collection[int], day: date) -> Select[Position]:
    """The people whom an office knows at organisations on a day, those first who are mainly there.

    Of the office alone: an organisation that another office shares has people of that office, too.
    """
    counts = and_(
        or_(Position.since.is_(None), Position.since <= day),
        or_(Position.until.is_(None), Position.until >= day),
    )
    return (
        select(Position)
        .where(Position.office_id == office_id, Position.organisation_id.in_(organisations), counts)
        .order_by(Position.organisation_id, Position.primary.desc(), Position.since, Position.id)
        .options(joinedload(Position.contact).selectinload(Contact.channels))
    )


def last_decision(contract_id: int) -> Select[FollowUpReport]:
    """What staff decided about a contract, the last word first."""
    return (
        select(FollowUpReport)
        .where(FollowUpReport.contract_id == contract_id, FollowUpReport.channel == ReportChannel.STAFF)
        .order_by(FollowUpReport.id.desc())
    )


def counted(statement: Select[Any]) -> Select[int]:
    """Count the rows of one of these statements."""
    return select(func.count()).select_from(statement.options().order_by(None).subquery())


def rows_of(found: Iterable[tuple[str, int]]) -> dict[Outcome, int]:
    """Give outcomes with their numbers as ``Rates`` takes them."""
    return {Outcome(name): number for name, number in found}
