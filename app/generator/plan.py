"""How much is made, and the chance by which it's made: the same seed gives the same data."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from app.core.text import folded_words

T = TypeVar("T")

ACTOR = "flask generate"
#: The last day of which the data tell. It's fixed, so that the same seed gives the same data on every day.
UNTIL = date(2026, 9, 30)
YEARS = 10
_NOON = datetime.combine(UNTIL, time(12))


@dataclass(frozen=True)
class Size:
    """How many of each kind there are, in proportion to the contacts; each contact has a subscriber."""

    contacts: int

    @property
    def offices(self) -> int:
        """The agency, and others below it."""
        return max(self.contacts // 1_000, 4)

    @property
    def organisations(self) -> int:
        """Each office has a company and a nonprofit at least."""
        return max(self.contacts // 10, 2 * self.offices)

    @property
    def events(self) -> int:
        """A marketplace has some fifty contracts."""
        return max(self.contacts // 500, 1)

    @property
    def contracts(self) -> int:
        """Those of all events."""
        return max(self.contacts // 10, 1)


class Chance:
    """What is drawn, by seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - made-up data needs to be repeated, not to be secret
        self.number = self._random.random
        self.bits = self._random.getrandbits

    def one(self, values: Sequence[T]) -> T:
        """Give one of the values."""
        return values[int(self.number() * len(values))]

    def below(self, most: int) -> int:
        """Give a number from 0 on."""
        return int(self.number() * most)

    def moment(self) -> str:
        """Give a moment of the years that the data tell of, as both databases read it, in UTC."""
        minutes = self.below(YEARS * 365 * 24 * 60)
        return f"{_NOON - timedelta(minutes=minutes)}.000000"

    def day(self, years: int = YEARS) -> date:
        """Give a day of the last years."""
        return UNTIL - timedelta(days=self.below(years * 365))

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """Give the values in another order."""
        return self._random.sample(values, len(values))


class Skewed:
    """Values of which the first are drawn much more often than the last."""

    def __init__(self, values: Sequence[Any], chance: Chance, slope: float = 0.8) -> None:
        self.values, self._random = values, chance._random  # noqa: SLF001 - the same chance
        self._weights = list(itertools.accumulate(1 / (place + 3) ** slope for place in range(len(values))))

    def many(self, count: int) -> list[Any]:
        """Draw some."""
        return self._random.choices(self.values, cum_weights=self._weights, k=count)


def found_by(*parts: str | None, phones: Iterable[tuple[str, str]] = ()) -> str:
    """Give what `search_document` gives, much faster: of numbers of this country the two parts are known.

    An address in plain small letters is one word, and so is a number.
    """
    found: dict[str, None] = {}
    for part in filter(None, parts):
        found.update(dict.fromkeys((part,) if "@" in part or part.isdecimal() else folded_words(part)))
    for prefix, rest in phones:
        found.update({f"{prefix}{rest}": None, f"49{prefix[1:]}{rest}": None})
    return " ".join(found)
