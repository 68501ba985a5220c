"""The global search: a few rows of a kind that hold what was typed, through its folded search text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, func, literal, or_, select

from app.core.text import LIKE_ESCAPE, fold, like, search_terms

SEEN = 100  # rows of a kind that are ranked, the newest first; more are told as "100+"
BEGINNING = 500  # rows whose name begins with what was typed, of which the exact and the newest are ranked
WORDS = 3  # the place of a hit whose words begin with what was typed
HEAD = 160  # characters of a search text in which the name stands


@dataclass(frozen=True)
class Candidate:
    """A row that holds what was typed: its key, name, the beginning of its search text, and when it changed."""

    id: int
    name: str | None
    head: str
    changed_at: datetime

    def place(self, typed: str) -> int:
        """Give 0 for the very name, 1 and 2 for its beginning, 3 for beginnings of words, 4 for parts of words."""
        whole, name, words = fold(typed), fold(self.name or ""), self.head.split()
        if name == whole:
            return 0
        if any(f"{text} ".startswith(f"{whole} ") for text in (name, self.head)):
            return 1
        if any(text.startswith(whole) for text in (name, self.head)):
            return 2
        return (
            WORDS
            if all(any(word.startswith(term) for word in words) for term in search_terms(typed))
            else WORDS + 1
        )

    def rank(self, typed: str) -> tuple[int, float, int]:
        """Order by place, and equals by what changed last."""
        return self.place(typed), -self.changed_at.timestamp(), -self.id


def holding(model: Any, name: Any, typed: str) -> Select[int, str | None, str, datetime]:
    """The newest rows that hold every typed word, up to one more than are ranked."""
    return _all_terms(_found(model, name), model, typed).order_by(model.id.desc()).limit(SEEN + 1)


def beginning(model: Any, name: Any, typed: str) -> Select[int, str | None, str, datetime]:
    """Rows whose name begins with what was typed, exact ones first: for words that very many rows hold."""
    at_first = [model.search.like(_prefix(fold(typed)), escape=LIKE_ESCAPE)]
    if name is not None:
        at_first.append(name.ilike(_prefix(typed.strip()), escape=LIKE_ESCAPE))
    found = _all_terms(_found(model, name), model, typed).where(or_(*at_first)).limit(BEGINNING).subquery()
    exact = func.lower(found.c.name) == typed.strip().lower()
    return select(found).order_by(exact.desc(), found.c.id.desc()).limit(SEEN)


def _found(model: Any, name: Any) -> Select[Any]:
    named = literal(None, Text()) if name is None else name
    return select(
        model.id, named.label("name"), func.substr(model.search, 1, HEAD).label("head"), model.changed_at
    )


def _all_terms(found: Select[Any], model: Any, typed: str) -> Select[Any]:
    for term in search_terms(typed):
        found = found.where(model.search.like(like(term), escape=LIKE_ESCAPE))
    return found


def _prefix(text: str) -> str:
    return like(text)[1:]


def ranked(rows: Sequence[Candidate], typed: str) -> list[Candidate]:
    """Put the best first, each row once."""
    return sorted({row.id: row for row in rows}.values(), key=lambda row: row.rank(typed))
