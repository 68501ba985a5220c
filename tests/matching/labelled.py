"""The labelled pairs, read; and what a plain comparison of words makes of them."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.models.categories import Category, Side
from app.reports.matching import FIRST, Matching
from app.reports.matching.scoring import CATEGORY, Entry, Party, Scores
from app.reports.matching.words import NOTHING

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Pair:
    """An offer and a need that belong together; ``hard`` where they share no word in any form."""

    offer: Entry
    need: Entry
    hard: bool


def pairs(name: str) -> list[Pair]:
    """Read a list."""
    found = []
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        categories, offer, need = (part.strip() for part in line.split("|"))
        given, _slash, wanted = categories.partition("/")
        number = len(found)
        company = Party(2 * number, f"Company {number}", Side.COMPANY)
        club = Party(2 * number + 1, f"Club {number}", Side.NONPROFIT)
        found.append(
            Pair(
                Entry(2 * number, company, True, Category(given), offer.lstrip("! ")),
                Entry(2 * number + 1, club, False, Category(wanted or given), need),
                offer.startswith("!"),
            )
        )
    return found


def matching_of(found: list[Pair]) -> Matching:
    """Bring all of them together, as at one event."""
    entries = [one for pair in found for one in (pair.offer, pair.need)]
    return Matching([one.party for one in entries], entries)


def recall(table: np.ndarray[Any, Any], first: int = FIRST, least: float = 0) -> tuple[float, float]:
    """Give the shares of offers, and of needs, whose partner is among the first; a tie counts as its middle."""
    shares = []
    for rows in (table, table.T):
        own = np.diag(rows)[:, None]
        rank = (rows > own).sum(1) + ((rows == own).sum(1) - 1) / 2 + 1
        shares.append(float(((rank <= first) & (own[:, 0] >= least)).mean()))
    return shares[0], shares[1]


def ours(found: list[Pair]) -> np.ndarray[Any, Any]:
    """Give the scores as the page has them."""
    return matching_of(found).scores.table


def by_text(found: list[Pair]) -> np.ndarray[Any, Any]:
    """Give the scores of the texts alone."""
    return matching_of(found).scores.likeness.scores


def by_words(found: list[Pair], *, category: bool = True) -> np.ndarray[Any, Any]:
    """Compare whole words instead of their pieces: with the same stop words, the same weights, the same categories."""
    texts = [pair.offer.title for pair in found] + [pair.need.title for pair in found]
    bags = [
        Counter(word for word in re.findall(r"[^\W_]+", text.casefold()) if word not in NOTHING)
        for text in texts
    ]
    often = Counter(word for bag in bags for word in bag)
    places = {word: place for place, word in enumerate(often)}
    vectors = np.zeros((len(texts), len(places)))
    for row, bag in enumerate(bags):
        for word, count in bag.items():
            vectors[row, places[word]] = math.log1p(count) * math.log((len(texts) + 1) / (often[word] + 1))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    same = Scores._same(
        [pair.offer.category.value for pair in found], [pair.need.category.value for pair in found]
    )
    split = len(found)
    return vectors[:split] @ vectors[split:].T + CATEGORY * category * same
