"""Workbooks from declared columns. Text stays text: nothing typed becomes a formula."""

from __future__ import annotations

import enum
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, cast

import xlsxwriter
from babel import Locale
from flask_babel import force_locale
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.core.clock import OFFICE_ZONE
from app.core.values import Qualifier, Quantity, display, formatting_locale, qualified

MAX_ROWS = 1_048_576  # of a sheet, headings included

MAX_TEXT = 32_767  # UTF-16 units of a cell; XlsxWriter cuts longer text without a sign
FIRST_YEAR = 1901  # Excel knows no dates before 1900, and takes 1900 for a leap year
_MAX_TITLE = 31
_A4 = 9


class Kind(enum.Enum):
    """What the cells of a column hold; Excel shows, sorts and sums them by it. YEAR is INTEGER without grouping."""

    TEXT = "text"
    INTEGER = "integer"
    YEAR = "year"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"

    @property
    def type(self) -> str:
        """The name for programs, to which a year is a whole number like others."""
        return Kind.INTEGER.value if self is Kind.YEAR else self.value


#: Kinds whose cells are numbers, be it one of those that nobody adds up.
NUMBERS = (Kind.INTEGER, Kind.YEAR, Kind.NUMBER, Kind.MONEY)
_NUMBER_FORMATS = {
    Kind.INTEGER: "#,##0",
    Kind.YEAR: "0",
    Kind.NUMBER: "#,##0.00",
    Kind.MONEY: '#,##0.00 "€"',
}
_DATE_FORMATS = {"de": "dd.mm.yyyy", "en": "dd/mm/yyyy"}
_WIDTHS = {Kind.TEXT: 24, Kind.MONEY: 16, Kind.DATETIME: 18}
_WIDTH = 12
_HEADER = 242  # signs that a printed header has, beside those that place its parts
_SMALL, _BLANK = 9, "\u00a0"  # points of letters that stand below others, and what stands below nothing
_TITLE, _FILTERS = 120, 150  # letters that a line of the header has room for: of 11 points, and of 9


class TooManyRows(Exception):  # noqa: N818 - named like the condition, as the callers read it
    """The rows do not fit on one sheet of a workbook; a CSV file has no such limit."""


@dataclass(frozen=True)
class Column:
    """One column: its heading, how a row yields the value, the kind of its cells, its width in characters.

    ``link`` gives the address to which the text of a row leads, None where it leads nowhere. A text that ``opens``
    says nothing else: where it can't be a link, the address stands instead. ``raw`` yields what programs get, where the
    value is a text in the person's language.
    """

    heading: str | LazyString
    value: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    width: int | None = None
    link: Callable[[Any], str | None] | None = None
    opens: bool = False
    raw: Callable[[Any], Any] | None = None


class Book:
    """A workbook being written, with the formats of its locale. `raw` is XlsxWriter's, for charts."""

    def __init__(self, raw: xlsxwriter.Workbook, date_format: str) -> None:
        self.raw = raw
        self._date = date_format
        self._formats: dict[tuple[Kind, Qualifier], Format] = {}
        self.bold: Format = raw.add_format({"bold": True})

    def sheet(self, title: str | LazyString) -> Sheet:
        """Add a sheet. What Excel forbids in its title is replaced, and a title in use gets a number."""
        taken = {str(sheet.name).casefold() for sheet in self.raw.worksheets()} | {"history"}
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", str(title)).strip(" '") or "1"
        name, count = cut(plain, _MAX_TITLE).strip(" '"), 1
        while name.casefold() in taken:
            count += 1
            name = f"{cut(plain, _MAX_TITLE - len(str(count)) - 1)} {count}"
        return Sheet(self, self.raw.add_worksheet(name))

    def format(self, kind: Kind, qualifier: Qualifier = Qualifier.EXACT) -> Format | None:
        """Find the cell format of a kind; a qualified number shows its words and still is a number."""
        if kind in {Kind.TEXT, Kind.BOOLEAN}:
            return None
        if (kind, qualifier) not in self._formats:
            if kind in _NUMBER_FORMATS:
                words = qualified("\0", qualifier).replace('"', "").split("\0")
                before, after = (f'"{word}"' if word else "" for word in words)
                pattern = f"{before}{_NUMBER_FORMATS[kind]}{after}"
            else:
                pattern = self._date if kind is Kind.DATE else f"{self._date} hh:mm"
            self._formats[kind, qualifier] = self.raw.add_format({"num_format": pattern})
        return self._formats[kind, qualifier]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a book. `raw` is XlsxWriter's."""

    book: Book
    raw: Worksheet


