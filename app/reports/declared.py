"""What a report is narrowed by, who asks for it, and its rows for a .csv."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

from flask_babel import gettext
from flask_babel.speaklater import LazyString

from app.access import current
from app.core import delimited
from app.core.excel import Column
from app.core.pieces import batches
from app.core.values import display
from app.labels import label

LANGUAGE = "_l_"  # beside the parameters, any address may say in which language its answer is
_BOLD = 0.1  # units of width to a bold letter, and to a point of its size


@dataclass(frozen=True)
class Parameter:
    """Something by which a report is narrowed, as the address names it.

    ``read`` turns the address's text into a value, None where it's empty, and raises ValueError for what
    can't be one; ``key`` turns it back. ``options`` gives the values to choose from, within the open scope; of records
    the first. ``find`` gives those that hold what was typed: so many, from a place on.
    """

    name: str
    title: LazyString
    everything: LazyString
    read: Callable[[str], Any]
    options: Callable[[], Sequence[Any]]
    key: Callable[[Any], Any] = str
    find: Callable[[str, int, int], Sequence[Any]] | None = None

    def said(self, value: Any) -> str:
        """Say the value as a person reads it."""
        return display(self.everything if value is None else value)


def strange(parameters: Iterable[Parameter], given: Iterable[str]) -> list[str]:
    """Name what is given and isn't a parameter. Refuse it: more than was asked for would come."""
    known = {one.name for one in parameters}
    return [name for name in given if name not in known]


@dataclass(frozen=True)
class Asked:
    """Who asked for a report, when (aware), and with which filters: their titles and values in words."""

    actor: str
    at: datetime
    filters: Sequence[tuple[str, str]] = ()

    @property
    def words(self) -> str:
        """The filters as a receipt keeps them, one a line."""
        return "\n".join(f"{title}: {value}" for title, value in self.filters)


def chosen_office() -> dict[str, str]:
    """Say in which of their offices the person chose to work, as a filter in words; nothing where it's all of them."""
    scope = current()
    if scope.chosen is None:
        return {}
    name, _above = scope.reach[scope.chosen]
    return {str(label("Contract", "office")): gettext("%(office)s and those below it", office=name)}


def unbroken(column: Column, points: int) -> int:
    """Say how wide a column is, so that no word of its heading, in bold letters of this size, is broken."""
    longest = max(map(len, str(column.heading).split()), default=0)
    return max(column.width or 1, ceil(longest * points * _BOLD) + 1)


@dataclass(frozen=True)
class Table:
    """Rows of a report that stand alone, for a .csv: the name in the address, the title, the columns, the rows.

    ``read`` gives some of them, from a place on, where that's less work than to read all.
    """

    name: str
    title: str | LazyString
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Any]]
    read: Callable[[int, int], Iterable[Any]] | None = None

    def part(self, start: int, most: int) -> Iterable[Any]:
        """Give so many rows at most, from a place on that's counted from 0."""
        return islice(self.rows(), start, start + most) if self.read is None else self.read(start, most)

    def write(self, target: Path) -> int:
        """Write it for a spreadsheet; give the number of rows."""
        count = 0

        def counted() -> Iterator[Sequence[Any]]:
            nonlocal count
            for batch in batches(self.rows()):
                count += len(batch)
                yield batch

        with target.open("wb") as stream:
            stream.writelines(delimited.lines(self.columns, counted(), delimited.EXCEL))
        return count
