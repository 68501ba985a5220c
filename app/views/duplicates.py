"""Likely duplicates: shown while somebody types the name of a new record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import Select

from app.access import Verb
from app.core.db import db
from app.core.likeness import likeness, name_words
from app.core.text import fold
from app.core.values import display, parse_date
from app.queries import duplicates as queries
from app.views import arguments
from app.views.records import Records

SHOWN = 5
LIKELY = 75.0  # of 100
UNLIKE = 60.0
PENALTY = 30.0  # for another place or first name
WORDS = 6
ADDRESSES = 3


class Duplicates(Records):
    """The endpoint that a form asks while a name is typed."""

    @expose("/duplicates", methods=["GET"])
    @has_access
    def find_duplicates(self) -> str:
        """Show up to five records that are like what was typed; nothing where there are none."""
        if not self.may(Verb.READ):
            abort(403)
        rows = self.likely(typed for columns in self.duplicates for typed in _typed(columns))
        return render_template("views/duplicates.html", view=self, rows=rows)

    def likely(self, texts: Iterable[dict[str, str]]) -> list[Any]:
        """Give up to five records that are like one of some texts, the likeliest first: {"name": …, "city": …}."""
        found: dict[Any, float] = {}
        for typed in texts:
            for row, score in self._like(typed):
                found[row] = max(score, found.get(row, 0.0))
        return sorted(found, key=lambda row: (-found[row], row.id))[:SHOWN]

    def duplicate_details(self, row: Any) -> str:
        """Say what else a list shows of a row."""
        name = str(row)
        values = (self.datamodel._get_attr_value(row, column) for column in self.list_columns)  # noqa: SLF001 - FAB's
        texts = (display(value) for value in values if value not in (None, "", False, True))
        return " · ".join(text for text in texts if text not in name)

    def _like(self, typed: dict[str, str]) -> Iterator[tuple[Any, float]]:
        """Yield the rows that are likely the same, with how likely."""
        days = {name: day for name, text in typed.items() if (day := self._day(name, text)) is not None}
        names = {name: text for name, text in typed.items() if text and not self._is_day(name)}
        first = next(iter(typed))
        if not names or not (first in days or first in names):
            return
        seen = set()
        for statement in self._candidates(names):
            for name, day in days.items():
                statement = queries.around(statement, getattr(self.datamodel.obj, name), day)  # noqa: PLW2901
            likely = 0
            for row in db.session.scalars(statement.options(*self.datamodel.options())):
                score = 0.0 if row in seen else _score(row, names)
                seen.add(row)
                if score >= LIKELY:
                    likely += 1
                    yield row, score
            if likely >= SHOWN:
                return

    def _candidates(self, names: dict[str, str]) -> Iterator[Select[Any]]:
        """Yield the statements to try, the sharpest first."""
        model = self.datamodel.obj
        main, *others = (_words(text) for text in names.values())
        more = [word for group in others for word in group]
        if main:
            yield queries.holding(model, [*main, *more])
            if "@" not in main[0]:
                yield queries.resembling(model, main, more)

    def _is_day(self, name: str) -> bool:
        column = self.datamodel.list_columns.get(name)
        return column is not None and isinstance(column.type, sa.Date)

    def _day(self, name: str, text: str) -> date | None:
        try:
            return parse_date(text) if text and self._is_day(name) else None
        except ValueError:
            return None


def _typed(columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield what was typed into these columns; a column of rows may hold several e-mail addresses."""
    if "." not in columns[0]:
        yield {name: _text(request.args.get(name, "")) for name in columns}
        return
    texts = (_text(one) for one in request.args.getlist(columns[0])[:ADDRESSES])
    yield from ({columns[0]: text} for text in texts if "@" in text)


def _text(value: str) -> str:
    return arguments.text(value).strip()


def _words(text: str) -> list[str]:
    """Give the words to look for, the longest first; an e-mail address is one."""
    found = [fold(text)] if "@" in text else name_words(text)
    return sorted((word for word in found if len(word) >= queries.SHORTEST), key=len, reverse=True)[:WORDS]


def _score(row: Any, names: dict[str, str]) -> float:
    """Say how like a row is to what was typed: by the first column, less where another says something else."""
    (main, text), *others = names.items()
    score = max((likeness(text, stored) for stored in _stored(row, main)), default=0.0)
    for name, typed in others:
        stored = _stored(row, name)
        if stored and max(likeness(typed, one) for one in stored) < UNLIKE:
            score -= PENALTY
    return score


def _stored(row: Any, name: str) -> list[str]:
    """Give what a row holds in a column, or its parts in one of theirs."""
    collection, _dot, column = name.rpartition(".")
    owners = getattr(row, collection) if collection else [row]
    return [str(value) for owner in owners if (value := getattr(owner, column))]
