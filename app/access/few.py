"""Small numbers: who may not see who the people are isn't to find it out from how few they are, either."""

from __future__ import annotations

from collections.abc import Sequence

from app.access.policy import Section, Verb
from app.access.scope import current
from app.core.pictures import Cell, Few

FEW = 5


def hides() -> bool:
    """Whether small numbers of subscribers are kept from who asks."""
    return not current().may(Verb.READ, Section.SUBSCRIBERS)


def told(count: int) -> Cell:
    """Give a number of subscribers as this person may see it: "fewer than 5" instead of 1 to 4."""
    return Few(FEW) if 0 < count < FEW and hides() else count


def column(counts: Sequence[int]) -> list[Cell]:
    """Give numbers of subscribers whose sum may be known from elsewhere.

    A single small one could be worked out from the others: then the next ones are kept back, too, as None.
    """
    if not hides():
        return list(counts)
    small = {at for at, count in enumerate(counts) if 0 < count < FEW}
    kept, others = set(small), sorted((count, at) for at, count in enumerate(counts) if count >= FEW)
    while kept and others and (len(kept) == 1 or sum(counts[at] for at in kept) < FEW):
        kept.add(others.pop(0)[1])
    return [told(count) if at in small else None if at in kept else count for at, count in enumerate(counts)]


def answered(part: int, whole: int) -> Cell:
    """Give a part beside its whole; None where the rest would tell a small number."""
    return None if hides() and 0 < whole - part < FEW else told(part)


def rate(part: int, whole: int) -> int | None:
    """Give a share in percent; None where there is nothing to share, or where it would tell a small number."""
    if not whole or (hides() and (part < FEW or whole - part < FEW)):
        return None
    return round(100 * part / whole)
