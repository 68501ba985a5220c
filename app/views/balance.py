"""The balance of an event: who is invited, registered and confirmed on each side, against what is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext, ngettext

from app.core.db import db
from app.core.values import format_decimal
from app.models.categories import Side
from app.models.events import Event
from app.models.participations import Participation, ParticipationStatus
from app.queries import counts, participations
from app.queries.base import CAME
from app.views.filters.values import Member, Related
from app.views.links import Condition, is_in, narrowed

INVITED, REGISTERED = ParticipationStatus.INVITED, ParticipationStatus.REGISTERED
CONFIRMED, ATTENDED = ParticipationStatus.CONFIRMED, ParticipationStatus.ATTENDED
#: What the bar of a side is made of, from what is certain to what is hoped for.
STACK = (ATTENDED, CONFIRMED, REGISTERED, INVITED)
#: A share of fewer organisations than these is chance.
KNOWN = 20
#: From here on, one side has too few to talk to.
UNEVEN = Decimal("1.5")
#: A bar ends before the edge, so that the mark of a target stands within.
ROOM = 1.02
TARGET_OF = {Side.COMPANY: "target_companies", Side.NONPROFIT: "target_nonprofits"}


@dataclass(frozen=True)
class Missed:
    """How many of those who were expected at earlier events of the office didn't come."""

    missed: int = 0
    expected: int = 0
    events: int = 0

    @property
    def known(self) -> bool:
        """Whether these are enough to expect the same again."""
        return self.expected >= KNOWN

    def of(self, coming: int) -> int:
        """Give how many of so many will hardly come."""
        share = Decimal(coming * self.missed) / self.expected
        return int(share.quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def percent(self) -> int:
        """The share in percent."""
        return int((Decimal(100 * self.missed) / self.expected).quantize(Decimal(1), ROUND_HALF_UP))

    @property
    def told(self) -> str:
        """Say on what the expectation rests, or that it rests on too little."""
        if not self.expected:
            return gettext("Nothing is known of earlier events: nobody has noted there who came.")
        where = ngettext("%(num)s earlier event", "%(num)s earlier events", self.events)
        counted = {"missed": format_decimal(self.missed), "expected": format_decimal(self.expected)}
        if not self.known:
            return gettext(
                "Too little is known: %(missed)s of %(expected)s didn't come, from %(where)s.",
                where=where,
                **counted,
            )
        return gettext(
            "%(missed)s of %(expected)s didn't come (%(percent)s %%), from %(where)s.",
            percent=self.percent,
            where=where,
            **counted,
        )


@dataclass(frozen=True)
class Part:
    """A piece of a bar: its status, and from where to where it reaches, in percent of the longest bar."""

    status: ParticipationStatus
    number: int
    start: float
    width: float


@dataclass
class Row:
    """A side of the event."""

    side: Side
    numbers: dict[ParticipationStatus, int] = field(default_factory=dict)
    target: int | None = None
    missed: Missed = field(default_factory=Missed)
    #: How many organisations the longest bar stands for.
    longest: float = 1

    @property
    def coming(self) -> int:
        """Who has registered, is confirmed or came."""
        return sum(self.numbers.get(status, 0) for status in CAME)

    @property
    def lacking(self) -> int | None:
        """How many are still wanted; None without a target."""
        return None if self.target is None else max(self.target - self.coming, 0)

    @property
    def expected(self) -> int | None:
        """How many will be there after all; None where too little is known, or where it's over."""
        if not self.missed.known or self.numbers.get(ATTENDED):
            return None
        return self.coming - self.missed.of(self.coming)

    def parts(self) -> Iterator[Part]:
        """Give the bar, piece by piece."""
        start = 0.0
        for status in STACK:
            if number := self.numbers.get(status, 0):
                width = round(100 * number / self.longest, 2)
                yield Part(status, number, round(start, 2), width)
                start += width

    @property
    def mark(self) -> float | None:
        """Where the target stands on the bar, in percent."""
        return None if self.target is None else round(100 * self.target / self.longest, 2)


@dataclass(frozen=True)
class Balance:
    """All sides of an event, and how they stand to each other."""

    event: Event
    rows: Sequence[Row]
    statuses: Sequence[ParticipationStatus]
    people: int
    #: Of how many of those who come the number of people is known.
    stated: int

    @property
    def coming(self) -> int:
        """All who come."""
        return sum(row.coming for row in self.rows)

    def link(self, row: Row, *statuses: ParticipationStatus) -> str:
        """Give the address of the list of exactly these."""
        return narrowed(
            Participation,
            Condition("event", Related, [str(self.event.id)]),
            is_in("side", Member, row.side),
            is_in("status", Member, *statuses),
        ).address()

    def coming_link(self, row: Row) -> str:
        """Give the list of those of a side who come."""
        return self.link(row, *(status for status in ParticipationStatus if status in CAME))

    @property
    def ratio(self) -> str:
        """Say how many nonprofits there are for each company, and how many were wanted."""
        companies, nonprofits = self._sides()
        said = self._ratio(companies.coming, nonprofits.coming)
        if not said:
            return gettext("A ratio needs companies and nonprofit organisations that come.")
        wanted = self._ratio(companies.target or 0, nonprofits.target or 0)
        if not wanted:
            return gettext("%(number)s nonprofit organisations for each company", number=said)
        return gettext(
            "%(number)s nonprofit organisations for each company (target: %(target)s)",
            number=said,
            target=wanted,
        )

    @property
    def advice(self) -> str:
        """Say which side is too small, compared with the targets or else with the other side; "" where none is."""
        companies, nonprofits = self._sides()
        one, other = companies.coming, nonprofits.coming
        if not one and not other:
            return ""
        wanted = Decimal(1)
        if companies.target and nonprofits.target:
            wanted = Decimal(nonprofits.target) / companies.target
        if other > UNEVEN * wanted * one:
            return gettext("Companies are too few: many nonprofit organisations will find nobody to talk to.")
        if one * wanted > UNEVEN * other:
            return gettext("Nonprofit organisations are too few: many companies will find nobody to talk to.")
        return gettext("The sides are in balance.")

    def _sides(self) -> tuple[Row, Row]:
        found = {row.side: row for row in self.rows}
        return found[Side.COMPANY], found[Side.NONPROFIT]

    @staticmethod
    def _ratio(companies: int, nonprofits: int) -> str:
        if not companies or not nonprofits:
            return ""
        return format_decimal(Decimal(nonprofits) / companies, places=1)


def of_event(event: Event) -> Balance:
    """Count the sides of an event. Companies and nonprofits are always there, municipalities where some are."""
    rows = {side: Row(side, target=_target(event, side)) for side in Side}
    people = stated = 0
    for side, status, number, known, heads in db.session.execute(counts.participations(event.id)):
        rows[side].numbers[status] = number
        if status in CAME:
            people, stated = people + (heads or 0), stated + known
    for side, missed, expected, events in db.session.execute(participations.no_shows(event)):
        rows[side].missed = Missed(missed, expected, events)
    shown = [row for row in rows.values() if row.numbers or row.side is not Side.MUNICIPALITY]
    longest = max(max(sum(row.numbers.get(one, 0) for one in STACK), row.target or 0, 1) for row in shown)
    for row in shown:
        row.longest = longest * ROOM
    used: set[Any] = {status for row in shown for status in row.numbers} | {INVITED, REGISTERED, CONFIRMED}
    return Balance(event, shown, [status for status in ParticipationStatus if status in used], people, stated)


def _target(event: Event, side: Side) -> int | None:
    return getattr(event, TARGET_OF[side]) if side in TARGET_OF else None
