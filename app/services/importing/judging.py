"""What becomes of each row of a file, before anything is written. A thousand rows cost three statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

from app.core import sheets
from app.core.db import db
from app.core.files import folder
from app.models.imports import Import, ImportConsent, ImportKind, Outcome
from app.models.languages import Language
from app.models.subscribers import Delivery, SubscriptionStatus, digest
from app.queries import imports
from app.queries.base import unwanted
from app.services.importing import cells
from app.services.importing.bounces import latest, tells_more, worse
from app.services.importing.columns import Target

BATCH = 1000
#: Mails there don't arrive, or are taken for a nuisance: nobody is asked there for a consent.
UNREACHABLE = (Delivery.HARD, Delivery.COMPLAINT)
_ACTIVE = (SubscriptionStatus.CONFIRMED, SubscriptionStatus.UNCONFIRMED)


@dataclass(frozen=True)
class Entry:
    """What a row says, read."""

    email: str
    first_name: str = ""
    last_name: str = ""
    language: Language = Language.GERMAN
    #: Whether the file doesn't say that the person may be written to, and whether it says that they have left.
    out: bool = False
    left: bool = False
    delivery: Delivery = Delivery.OK
    at: datetime | None = None

    @cached_property
    def spellings(self) -> frozenset[str]:
        """All ways to write the address."""
        return cells.spellings(self.email)

    @cached_property
    def digests(self) -> frozenset[str]:
        """The fingerprints of the address, one for each way to write it."""
        return frozenset(digest(one) for one in self.spellings)


@dataclass(frozen=True)
class Known:
    """Who has an address already, as ``queries.imports.known`` tells, and how they stand to the newsletter."""

    person: Any
    line_id: int | None
    status: SubscriptionStatus | None


@dataclass(frozen=True)
class Verdict:
    """What becomes of a row: with ``number`` and ``row`` as they stand in the file.

    ``entry`` is None where the row has to be corrected.
    """

    number: int
    row: list[str]
    outcome: Outcome
    entry: Entry | None = None
    known: Known | None = None


def judged(record: Import, now: datetime) -> Iterator[list[Verdict]]:
    """Judge the rows of an import's file, a batch at a time. Nothing is changed by it.

    Of an address that stands there several times, the first row that can be read counts.
    """
    office_id, letter_id = record.office_id, record.newsletter_id
    judge = _subscriber if record.kind is ImportKind.SUBSCRIBERS else _bounce
    refusing = db.session.execute(unwanted(office_id))
    rules = _Rules(record, frozenset(address.strip().lower() for _office, address in refusing))
    seen: set[str] = set()
    for batch in _batches(record):
        read = [_read(record, number, row, now) for number, row in batch]
        wanted = {one for verdict in read if verdict.entry for one in verdict.entry.digests}
        known = _known(office_id, letter_id, wanted)
        rules.former.update(db.session.scalars(imports.former(office_id, wanted)))
        yield [_judge(one, known, seen, judge, rules) for one in read]


@dataclass(frozen=True)
class _Rules:
    """What a row is judged by besides itself."""

    record: Import
    unwanted: frozenset[str]
    #: The fingerprints of addresses that somebody left behind, as far as they were met.
    former: set[str] = field(default_factory=set)
    #: What the rows before said of an address: the state, and when.
    told: dict[str, tuple[Delivery, datetime | None]] = field(default_factory=dict)


_Judge = Callable[[Entry, Known | None, _Rules], Outcome]


def _judge(one: Verdict, known: Mapping[str, Known], seen: set[str], judge: _Judge, rules: _Rules) -> Verdict:
    if one.entry is None:
        return one
    # A bounce that happened twice was two; a person is one.
    if one.entry.digests & seen and rules.record.kind is ImportKind.SUBSCRIBERS:
        return Verdict(one.number, one.row, Outcome.REPEATED, one.entry)
    seen |= one.entry.digests
    found = _most_strict([known[each] for each in one.entry.digests if each in known])
    return Verdict(one.number, one.row, judge(one.entry, found, rules), one.entry, found)


def _most_strict(found: Sequence[Known]) -> Known | None:
    """Of those who have an address in one of its spellings, give who said no, if one did."""
    said_no = (one for one in found if one.person.blocked_at or one.status is SubscriptionStatus.UNSUBSCRIBED)
    return next(said_no, found[0] if found else None)


def _subscriber(entry: Entry, known: Known | None, rules: _Rules) -> Outcome:  # noqa: PLR0911 - one line a case
    """Judge a row of subscribers. Who has said no isn't asked again, and comes back by no file."""
    asks = rules.record.consent is ImportConsent.ASKED
    if known is not None and known.person.blocked_at is not None:
        return Outcome.BLOCKED
    if known is not None and known.status is SubscriptionStatus.UNSUBSCRIBED:
        return Outcome.WITHDRAWN
    if not rules.former.isdisjoint(entry.digests):
        return Outcome.WITHDRAWN
    if not rules.unwanted.isdisjoint(entry.spellings):
        return Outcome.UNWANTED
    if entry.out:
        return Outcome.LEFT if entry.left and known is not None and known.status in _ACTIVE else Outcome.OUT
    if known is not None and known.status is SubscriptionStatus.UNCONFIRMED and not asks:
        return Outcome.CONFIRMED
    if known is not None and known.status is not None:
        return Outcome.FILLED if _fills(entry, known) else Outcome.SAME
    if not asks:
        return Outcome.ADDED
    unreachable = known is not None and known.person.delivery in UNREACHABLE
    return Outcome.UNREACHABLE if unreachable else Outcome.ASKED


