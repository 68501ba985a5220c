"""When which party is asked, and when it's reminded. Nothing is sent here: mails are written down for the worker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from app.core import clock
from app.core.db import db
from app.models.contracts import Contract, ContractStatus
from app.models.events import Event
from app.models.followups import (
    AGAIN,
    MAILS,
    ROUNDS,
    SPACING,
    FollowUp,
    FollowUpMail,
    FollowUpReport,
    MailState,
    ReportState,
    Stage,
)
from app.queries import followups as queries
from app.services.followups.reach import of_waiting

#: Who was due longer ago isn't written to by itself: an event of last year may just have been entered.
WINDOW = timedelta(days=60)

Key = tuple[int, int]


def days_of(contract: Contract) -> dict[Stage, date]:
    """Give the days on which the parties of a contract are asked, by the rules of its event; {} without any.

    A contract that is due before anybody would ask about the contact is asked about once.
    """
    event = contract.event
    held = (event.ends_on or event.starts_on) if event is not None else None
    if event is None or held is None:
        return {}
    completion = contract.due_on or _after(held, event.report_days)
    contact = _after(held, event.contact_days)
    return (
        {Stage.CONTACT: contact, Stage.COMPLETION: completion}
        if contact < completion
        else {Stage.COMPLETION: completion}
    )


def prepare(event_id: int, day: date) -> list[FollowUp]:
    """Write down the questions of an event that have come to their day."""
    return list(_made(event_id, day, at_once=False))


def ask_now(event: Event, day: date) -> list[FollowUpMail]:
    """Ask every party of an event that is not waited for already, before its day if need be."""
    made = list(_made(event.id, day, at_once=True))
    waiting = db.session.scalars(queries.waiting(day, queries.of_event(event.id))).all()
    return plan({one.id: one for one in (*waiting, *made)}.values(), clock.now(), window=None)


def plan(asked: Iterable[FollowUp], now: datetime, window: timedelta | None = WINDOW) -> list[FollowUpMail]:
    """Write down the mails that are due: the question, and at most two reminders; to parties that can be written to."""
    today = now.astimezone(clock.OFFICE_ZONE).date()
    ready = [one for one in asked if one.open and _is_due(one, now, today, window)]
    reach = of_waiting(ready, today)
    mails = [
        FollowUpMail(follow_up=one, number=len(one.mails) + 1, at=now)
        for one in ready
        if reach[one.contract_id, one.organisation_id].email
    ]
    db.session.add_all(mails)
    db.session.flush()
    return mails


def _is_due(one: FollowUp, now: datetime, today: date, window: timedelta | None) -> bool:
    if not one.mails:
        return one.due_on <= today and (window is None or one.due_on >= today - window)
    last = one.mails[-1]
    # One that is waiting goes out anyway; where a server has refused the address, another mail is of no use.
    over = last.state in {MailState.WAITING, MailState.REFUSED}
    return not over and len(one.mails) < MAILS and last.at + SPACING <= now


def _made(event_id: int, day: date, *, at_once: bool) -> Iterator[FollowUp]:
    contracts = db.session.scalars(queries.to_ask(event_id)).all()
    keys = [contract.id for contract in contracts]
    earlier: dict[Key, list[FollowUp]] = {}
    for one in db.session.scalars(queries.of_contracts(keys)):
        earlier.setdefault((one.contract_id, one.organisation_id), []).append(one)
    said = {(one.contract_id, one.organisation_id): one for one in db.session.scalars(queries.latest(keys))}
    for contract in contracts:
        days = days_of(contract)
        for party in contract.parties:
            key = (contract.id, party.organisation_id)
            asked = earlier.get(key, [])
            found = _question(contract, days, asked, said.get(key), day)
            if found is None and at_once and not any(one.open for one in asked):
                found = _early(contract, asked, said.get(key), day)
            if found is None:
                continue
            stage, number, due_on = found
            for one in asked:
                if one.open:
                    one.closed_at = clock.now()
            made = FollowUp(
                contract=contract,
                organisation_id=party.organisation_id,
                stage=stage,
                round=number,
                due_on=due_on,
            )
            db.session.add(made)
            db.session.flush()
            yield made


def _question(
    contract: Contract,
    days: dict[Stage, date],
    asked: Sequence[FollowUp],
    said: FollowUpReport | None,
    day: date,
) -> tuple[Stage, int, date] | None:
    """Give stage, round and day of the question that a party is to be asked by a day; None where there is none."""
    if _has_told(said):
        return None
    contact, completion = days.get(Stage.CONTACT), days.get(Stage.COMPLETION)
    if completion is not None and completion <= day:
        last = [one for one in asked if one.stage is Stage.COMPLETION][-1:]
        if not last:
            return Stage.COMPLETION, 1, completion
        again = _again(last[0])
        return again if again is not None and again[2] <= day else None
    if contact is not None and contact <= day:
        fresh = contract.status is ContractStatus.AGREED and not asked and said is None
        return (Stage.CONTACT, 1, contact) if fresh else None
    return None


def _again(last: FollowUp) -> tuple[Stage, int, date] | None:
    """Ask a party that was still at it a while later, and not for ever."""
    if last.answered_at is None or last.round >= ROUNDS:
        return None
    due_on = last.answered_at.astimezone(clock.OFFICE_ZONE).date() + AGAIN
    return Stage.COMPLETION, last.round + 1, due_on


def _early(
    contract: Contract, asked: Sequence[FollowUp], said: FollowUpReport | None, day: date
) -> tuple[Stage, int, date] | None:
    """Give the question that staff ask before its day."""
    if _has_told(said):
        return None
    if not asked and said is None and contract.status is ContractStatus.AGREED:
        return Stage.CONTACT, 1, day
    rounds = [one.round for one in asked if one.stage is Stage.COMPLETION]
    return Stage.COMPLETION, max(rounds, default=0) + 1, day


def _has_told(said: FollowUpReport | None) -> bool:
    """Whether a party has said how it ended. Who had no contact may have had some since."""
    return said is not None and said.state not in {ReportState.IN_PROGRESS, ReportState.NO_CONTACT}


def _after(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max
