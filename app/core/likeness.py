"""How alike two names are that people may have written differently."""

from __future__ import annotations

from rapidfuzz import fuzz, utils

from app.core.text import fold

#: Words that say what kind of organisation it is, and are left out as often as not.
FORMS = frozenset(
    {"ag", "co", "eg", "ev", "gbr", "ggmbh", "gmbh", "kg", "mbh", "ohg", "se", "ug", "der", "die", "das"}
)


def name_words(text: str) -> list[str]:
    """Give the words of a name that tell it from others: folded, without legal forms and signs."""
    plain = utils.default_process(fold(text).replace("e.v", "ev").replace("e.g", "eg").replace("-", " "))
    words = list(dict.fromkeys(plain.split()))
    return [word for word in words if word not in FORMS] or words


def likeness(one: str, other: str) -> float:
    """Say how alike two names are, from 0 to 100: whatever the order of their words, or a slip of the pen.

    One of which the other has all words and more is nearly the same: who types isn't at the end yet. E-mail
    addresses are the same, or not.
    """
    if "@" in one or "@" in other:
        return 100.0 if fold(one) == fold(other) else 0.0
    mine, theirs = name_words(one), name_words(other)
    whole = max(
        fuzz.token_sort_ratio(" ".join(mine), " ".join(theirs)), fuzz.ratio("".join(mine), "".join(theirs))
    )
    contained = 85.0 if mine and theirs and (set(mine) <= set(theirs) or set(theirs) <= set(mine)) else 0.0
    return max(float(whole), contained)
