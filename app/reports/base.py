"""What reports share: how one is declared, how quantities become columns, what is said about them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from xlsxwriter.format import Format

from app.access import Section, Verb, current
from app.core.excel import Book, Column, Kind, Sheet, open_workbook, print_header, print_setup, write_text
from app.core.values import Qualifier, Quantity, display
from app.labels import label
from app.reports.declared import Asked, Parameter, Table, chosen_office, unbroken

DEFINITIONS: dict[Qualifier, LazyString] = {
    Qualifier.EXACT: _("The number as it was reported, without reservation."),
    Qualifier.ABOUT: _("Rounded or estimated: a little more or less."),
    Qualifier.OVER: _("More than this number; how much more isn't known."),
    Qualifier.UNDER: _("Just under this number; how much less isn't known."),
    Qualifier.MIXED: _(
        "Made of numbers with different reservations, or of different things: read it as “about”."
    ),
}

_QUALIFIER_WIDTH = 12
_LINE, _SMALL_LINE = 15, 12  # points: the height of a line of text as Excel sets it
_TALLEST = 409  # points: Excel has no higher row
_NAME_WIDTH, _TEXT_WIDTH = 28, 105
_FONT, _SMALL = 11, 9  # points
LETTERS = 1.1  # letters to a unit of width, which is the width of a digit
_GREY = "#767676"


Prints = Callable[[Path, Any, Asked, "Report"], int]


@dataclass(frozen=True)
class Report:
    """A report: its name in the address, what it says of itself, and how it comes about.

    ``build`` takes the parameters by name and reads what the open scope shows; ``write`` puts the result on
    the sheets of a workbook, given who asked and this declaration, and returns the number of rows; ``tables``
    gives the same as rows for a .csv. ``section`` is the part of the product whose rights it asks for, ``also`` are
    those of which it tells more to who has their rights, too. A report of rows has ``stream`` instead: it
    writes to a file, in a language, so that a long one takes no more memory. ``prints`` writes a PDF,
    where print is usual.
    """

    name: str
    title: LazyString
    summary: LazyString
    build: Callable[..., Any]
    write: Callable[[Book, Any, Asked, Report], int] = lambda *_nothing: 0
    stream: Callable[[Path, Any, Asked, Report, str], int] | None = None
    prints: Prints | None = None
    tables: Callable[[Any], Sequence[Table]] = lambda _result: ()
    parameters: tuple[Parameter, ...] = ()
    section: Section = field(default=Section.REPORTS)
    also: tuple[Section, ...] = ()
    template: str = ""

    def allows(self, verb: Verb) -> bool:
        """Whether the person may read this report, or take it out as a file."""
        return current().may(verb, Section.REPORTS) and current().may(verb, self.section)

    @property
    def sections(self) -> set[Section]:
        """What it's about."""
        return {Section.REPORTS, self.section, *self.also}

    def values(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Read the parameters. Raises ValueError for a value that can't be one."""
        return {one.name: one.read(given.get(one.name, "")) for one in self.parameters}

    def keys(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Give values as an address names them."""
        return {
            one.name: None if values[one.name] is None else one.key(values[one.name])
            for one in self.parameters
        }

    def asked(self, at: datetime, values: Mapping[str, Any]) -> Asked:
        """Say that who works now asks for it, in words."""
        said = {str(one.title): one.said(values[one.name]) for one in self.parameters}
        if values.get("office") is None:  # one that's named is narrower still
            said |= chosen_office()
        return Asked(current().actor, at, tuple(said.items()))

    def table(self, values: Mapping[str, Any], name: str = "") -> Table:
        """Give one of its tables, the first where none is named. Raises KeyError where there's none such."""
        found = {one.name: one for one in self.tables(self.build(**values))}
        key = name or next(iter(found), "")
        if key not in found:
            message = f"table {key!r}"
            raise KeyError(message)
        return found[key]

    def write_workbook(self, target: Path, values: Mapping[str, Any], asked: Asked, locale: str) -> int:
        """Write it as a workbook in a language; give the number of its rows."""
        result = self.build(**values)
        if self.stream is not None:
            return self.stream(target, result, asked, self, locale)
        with open_workbook(target, locale=locale) as book:
            book.raw.set_properties(self.properties(asked))
            return self.write(book, result, asked, self)

    def write_paper(self, target: Path, values: Mapping[str, Any], asked: Asked) -> int:
        """Write it as a PDF, in the language in force; give the number of its rows. Raises KeyError where it's none."""
        if self.prints is None:
            message = "PDF"
            raise KeyError(message)
        return self.prints(target, self.build(**values), asked, self)

    def properties(self, asked: Asked) -> dict[str, Any]:
        """Say what a file of it is, for its properties."""
        said = {"title": str(self.title), "comments": str(self.summary), "author": asked.actor}
        return {**said, "created": asked.at.replace(tzinfo=None)}


def read_year(text: str) -> int | None:
    """Read a year from an address: four digits, or nothing for all. Raises ValueError for anything else."""
    if not text:
        return None
    if re.fullmatch(r"[1-9][0-9]{3}", text) is None:
        message = f"not a year: {text!r}"
        raise ValueError(message)
    return int(text)


def quantity_columns(
    heading: str | LazyString, value: Callable[[Any], Quantity | None], kind: Kind, width: int
) -> tuple[Column, Column]:
    """Split a quantity in two: a plain number that Excel can add up, and its qualifier beside it."""

    def number(row: Any) -> Decimal | int | None:
        found = value(row)
        return None if found is None else found.number

    def qualifier(row: Any) -> Qualifier | None:
        found = value(row)
        return None if found is None else found.qualifier

    return (
        Column(heading, number, kind, width),
        Column(f"{heading}: {label('Figure', 'qualifier')}", qualifier, width=_QUALIFIER_WIDTH),
    )


def style_table(sheet: Sheet, columns: Sequence[Column], rows: int) -> None:
    """Wrap the headings, keep texts off the numbers before them, and write the word for exact in grey."""
    raw = sheet.book.raw
    text = raw.add_format({"indent": 1})
    for index, column in enumerate(columns):
        is_text = column.kind is Kind.TEXT
        sheet.raw.set_column(index, index, unbroken(column, _SMALL), text if index and is_text else None)
        style = {"bold": True, "font_size": _SMALL, "text_wrap": True, "valign": "top"}
        style |= {"align": "left", "indent": int(bool(index))} if is_text else {"align": "right"}
        write_text(sheet, (0, index), str(column.heading), raw.add_format(style))
    lines = max(_lines(str(column.heading), unbroken(column, _SMALL) * _FONT / _SMALL) for column in columns)
    sheet.raw.set_row(0, _SMALL_LINE * (lines + 1))  # the filter's button takes a line of its own
    word = str(Qualifier.EXACT.title).replace('"', '""')
    grey = raw.add_format({"font_color": _GREY})
    rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": grey}
    sheet.raw.conditional_format(1, 0, max(rows, 1), len(columns) - 1, rule)


def wrap_rows(sheet: Sheet, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Let long texts of a table take several lines."""
    text = sheet.book.raw.add_format({"text_wrap": True, "valign": "top", "indent": 1, "align": "left"})
    for index, column in enumerate(columns):
        known = sheet.book.format(column.kind)
        if known is not None:
            known.set_align("top")
        elif index:
            sheet.raw.set_column(index, index, column.width, text)
        else:
            sheet.raw.set_column(index, index, column.width, _wrapped(sheet.book))
    for at, row in enumerate(rows, 1):
        heights = (height(display(one.value(row)), (one.width or 1) * LETTERS) for one in columns)
        sheet.raw.set_row(at, max(heights))


def write_total(
    sheet: Sheet,
    at: int,
    columns: Sequence[Column],
    row: Any,
    formulas: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Write one more row of a table, bold and below a line, outside its filter; some columns have a formula."""
    for index, column in enumerate(columns):
        style: dict[str, Any] = {"bold": True, "top": 1}
        known = sheet.book.format(column.kind)
        if known is not None:
            style["num_format"] = known.num_format
        elif index:
            style["indent"] = 1
        form = sheet.book.raw.add_format(style)
        value = column.value(row)
        if value is None:
            sheet.raw.write_blank(at, index, None, form)
        elif index in formulas:
            sheet.raw.write_formula(at, index, f"={formulas[index]}", form, float(value))
        elif isinstance(value, int | Decimal):
            sheet.raw.write_number(at, index, float(value), form)
        else:
            write_text(sheet, (at, index), display(value), form)


def write_notes(sheet: Sheet, at: int, columns: Sequence[Column], notes: Iterable[str]) -> int:
    """Write texts below a table, as wide as the table and as high as needed; return the next free row."""
    wide = sum(column.width or 0 for column in columns)
    form = _wrapped(sheet.book)
    free = at
    for note in notes:
        sheet.raw.merge_range(free, 0, free, len(columns) - 1, "", form)
        write_text(sheet, (free, 0), note, form)
        sheet.raw.set_row(free, height(note, wide))
        free += 1
    return free


def print_report(sheet: Sheet, title: str, asked: Asked) -> None:
    """Set a sheet up for A4 landscape, with title, filters and the as-of time above the table."""
    print_setup(sheet)
    sheet.raw.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
    filters = ", ".join(f"{name}: {value}" for name, value in asked.filters)
    print_header(sheet, title, filters, f"{label('Figure', 'as_of')}: {display(asked.at)}")


def write_info(
    book: Book,
    report: Report,
    asked: Asked,
    rows: int,
    rules: Iterable[tuple[object, object]],
    words: Mapping[Qualifier, LazyString] = DEFINITIONS,
) -> Sheet:
    """Add the sheet that says what the workbook is: filters, time, user, and what its words mean.

    It's written from top to bottom, so that a report that streams may have one.
    """
    pairs = [
        (gettext("Report"), report.title),
        *asked.filters,
        (label("Figure", "as_of"), display(asked.at)),
        (label("Receipt", "created_by"), asked.actor),
        (label("Receipt", "rows"), str(rows)),
        *((f"{label('Figure', 'qualifier')}: {one.title}", text) for one, text in words.items()),
        *rules,
    ]
    sheet = book.sheet(gettext("Info"))
    text, heading = _wrapped(book), book.raw.add_format({"bold": True, "valign": "top", "text_wrap": True})
    sheet.raw.set_column(0, 0, _NAME_WIDTH)
    sheet.raw.set_column(1, 1, _TEXT_WIDTH)
    for row, (name, value) in enumerate(pairs):
        sheet.raw.set_row(row, max(height(str(value), _TEXT_WIDTH), height(str(name), _NAME_WIDTH)))
        write_text(sheet, (row, 0), str(name), heading)
        write_text(sheet, (row, 1), str(value), text)
    print_report(sheet, str(report.title), asked)
    return sheet


def _wrapped(book: Book) -> Format:
    return book.raw.add_format({"text_wrap": True, "valign": "top"})


def _lines(text: str, width: float) -> int:
    """Say how many lines a text takes in a column: words that don't fit move down.

    It's what the module textwrap says, which takes most of a long report's time; plain words are counted here.
    """
    words = text.split(" ")
    if "-" in text or words != text.split():
        return len(textwrap.wrap(text, int(width), break_long_words=False)) or 1
    room, lines, used = int(width), 1, 0
    for length in map(len, words):
        if used and used + 1 + length > room:
            lines, used = lines + 1, length
        else:
            used += length + bool(used)
    return lines


@lru_cache(10_000)
def height(text: str, width: float) -> float:
    """Give the height of a row in points. Not every program finds it by itself."""
    return min(_LINE * sum(_lines(line, width) for line in text.split("\n")), _TALLEST)