def _fills(entry: Entry, known: Known) -> bool:
    """Whether a row has a name that is missing. One that differs doesn't replace what is there."""
    person = known.person
    pairs = (entry.first_name, person.first_name), (entry.last_name, person.last_name)
    return any(new and not old for new, old in pairs)


def _bounce(entry: Entry, known: Known | None, rules: _Rules) -> Outcome:
    """Judge a row of bounces, after what the rows before it have said."""
    if known is None or known.person.erased_at is not None:
        return Outcome.UNKNOWN
    person = known.person
    before, at = rules.told.get(person.digest, (person.delivery, person.bounced_at))
    if not tells_more(before, at, entry.delivery, entry.at):
        return Outcome.SAME
    rules.told[person.digest] = worse(before, entry.delivery), latest(at, entry.at)
    return Outcome.RECORDED


def _known(office_id: int, letter_id: int, digests: set[str]) -> dict[str, Known]:
    people = db.session.execute(imports.known(office_id, digests)).all()
    if not people:
        return {}
    lines = db.session.execute(imports.lines(letter_id, [one.id for one in people])).all()
    states = {subscriber_id: (line_id, status) for subscriber_id, line_id, status in lines}
    return {one.digest: Known(one, *states.get(one.id, (None, None))) for one in people}


def _batches(record: Import) -> Iterator[list[tuple[int, list[str]]]]:
    rows = sheets.opened(folder() / str(record.file)).rows()
    while batch := list(islice(rows, BATCH)):
        yield batch


def _read(record: Import, number: int, row: list[str], now: datetime) -> Verdict:
    said = {target: row[place] for place, target in enumerate(record.columns) if target and place < len(row)}
    try:
        status = list(_opt_outs(record, row))
        entry = replace(
            _entry(record, said, now),
            out=any(map(cells.says_no, status)),
            left=any(map(cells.says_gone, status)),
        )
    except cells.FaultError as fault:
        return Verdict(number, row, fault.outcome)
    return Verdict(number, row, Outcome.SAME, entry)


def _opt_outs(record: Import, row: list[str]) -> Iterator[str]:
    named = (place for place, target in enumerate(record.columns) if target == Target.OPT_OUT.value)
    return (row[place] for place in named if place < len(row))


def _entry(record: Import, said: Mapping[str, str], now: datetime) -> Entry:
    email = cells.address(said.get(Target.EMAIL.value, ""))
    if record.kind is ImportKind.BOUNCES:
        delivery = cells.state(said.get(Target.TYPE.value, ""))
        return Entry(email, delivery=delivery, at=cells.moment(said.get(Target.DATE.value, ""), now))
    first, last = (cells.short(said.get(one.value, "")) for one in (Target.FIRST_NAME, Target.LAST_NAME))
    whole = cells.short(said.get(Target.NAME.value, ""))
    if whole and not (first and last):
        parts = _parted(whole)
        first, last = first or _other(whole, parts[0], last), last or _other(whole, parts[1], first)
    spoken = cells.language(said.get(Target.LANGUAGE.value, ""), record.language)
    return Entry(email, first, last, spoken)


def _other(whole: str, part: str, known: str) -> str:
    """Give the part of a name that isn't known yet: all of it where it doesn't repeat what is known."""
    return whole if known and known not in whole else part


def _parted(name: str) -> tuple[str, str]:
    """Take a whole name apart: "Jäger, Ana" at the comma, "Ana Maria Jäger" before the last word."""
    if "," in name:
        last, _comma, first = name.partition(",")
    else:
        first, _space, last = name.rpartition(" ")
    return first.strip(), last.strip()
