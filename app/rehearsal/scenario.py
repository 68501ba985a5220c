"""The evening that is rehearsed, as data: who registers, who comes, what is agreed, and what the parties report later.

The same each time. ``EXPECTED`` says by hand what must come of it, so that a slip in the scenario is no success.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from app.models.categories import Category, Side
from app.models.followups import ReportState
from app.models.outcomes import Outcome
from app.rehearsal.cast import COMPANIES, FIRST_NAMES, LAST_NAMES, NONPROFITS

TITLE = "Generalprobe Gute Geschäfte"
DESKS = 3
FOLLOWS = 2.0  # seconds

_ABSENT = 3  # who registered and stays away; as many come unannounced
_EXTRA = 44  # organisations that bring a second person
_SHIFT = 23  # which nonprofit a company meets the second time
_STRIDE = 37  # has no divisor in common with 84: spreads the outcomes over the evening


@dataclass(frozen=True)
class Expected:
    """What must come of it."""

    companies: int = 42
    nonprofits: int = 44
    people: int = 130
    contracts: int = 84
    kept: int = 59
    partly: int = 9
    failed: int = 8
    silent: int = 8
    of_all: str = "70.2"
    of_answered: str = "77.6"

    @property
    def organisations(self) -> int:
        """Both sides."""
        return self.companies + self.nonprofits

    @property
    def outcomes(self) -> dict[Outcome, int]:
        """What becomes of the contracts."""
        return {
            Outcome.KEPT: self.kept,
            Outcome.PARTLY: self.partly,
            Outcome.FAILED: self.failed,
            Outcome.SILENT: self.silent,
        }


EXPECTED = Expected()


@dataclass(frozen=True)
class Guest:
    """An organisation: what it registers with, who of it comes, and who is brought along unannounced."""

    number: int
    side: Side
    name: str
    city: str
    category: Category
    title: str
    people: tuple[str, ...]
    absent: tuple[str, ...] = ()
    walk_ins: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """The address of who registers."""
        return f"{self.side.value}-{self.number}@example.org"

    @property
    def first_name(self) -> str:
        """Of who registers."""
        return self.people[0].partition(" ")[0]

    @property
    def last_name(self) -> str:
        """Of who registers."""
        return self.people[0].partition(" ")[2]

    @property
    def companions(self) -> tuple[str, ...]:
        """Who else is registered."""
        return (*self.people[1:], *self.absent)


@dataclass(frozen=True)
class Line:
    """What one party gives another, both by their place among the parties, from 1 on. 0 hours or euros: not known."""

    category: Category
    text: str
    hours: int
    value: int
    giver: int
    receiver: int


@dataclass(frozen=True)
class Deal:
    """A contract, what becomes of it, and which parties say so."""

    number: int
    parties: tuple[Guest, ...]
    lines: tuple[Line, ...]
    outcome: Outcome

    @cached_property
    def reports(self) -> dict[str, ReportState]:
        """What the parties say, by their addresses: of every third contract both, of a silent one nobody."""
        if self.outcome is Outcome.SILENT:
            return {}
        talkers = self.parties[:2] if self.number % 3 == 0 else self.parties[:1]
        return {one.email: self._state() for one in talkers}

    def _state(self) -> ReportState:
        if self.outcome is Outcome.FAILED:
            return (ReportState.NO_CONTACT, ReportState.NOT_FEASIBLE)[self.number % 2]
        return {Outcome.KEPT: ReportState.KEPT, Outcome.PARTLY: ReportState.PARTLY}[self.outcome]


@dataclass(frozen=True)
class Scenario:
    """The whole evening."""

    guests: tuple[Guest, ...]
    deals: tuple[Deal, ...]
    #: So many seconds after a contract is saved the hall must show it.
    follows: float = FOLLOWS

    @property
    def value(self) -> int:
        """What all contributions are worth together, as far as it's known, in euros."""
        return sum(line.value for deal in self.deals for line in deal.lines)

    def share(self, desk: int) -> list[Deal]:
        """Give the contracts that are entered at one of the desks."""
        return list(self.deals[desk::DESKS])


def evening() -> Scenario:
    """Give the evening."""
    guests = tuple(_guests())
    return Scenario(guests, tuple(_deals(guests)))


def _guests() -> Iterator[Guest]:
    rows = [
        *((Side.COMPANY, name, city, kind, gives) for name, city, kind, gives, _hours, _value in COMPANIES),
        *((Side.NONPROFIT, name, city, "other", need) for name, city, need, _kind, _gives in NONPROFITS),
    ]
    for at, (side, name, city, kind, title) in enumerate(rows):
        second = (_person(len(rows) + at),) if at < _EXTRA else ()
        stays_away = at < _ABSENT
        yield Guest(
            number=at + 1,
            side=side,
            name=name,
            city=city,
            category=Category(kind),
            title=title,
            people=(_person(at), *(() if stays_away else second)),
            absent=second if stays_away else (),
            walk_ins=(_person(2 * len(rows) + at),) if at >= len(rows) - _ABSENT else (),
        )


def _person(number: int) -> str:
    """Give a name that nobody else has."""
    size = len(FIRST_NAMES)
    return f"{FIRST_NAMES[number % size]} {LAST_NAMES[(number + number // size) % size]}"


def _deals(guests: tuple[Guest, ...]) -> Iterator[Deal]:
    """Most of two parties; each twelfth of three; one of two nonprofits; and one gift without a return."""
    companies, nonprofits = guests[: len(COMPANIES)], guests[len(COMPANIES) :]
    for number in range(2 * len(companies)):
        first = number % len(companies)
        second = (first + _SHIFT * (number // len(companies))) % len(nonprofits)
        help_ = _help(first, 1, 2)
        return_ = _return(second, 2, 1)
        parties: tuple[Guest, ...] = (companies[first], nonprofits[second])
        lines: tuple[Line, ...] = (help_, return_)
        if number == 50:  # noqa: PLR2004 - one of two nonprofits
            other = (second + 1) % len(nonprofits)
            parties, lines = (nonprofits[other], nonprofits[second]), (_return(other, 1, 2), return_)
        elif number == 30:  # noqa: PLR2004 - a gift
            lines = (help_,)
        elif number % 12 == 5:  # noqa: PLR2004 - three parties
            third = (first + 7) % len(companies)
            parties = (*parties, companies[third])
            lines = (help_, return_, _help(third, 3, 2))
        yield Deal(number + 1, parties, lines, _outcome(number))


def _help(company: int, giver: int, receiver: int) -> Line:
    _name, _city, kind, gives, hours, value = COMPANIES[company]
    return Line(Category(kind), gives, hours, value, giver, receiver)


def _return(nonprofit: int, giver: int, receiver: int) -> Line:
    _name, _city, _need, kind, gives = NONPROFITS[nonprofit]
    return Line(Category(kind), gives, 0, 0, giver, receiver)


def _outcome(number: int) -> Outcome:
    rank = number * _STRIDE % EXPECTED.contracts
    for outcome in (Outcome.SILENT, Outcome.FAILED, Outcome.PARTLY):
        rank -= EXPECTED.outcomes[outcome]
        if rank < 0:
            return outcome
    return Outcome.KEPT
