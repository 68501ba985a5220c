"""Reports of rows as workbooks: written from top to bottom, with totals that Excel reckons and every viewer shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from xlsxwriter.utility import xl_col_to_name

from app.access import Verb
from app.core.excel import MAX_ROWS, Book, Column, Kind, Sheet, write_table
from app.core.values import display
from app.models.outcomes import percent
from app.reports.base import LETTERS, Asked, Report, height, print_report, write_info

if TYPE_CHECKING:
    from app.reports.tables.base import Filled, Result

_USUAL_WIDTH = 14
_BUTTON = 12  # points: the button of the filter takes a line of its own
#: Rows of a sheet, without headings, a free row and the totals; what is more goes on on the next sheet.
ROOM = MAX_ROWS - 3


def write(book: Book, result: Result, asked: Asked, report: Report) -> int:
    """Write the sheets, and what they mean; give the number of rows."""
    count = sum(_Writing(book, one, report, asked).write() for one in result.filled(Verb.EXPORT))
    unknown = (gettext("Unknown"), gettext("An empty cell is unknown, not zero. Totals leave it out."))
    write_info(book, report, asked, count, [*result.rules, unknown], words={})
    return count


class _Writing:
    """Rows that are written, and what they come to so far."""

    def __init__(self, book: Book, filled: Filled, report: Report, asked: Asked) -> None:
        self._book, self._filled, self._report, self._asked = book, filled, report, asked
        self._columns = [_in_words(column) for column in filled.columns]
        self._sums: dict[str, Any] = {}
        self._text = book.raw.add_format({"text_wrap": True, "valign": "top", "align": "left", "indent": 1})
        bold = {"bold": True, "text_wrap": True, "valign": "top"}
        left = book.raw.add_format({**bold, "align": "left", "indent": 1})
        right = book.raw.add_format({**bold, "align": "right"})
        self._headings = [left if column.kind is Kind.TEXT else right for column in self._columns]
        self._parts: list[tuple[str, int]] = []

    def write(self) -> int:
        """Write all rows, on as many sheets as they take."""
        rows = self._filled.rows()
        sheet, written, last = self._new(), 0, 0
        while True:
            last = write_table(sheet, self._columns, self._followed(sheet, islice(rows, ROOM)))
            written += last
            self._parts.append((str(sheet.raw.name), last))
            following = next(rows, None)
            if following is None:
                break
            rows, sheet = chain([following], rows), self._new()
        if written:
            self._total(sheet, last + 2)
        return written

    def _new(self) -> Sheet:
        sheet = self._book.sheet(self._filled.sheet.title)
        for kind in {column.kind for column in self._columns}:
            if (known := self._book.format(kind)) is not None:
                known.set_align("top")
        print_report(sheet, f"{self._report.title}: {self._filled.sheet.title}", self._asked)
        return sheet

    def _followed(self, sheet: Sheet, rows: Iterator[Any]) -> Iterator[Any]:
        """Add up what is written, and make room for it: for each row before it's written, later it'd come too late."""
        self._head(sheet)
        summed = [(field.name, field.column.value) for field in self._filled.fields if field.total]
        texts = [(column.value, _letters(column)) for column in self._columns if column.kind is Kind.TEXT]
        for at, row in enumerate(rows, 1):
            for name, read in summed:
                value = read(row)
                if value is not None:
                    self._sums[name] = self._sums.get(name, 0) + value
            long = [
                height(text, room)
                for text, room in ((read(row), room) for read, room in texts)
                if text and (len(text) > room or "\n" in text)
            ]
            if long:
                sheet.raw.set_row(at, max(long))
            yield row

    def _head(self, sheet: Sheet) -> None:
        """Write the headings once more: those of numbers stand right, as the numbers do; long ones take more lines."""
        lines = []
        for at, (column, form) in enumerate(zip(self._columns, self._headings, strict=True)):
            is_text = column.kind is Kind.TEXT
            sheet.raw.set_column(at, at, _width(column), self._text if is_text else None)
            sheet.raw.write_string(0, at, str(column.heading), form)
            lines.append(height(str(column.heading), _width(column) - 1))
        sheet.raw.set_row(0, max(lines) + _BUTTON)

    def _total(self, sheet: Sheet, at: int) -> None:
        """Write the sums two rows below. An empty row keeps them out of the filter, which widens to what adjoins."""
        fields = self._filled.fields
        if not any(field.total for field in fields):
            return
        places = {field.name: place for place, field in enumerate(fields)}
        bold = {"bold": True, "top": 1}
        sheet.raw.write_string(
            at, 0, gettext("Total"), self._book.raw.add_format({**bold, "align": "left", "indent": 1})
        )
        for place, field in enumerate(fields):
            known = self._book.format(field.kind)
            form = self._book.raw.add_format({**bold, **({"num_format": known.num_format} if known else {})})
            if field.total and field.name in self._sums:
                formula = "+".join(self._range(name, place, last) for name, last in self._parts)
                sheet.raw.write_formula(at, place, f"={formula}", form, _number(self._sums[field.name]))
            elif field.share is not None and all(part in places for part in field.share):
                part, whole = (f"{xl_col_to_name(places[one])}{at + 1}" for one in field.share)
                rate = percent(*(int(self._sums.get(one, 0)) for one in field.share))
                formula = f'=IF({whole}=0,"",ROUND(100*{part}/{whole},1))'
                sheet.raw.write_formula(at, place, formula, form, "" if rate is None else _number(rate))
            elif place:
                sheet.raw.write_blank(at, place, None, form)

    def _range(self, name: str, place: int, last: int) -> str:
        """Name the cells of a part; what a filter hides isn't added up."""
        column = xl_col_to_name(place)
        quoted = name.replace("'", "''")
        sheet = f"'{quoted}'!" if len(self._parts) > 1 else ""
        return f"SUBTOTAL(9,{sheet}{column}2:{column}{last + 1})"


def _in_words(column: Column) -> Column:
    """Give a column of texts as texts. A title of a closed set is looked up once: a file has one language."""
    if column.kind is not Kind.TEXT:
        return column
    titles: dict[object, str] = {}

    def read(row: Any) -> str | None:
        value = column.value(row)
        if value is None or isinstance(value, str):
            return value
        if not isinstance(value, Enum | bool):
            return display(value)
        if value not in titles:
            titles[value] = display(value)
        return titles[value]

    return replace(column, value=read)


def _width(column: Column) -> int:
    return column.width or max(_USUAL_WIDTH, len(str(column.heading)) + 4)


def _letters(column: Column) -> float:
    """Say how many letters stand in a line of a column, beside its indent."""
    return (_width(column) - 2) * LETTERS


def _number(value: Decimal | int) -> float:
    return float(value)
