"""How well an offer meets a need, and why: by category, words, place and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from numpy.typing import NDArray

from app.core.enums import Titled
from app.core.ngrams import Likeness, Parts, Shared
from app.core.text import fold
from app.models.categories import Category, Side
from app.reports.matching import times
from app.reports.matching.words import ENDINGS, NOTHING

# Chosen by the labelled pairs of tests/matching/pairs.txt; bench/matching.py tells how well others do.
TITLE = 2.0  # a title counts as much as its text twice
CATEGORY = 0.15
NEAR = {"place": 0.10, "time": 0.10}  # shares by which it says more that words are alike
SAME_SIDE = 0.85  # companies with nonprofits first
#: What is worth a talk, and what is worth a look.
STRONG, GOOD, POSSIBLE = 0.45, 0.25, 0.18


class Level(Titled):
    """How well two fit."""

    STRONG = "strong", _("strong match")
    GOOD = "good", _("good match")
    POSSIBLE = "possible", _("possible match")

    @classmethod
    def of(cls, score: float) -> Level:
        """Give the level of a score."""
        return cls.STRONG if score >= STRONG else cls.GOOD if score >= GOOD else cls.POSSIBLE


@dataclass(frozen=True)
class Party:
    """An organisation at an event. ``comes`` says whether it's counted on, not only invited."""

    id: int
    name: str
    side: Side
    city: str | None = None
    postal_code: str | None = None
    comes: bool = True


@dataclass(frozen=True)
class Entry:
    """An offer or a need."""

    id: int
    party: Party
    offered: bool
    category: Category
    title: str
    text: str = ""

    @property
    def parts(self) -> Parts:
        """What it says, and how much that counts."""
        return ((self.title, TITLE), (self.text, 1.0))


class Scores:
    """How well each offer meets each need. A score is 0 where the two don't trade, and hardly ever above 1."""

    def __init__(self, offers: Sequence[Entry], needs: Sequence[Entry]) -> None:
        """Take both sides."""
        self.offers, self.needs = offers, needs
        said, wanted = ([one.parts for one in side] for side in (offers, needs))
        self.likeness = Likeness(said, wanted, NOTHING, ENDINGS)
        self._times = [times.told([f"{one.title} {one.text}" for one in side]) for side in (offers, needs)]

    @cached_property
    def table(self) -> NDArray[np.float64]:
        """A row for each offer, a column for each need."""
        category = self._same(*([one.category.value for one in side] for side in (self.offers, self.needs)))
        near = 1 + NEAR["place"] * self._near + NEAR["time"] * (self._times[0] @ self._times[1].T > 0)
        result: NDArray[np.float64] = (self.likeness.scores * near + CATEGORY * category) * self._across
        return result

    @cached_property
    def _near(self) -> NDArray[np.float64]:
        """1 for the same place, a half for the same postal area."""
        place = self._same(*([_place(one.party) for one in side] for side in (self.offers, self.needs)))
        area = self._same(*([_area(one.party) for one in side] for side in (self.offers, self.needs)))
        return np.maximum(place, area / 2)

    @cached_property
    def _across(self) -> NDArray[np.float64]:
        """1 for two sides, less for one, and 0 for two companies or an organisation with itself."""
        sides = [
            np.array([one.party.side is Side.COMPANY for one in side], bool)
            for side in (self.offers, self.needs)
        ]
        own = self._same(*([str(one.party.id) for one in side] for side in (self.offers, self.needs)))
        companies = sides[0][:, None] & sides[1][None, :]
        others = ~sides[0][:, None] & ~sides[1][None, :]
        result: NDArray[np.float64] = np.where(others, SAME_SIDE, 1.0) * ~companies * (1 - own)
        return result

    @staticmethod
    def _same(ones: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
        """1 where both say the same; who says nothing is like nobody."""
        known = {text: number for number, text in enumerate(dict.fromkeys([*ones, *others])) if text}
        left = np.array([known.get(text, -1) for text in ones], int)
        right = np.array([known.get(text, -2) for text in others], int)
        result: NDArray[np.float64] = np.equal.outer(left, right).astype(float)
        return result

    def told(self, offer: int, need: int) -> list[str]:
        """Give why two were brought together, in the language of the person; [] where nobody would see it.

        What is hardly alike needs a word in common: a category and a place alone are no reason to meet.
        """
        words = self.likeness.shared(offer, need)
        if not words and self.table[offer, need] < GOOD:
            return []
        return list(self._reasons(offer, need, words))

    def _reasons(self, offer: int, need: int, words: Sequence[Shared]) -> Iterator[str]:
        one, other = self.offers[offer], self.needs[need]
        if one.category is other.category:
            yield gettext("same category: %(category)s", category=one.category)
        for word in words:
            if fold(word.one) == fold(word.other):
                yield gettext("“%(word)s” in both", word=word.one)
            else:
                yield gettext("similar words: %(one)s – %(other)s", one=word.one, other=word.other)
        if _place(one.party) and _place(one.party) == _place(other.party):
            yield gettext("same place: %(place)s", place=one.party.city)
        elif _area(one.party) and _area(one.party) == _area(other.party):
            yield gettext(
                "near each other: %(one)s and %(other)s", one=one.party.city, other=other.party.city
            )
        both = np.flatnonzero(self._times[0][offer] * self._times[1][need]).tolist()
        if both:
            yield gettext("same time: %(times)s", times=", ".join(times.names(both)))


def _place(party: Party) -> str:
    return fold(party.city or "")


def _area(party: Party) -> str:
    """Give the first three digits of the postal code of a known place."""
    return (party.postal_code or "")[:3] if party.city else ""
