"""The global search: a few rows of a kind that hold what was typed, through its folded search text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    func,
    literal,
    literal_column,
    or_,
    select,
    union,
    union_all,
)

from app.core.db import db
from app.core.text import LIKE_ESCAPE, fold, like, search_terms
from app.queries import rows, trigrams

SEEN = 100  # rows of a kind that are ranked, the newest first; more are told as "100+"
BEGINNING = 500  # rows whose name begins with what was typed, of which the exact and the newest are ranked
WORDS = 3  # the place of a hit whose words begin with what was typed
INDEXED = 20  # characters of a search text that PostgreSQL's indexes of beginnings hold, see migration 0023
#: As the index names them: a parameter is none of its words.
_ONE: ColumnElement[int] = literal_column("1")
_INDEXED: ColumnElement[int] = literal_column(str(INDEXED))
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
    terms = search_terms(typed)
    found = rows.holding(_found(model, name), model, terms)
    return trigrams.newest(found, model, terms).limit(SEEN + 1)


def beginning(model: Any, name: Any, typed: str) -> Select[int, str | None, str, datetime]:
    """Rows whose name begins with what was typed, exact ones first: for words that very many rows hold.

    The first word stands first in the search text, or behind a space: each is found by an index of its own.
    """
    terms, whole = search_terms(typed), fold(typed)
    first = whole.split()[0]
    found = _found(model, name)
    named = [] if name is None else [name.ilike(_prefix(typed.strip()), escape=LIKE_ESCAPE)]
    at_first = or_(model.search.like(_prefix(whole), escape=LIKE_ESCAPE), *named)
    ways = [rows.holding(found, model, terms).where(*_headed(model, first), at_first)]
    if named and name.key != model.search_begins:
        later = [f" {first}", *(term for term in terms if term not in first)]
        ways.append(trigrams.narrowed(rows.holding(found, model, later).where(*named), model, later))
    some = union(*(select(way.limit(BEGINNING).subquery()) for way in ways)).subquery()
    exact = func.lower(some.c.name) == typed.strip().lower()
    return select(some).order_by(exact.desc(), some.c.id.desc()).limit(SEEN)


def _headed(model: Any, word: str) -> list[ColumnElement[bool]]:
    """Say of a search text that it begins so, as the indexes of beginnings hold it."""
    if db.engine.dialect.name == "sqlite":
        # Its LIKE knows no great and small letters, but its indexes do; folded text has none.
        return [model.search >= word, model.search < word + chr(0x10FFFF)]
    head = func.substr(model.search, _ONE, _INDEXED, type_=Text())
    return [head.like(_prefix(word[:INDEXED]), escape=LIKE_ESCAPE)]


def together(statements: Mapping[int, Select[Any]]) -> Select[Any]:
    """Ask for the rows of several kinds at once: each row comes with the number of its kind."""
    parts = (select(literal(kind).label("kind"), one.subquery()) for kind, one in statements.items())
    return select(union_all(*parts).subquery())


def _found(model: Any, name: Any) -> Select[Any]:
    named = literal(None, Text()) if name is None else name
    return select(
        model.id, named.label("name"), func.substr(model.search, 1, HEAD).label("head"), model.changed_at
    )


def _prefix(text: str) -> str:
    return like(text)[1:]


def ranked(rows: Sequence[Candidate], typed: str) -> list[Candidate]:
    """Put the best first, each row once."""
    return sorted({row.id: row for row in rows}.values(), key=lambda row: row.rank(typed))
