"""Tables that are drawn: one set of numbers for the chart, the table behind it, and the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from math import ceil
from typing import Any

from flask_babel import gettext
from flask_babel.speaklater import LazyString

from app.core.excel import Kind
from app.core.values import Quantity, Total, combine, total


@dataclass(frozen=True)
class Few:
    """A number that is told no further than that it's smaller than ``than``, and not zero. It isn't drawn."""

    than: int

    def __str__(self) -> str:
        return gettext("fewer than %(number)s", number=self.than)


#: What a cell may hold; None is unknown, which isn't zero.
Cell = Quantity | Total | Few | int | str | Enum | date | None


@dataclass(frozen=True)
class Heading:
    """A column of numbers, days, or words: its title, and what its cells hold.

    With ``heat``, cells are shaded by their share of it.
    """

    title: str | LazyString
    kind: Kind = Kind.INTEGER
    heat: int = 0

    @property
    def unit(self) -> str:
        """The sign behind a number."""
        return "€" if self.kind is Kind.MONEY else ""

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers."""
        return self.kind in {Kind.INTEGER, Kind.NUMBER, Kind.MONEY}

    def shade(self, number: Decimal | int) -> int:
        """Give the step of a cell's shade: 0 is none, 4 the darkest."""
        return min(ceil(4 * number / self.heat), 4) if self.heat else 0


@dataclass(frozen=True)
class Line:
    """A row: its name, a cell for each heading, and where it leads: a record, or what a view makes a link of.

    ``short`` is its name on an axis, ``place`` its latitude and longitude. One of a month has its first ``day``.
    ``key`` is what programs get, where the name is in the person's language.
    """

    name: str | LazyString
    cells: Sequence[Cell]
    record: Any = None
    short: str = ""
    place: tuple[Decimal, Decimal] | None = None
    day: date | None = None
    key: str = ""


@dataclass(frozen=True)
class Chart:
    """What is drawn of a table: some of its columns, as ``columns``, ``bars`` (lying), or points of a ``map``."""

    title: str | LazyString
    columns: Sequence[int]
    kind: str = "columns"
    stacked: bool = False


@dataclass(frozen=True)
class Picture:
    """A table with its charts; ``first`` is the heading of the names. Notes say what the numbers leave out.

    A ``plain`` one says more as a table: it stays in sight beside its charts.
    """

    name: str
    title: str | LazyString
    first: str | LazyString
    headings: Sequence[Heading]
    lines: Sequence[Line]
    charts: Sequence[Chart] = ()
    total: Line | None = None
    notes: Sequence[str | LazyString] = ()
    plain: bool = False


def quantity(cell: Cell) -> Quantity | None:
    """Give the number of a cell, with its qualifier; None where it's unknown, or no number."""
    match cell:
        case Total():
            return cell.quantity
        case Quantity():
            return cell
        case int():
            return Quantity(cell)
        case _:
            return None


def joined(parts: Sequence[Total]) -> Total:
    """Add totals up: what is known of all of them, and of how many that is."""
    found = total(part.quantity for part in parts).quantity
    return Total(found, used=sum(part.used for part in parts), of=sum(part.of for part in parts))


def summed(parts: Sequence[tuple[Quantity, int]], of: int) -> Total:
    """Make a total of sums that a database made: each with its qualifier, and of how many numbers it's made."""
    if not parts:
        return Total(None, used=0, of=of)
    number = sum((Decimal(part.number) for part, _used in parts), Decimal(0))
    known = Quantity(number, combine(part.qualifier for part, _used in parts))
    return Total(known, used=sum(used for _part, used in parts), of=of)