@contextmanager
def open_workbook(
    target: IO[bytes] | Path | str, *, locale: Locale | str, constant_memory: bool = False
) -> Iterator[Book]:
    """Open a workbook; inside the block, everything is written in `locale`. An error leaves nothing written.

    With `constant_memory`, rows go to a temporary file at once, so that the memory does not grow with them;
    each sheet must then be written from top to bottom.
    """
    with ExitStack() as stack:
        stack.enter_context(force_locale(str(locale).replace("-", "_")))
        dates = _DATE_FORMATS.get(formatting_locale(locale).language, _DATE_FORMATS["en"])
        raw = xlsxwriter.Workbook(
            target if hasattr(target, "write") else str(target),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                # What is no number shows as Excel's own error instead of ending the file half-way.
                "nan_inf_to_errors": True,
                "remove_timezone": True,
                "default_date_format": dates,
                "constant_memory": constant_memory,
                "in_memory": not constant_memory,
                "tmpdir": stack.enter_context(tempfile.TemporaryDirectory()),
            },
        )
        try:
            yield Book(raw, dates)
        except BaseException:
            for sheet in raw.worksheets():
                if rows := cast("IO[str] | None", sheet.row_data_fh):
                    rows.close()
            raise
        raw.close()


def write_table(
    sheet: Sheet,
    columns: Sequence[Column],
    rows: Iterable[Any],
    *,
    first_row: int = 0,
    filtered: bool = True,
) -> int:
    """Write headings (bold, frozen, filtered) at `first_row`, counted from 0, and rows; return their number.

    What becomes an Excel table has a filter of its own, and must not be `filtered` here.
    Raises TooManyRows where they do not fit on the sheet, TypeError where a value is not of its column's
    kind. A qualified quantity in a column of numbers stays a number that shows "over 120".
    """
    raw = sheet.raw
    for index, column in enumerate(columns):
        heading = str(column.heading)
        width = column.width or max(
            _WIDTHS.get(column.kind, _WIDTH), len(heading) + 4
        )  # 4: the filter button
        raw.set_column(index, index, width)
        write_text(sheet, (first_row, index), heading, sheet.book.bold)
    raw.freeze_panes(first_row + 1, 0)
    last = first_row
    for last, row in enumerate(rows, first_row + 1):
        if last >= MAX_ROWS:
            raise TooManyRows(f"a sheet holds {MAX_ROWS - first_row - 1} rows below its headings")
        for index, column in enumerate(columns):
            _write(sheet, (last, index), column.value(row), column.kind)
    if filtered:
        raw.autofilter(first_row, 0, last, len(columns) - 1)
    return last - first_row


def write_text(sheet: Sheet, cell: tuple[int, int], text: str, form: Format | None = None) -> None:
    """Write a text as it is. XlsxWriter takes "<r>…</r>" for markup of its own, unless it comes in pieces."""
    if text.startswith("<r>") and text.endswith("</r>"):
        sheet.raw.write_rich_string(*cell, text[:1], text[1:2], text[2:], *([form] if form else []))
    else:
        sheet.raw.write_string(*cell, text, form)


