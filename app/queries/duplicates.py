"""Records that may be the one that somebody is about to enter once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, or_, select

from app.core.text import LIKE_ESCAPE, like

#: Rows that are compared with what was typed: enough to hold those that are alike, few enough to be quick.
CANDIDATES = 60
#: An index of trigrams knows nothing shorter.
SHORTEST = 3
NEAR = timedelta(days=3)


def holding(model: Any, words: Sequence[str]) -> Select[Any]:
    """Give rows whose search text holds each of the words."""
    return select(model).where(*(_holds(model, word) for word in words)).limit(CANDIDATES)


def resembling(model: Any, words: Sequence[str], more: Sequence[str] = ()) -> Select[Any]:
    """Give rows that hold the beginning of each word, so that a slip near its end does no harm.

    Those that hold the beginnings of further words come first.
    """
    statement = select(model).where(*(_holds(model, beginning(word)) for word in words))
    further: Any = sum((case((_holds(model, beginning(word)), 1), else_=0) for word in more), start=0)
    ranked = statement.order_by(further.desc()) if more else statement
    return ranked.limit(CANDIDATES)


def around(statement: Select[Any], column: Any, day: date) -> Select[Any]:
    """Leave rows of a few days before and after, and those without a day."""
    return statement.where(or_(column.is_(None), column.between(day - NEAR, day + NEAR)))


def beginning(word: str) -> str:
    """Give the first two thirds of a word, of a short one all that an index needs."""
    return word[: max(SHORTEST, len(word) * 2 // 3)]


def _holds(model: Any, text: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = model.search.like(like(text), escape=LIKE_ESCAPE)
    return condition
