"""Write what a check has found: all rows or none, in the transaction of the caller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select

from app.core.db import db
from app.models.imports import Import, ImportKind, ImportStatus, Outcome
from app.models.subscribers import Consent, ConsentStep, Subscriber, Subscription
from app.services.importing import bounces
from app.services.importing.judging import Entry, Verdict, judged

#: Takes a step of subscriptions, and writes it down with the basis: ``services.subscribers.take_all`` with who does
#: it when.
Take = Callable[[Sequence[Subscription], ConsentStep, str], Sequence[Consent]]


def apply(record: Import, step: Take, now: datetime) -> list[int]:
    """Write what a check has found, judged once more: people may have left in between.

    Gives the keys of the consents that are to be asked for by mail. All happens in the caller's transaction.
    """
    asked: list[int] = []
    counts: Counter[str] = Counter()
    write = _write_people if record.kind is ImportKind.SUBSCRIBERS else _write_bounces
    for batch in judged(record, now):
        counts.update(one.outcome.value for one in batch)
        asked += write(record, batch, step, now)
        db.session.flush()
    record.counts, record.status, record.done_at = dict(counts), ImportStatus.DONE, now
    record.file = None
    db.session.flush()
    return asked


_STEPS = {
    Outcome.ADDED: ConsentStep.IMPORTED,
    Outcome.CONFIRMED: ConsentStep.IMPORTED,
    Outcome.ASKED: ConsentStep.RECORDED,
    Outcome.LEFT: ConsentStep.WITHDRAWN,
}


def _write_people(record: Import, batch: Sequence[Verdict], step: Take, _now: datetime) -> list[int]:
    people, lines = _loaded(batch, {*_STEPS, Outcome.FILLED})
    new = {
        one.number: _person(record, one.entry)
        for one in batch
        if one.entry and one.outcome in _STEPS and not one.known
    }
    db.session.add_all(new.values())
    db.session.flush()
    lines_of: dict[Outcome, list[Subscription]] = {outcome: [] for outcome in _STEPS}
    for one in batch:
        entry = one.entry
        if entry is None or one.outcome not in {*_STEPS, Outcome.FILLED}:
            continue
        person = people[one.known.person.id] if one.known else new[one.number]
        if one.known:
            person.first_name = person.first_name or entry.first_name or None
            person.last_name = person.last_name or entry.last_name or None
        if one.outcome in _STEPS:
            line = lines.get(one.known.line_id) if one.known and one.known.line_id else None
            lines_of[one.outcome].append(line or _line(record, person))
    proof = record.proof
    taken = {outcome: step(some, _STEPS[outcome], proof) for outcome, some in lines_of.items() if some}
    return [consent.id for consent in taken.get(Outcome.ASKED, ())]


def _line(record: Import, person: Subscriber) -> Subscription:
    return Subscription(subscriber=person, newsletter=record.newsletter, source=record.source)


def _person(record: Import, entry: Entry) -> Subscriber:
    return Subscriber(
        office_id=record.office_id,
        email=entry.email,
        first_name=entry.first_name or None,
        last_name=entry.last_name or None,
        language=entry.language,
    )


def _loaded(
    batch: Sequence[Verdict], outcomes: set[Outcome]
) -> tuple[dict[int, Subscriber], dict[int, Subscription]]:
    """Load whom a batch changes."""
    known = [one.known for one in batch if one.known and one.outcome in outcomes]
    if not known:
        return {}, {}
    people = select(Subscriber).where(Subscriber.id.in_([row.person.id for row in known]))
    lines = select(Subscription).where(Subscription.id.in_([row.line_id for row in known if row.line_id]))
    return (
        {person.id: person for person in db.session.scalars(people)},
        {line.id: line for line in db.session.scalars(lines)},
    )


def _write_bounces(_record: Import, batch: Sequence[Verdict], _step: Take, now: datetime) -> list[int]:
    people, _lines = _loaded(batch, {Outcome.RECORDED})
    for one in batch:
        if one.outcome is Outcome.RECORDED and one.entry and one.known:
            bounces.record(people[one.known.person.id], one.entry.delivery, one.entry.at, now)
    return []