def _write(sheet: Sheet, cell: tuple[int, int], value: object, kind: Kind) -> None:
    """Write one typed cell; None and an empty text stay blank."""
    match kind, value:
        case _, None:
            return
        case Kind.TEXT, _:
            if text := display(value):
                write_text(sheet, cell, _clip(text))
        case Kind.BOOLEAN, bool():
            sheet.raw.write_boolean(*cell, value)
        case ((Kind.DATE | Kind.DATETIME), date()):
            _write_moment(sheet, cell, value, kind)
        case ((Kind.INTEGER | Kind.YEAR | Kind.NUMBER | Kind.MONEY), Quantity(number, qualifier)):
            sheet.raw.write_number(*cell, float(number), sheet.book.format(kind, qualifier))
        case ((Kind.INTEGER | Kind.YEAR | Kind.NUMBER | Kind.MONEY), (int() | float() | Decimal())):
            sheet.raw.write_number(*cell, float(value), sheet.book.format(kind))
        case _:
            raise TypeError(f"no {kind.value}: {value!r}")


def _write_moment(sheet: Sheet, cell: tuple[int, int], value: date, kind: Kind) -> None:
    moment = moment_of(value, kind)
    if isinstance(moment, str):
        sheet.raw.write_string(*cell, moment)
    else:
        sheet.raw.write_datetime(*cell, moment, sheet.book.format(kind))


def moment_of(value: date, kind: Kind) -> datetime | str:
    """Give a date, or a time as the clocks in `OFFICE_ZONE` show it; as text where Excel has no date."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time.min)
    if moment.tzinfo:
        moment = moment.astimezone(OFFICE_ZONE).replace(tzinfo=None)
    day = datetime.combine(moment, time.min)
    if moment.year < FIRST_YEAR:
        return display(day.date() if kind is Kind.DATE else moment)
    return day if kind is Kind.DATE else moment


def cut(text: str, units: int) -> str:
    """Keep so much of a text as fits into that many UTF-16 units."""
    return text.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore")


def fits(text: str) -> bool:
    """Whether a cell holds the whole text."""
    return len(text) <= MAX_TEXT // 2 or cut(text, MAX_TEXT) == text


def _clip(text: str) -> str:
    """Fit a text into a cell; one that was cut ends with an ellipsis."""
    return text if fits(text) else f"{cut(text, MAX_TEXT - 1)}…"


def print_setup(sheet: Sheet, *, heading_row: int = 0) -> None:
    """Print on A4 landscape, one page wide, headings on every page, title and page numbers in the footer."""
    sheet.raw.set_landscape()
    sheet.raw.set_paper(_A4)
    sheet.raw.fit_to_pages(1, 0)
    sheet.raw.repeat_rows(heading_row)
    sheet.raw.set_footer("&L&A&R" + str(_("Page %(page)s of %(pages)s")) % {"page": "&P", "pages": "&N"})


def print_header(sheet: Sheet, title: str, filters: str, right: str) -> None:
    """Print two lines above each page: the title, with what stands at the right, and small below it the filters.

    Each has the width of a page of the usual size, and together they have what Excel takes; the rest is left out.
    """
    title = _cut(title, _TITLE - _signs(right))
    filters = _cut(filters, min(_FILTERS, _HEADER - _signs(title) - _signs(right)))
    title, filters, right = (text.replace("&", "&&") for text in (title, filters, right))
    if filters:
        apart = " " * filters[0].isdigit()  # or the number would belong to the size
        title += f"\n&{_SMALL}{apart}{filters}"
        right += f"\n&{_SMALL}{_BLANK}"  # some programs set the parts beside each other at half height
    sheet.raw.set_header(f"&L{title}&R{right}")


def _cut(text: str, most: int) -> str:
    while _signs(text) > most:
        text = f"{text.removesuffix('…')[:-1]}…"
    return text


def _signs(text: str) -> int:
    """Count the signs of a header's part: an ampersand is two."""
    return len(text) + text.count("&")
