"""How alike short texts are whose words are compounded and inflected: by the pieces of 3 to 5 letters that they share.

"Umzugshelfer" and "beim Umzug" have no word in common, and nearly all pieces of "umzug". A piece that many texts have
says little, so each weighs what it's rare (tf-idf), and two texts are as alike as their vectors' cosine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.text import fold

SIZES = range(3, 6)
#: Stand before and behind each word: its beginning and its end tell more than the same letters within another.
START, END = "^", "$"
#: Two words are worth naming together when they begin alike by so many letters, or share one that is a whole word;
#: elsewhere it takes more of them. "Plakaten" and "Daten" have nothing in common.
NAMED, WITHIN, ANYWHERE = 4, 5, 6
_WORD = re.compile(r"[^\W_]+")
# "Köche" and "kochen", and "Koeche" too: an umlaut tells a plural more often than another word.
_SPELLED_OUT = re.compile(r"(?<=[aou])e")

#: The parts of a text, each with how much it counts.
Parts = Sequence[tuple[str, float]]
#: A word as it was written, as it's compared, and how much it counts.
Word = tuple[str, str, float]


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """Give a word as it's compared: folded, and without its umlauts."""
    return _SPELLED_OUT.sub("", fold(word))


@lru_cache(maxsize=50_000)
def pieces(word: str) -> frozenset[str]:
    """Give the pieces of a plain word."""
    whole = START + word + END
    found = (whole[at : at + size] for size in SIZES for at in range(len(whole) - size + 1))
    return frozenset(found)


def shared_letters(one: str, other: str) -> str:
    """Give the longest run of letters that two words share."""
    best = ""
    for start in range(len(one)):
        while start + len(best) < len(one) and one[start : start + len(best) + 1] in other:
            best = one[start : start + len(best) + 1]
    return best


def _tell(one: str, other: str) -> bool:
    """Whether people see what two words have in common."""
    run = shared_letters(one, other)
    if run in (one, other):
        return True
    begins = [word.startswith(run) for word in (one, other)]
    return len(run) >= (NAMED if all(begins) else WITHIN if any(begins) else ANYWHERE)


@dataclass(frozen=True)
class Shared:
    """Two words that make two texts alike, as they were written, and how much they do."""

    one: str
    other: str
    weight: float


class Likeness:
    """How alike each of some texts is to each of some others.

    ``ignored`` are plain words that say nothing, ``endings`` those that say nothing at the end of another.
    """

    def __init__(
        self,
        ones: Sequence[Parts],
        others: Sequence[Parts],
        ignored: Collection[str] = frozenset(),
        endings: tuple[str, ...] = (),
    ) -> None:
        """Take the texts of both sides: how rare a piece is is judged by all of them."""
        self.ignored, self.endings = ignored, endings
        self._split = len(ones)
        self._words = [list(self.words(text)) for text in chain(ones, others)]
        bags = [self._bag(words) for words in self._words]
        found = Counter(chain.from_iterable(bags))
        self.places = {piece: place for place, piece in enumerate(found)}
        count = np.fromiter(found.values(), float, len(found))
        self.rarity: NDArray[np.float64] = np.log((len(bags) + 1) / (count + 1)) + 0.3
        self._vectors = self._weighted(bags)

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """From 0 to 1, a row for each of the ones, a column for each of the others."""
        ones, others = self._vectors[: self._split], self._vectors[self._split :]
        result: NDArray[np.float64] = (ones @ others.T).toarray()
        return result

    def shared(self, one: int, other: int, most: int = 2) -> list[Shared]:
        """Name the words that make two texts alike, the most telling first; none of them twice."""
        pairs = sorted(
            self._pairs(self._words[one], self._words[self._split + other]), key=lambda pair: -pair.weight
        )
        found: list[Shared] = []
        for pair in pairs:
            if all(pair.one != known.one and pair.other != known.other for known in found):
                found.append(pair)
        return found[:most]

    def words(self, text: Parts) -> Iterator[Word]:
        """Yield the words of a text that say something."""
        for part, weight in text:
            for word in _WORD.findall(part):
                bare = self._root(plain(word))
                if len(bare) > 1 and bare not in self.ignored:
                    yield word, bare, weight

    def _root(self, word: str) -> str:
        """Leave off an ending that says nothing, where enough is left."""
        ending = next((one for one in self.endings if word.endswith(one)), "")
        return word[: -len(ending)] if ending and len(word) - len(ending) >= SIZES.start else word

    @staticmethod
    def _bag(words: Sequence[Word]) -> Counter[str]:
        bag: Counter[str] = Counter()
        for _word, bare, weight in words:
            for piece in pieces(bare):
                bag[piece] += weight  # type: ignore[assignment]  # a count may be a half
        return bag

    def _weighted(self, bags: Sequence[Counter[str]]) -> Any:
        """Give the texts as rows of length 1."""
        from scipy import sparse  # noqa: PLC0415 - it would double the time in which each command starts

        ends = np.cumsum([0, *map(len, bags)])
        columns = np.fromiter((self.places[piece] for bag in bags for piece in bag), int, ends[-1])
        often = np.fromiter(chain.from_iterable(bag.values() for bag in bags), float, ends[-1])
        weights = np.log1p(often) * self.rarity[columns]
        rows = np.repeat(np.arange(len(bags)), np.diff(ends))
        lengths = np.sqrt(np.bincount(rows, weights**2, minlength=len(bags)))
        weights /= lengths[rows]
        return sparse.csr_array((weights, columns, ends), shape=(len(bags), len(self.places)))

    def _pairs(self, one: Sequence[Word], other: Sequence[Word]) -> Iterator[Shared]:
        theirs = list(dict.fromkeys(other))
        for word, bare, weight in dict.fromkeys(one):
            mine = pieces(bare)
            for their_word, their_bare, their_weight in theirs:
                common = mine & pieces(their_bare)
                if common and _tell(bare, their_bare):
                    worth = sum(self.rarity[self.places[piece]] ** 2 for piece in common)
                    yield Shared(word, their_word, worth * weight * their_weight)
