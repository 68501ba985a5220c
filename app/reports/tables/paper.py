"""Reports of rows as PDF, where print is usual: the columns that are read on paper, on A4 landscape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import get_locale, gettext

from app.access import Verb
from app.core.excel import Kind
from app.core.pdf import FONT, LEADING, POINT, Document
from app.core.values import Quantity, display, format_decimal, spoken
from app.labels import label
from app.reports.base import Asked, Report
from app.reports.tables.cells import numeric, said

if TYPE_CHECKING:
    from app.reports.tables.base import Field, Filled, Result

LANDSCAPE = (297, 210)  # millimetres
_MARGIN, _GAP, _PAD = 14, 3, 0.8
_SIZE = 8  # points
_STEP = _SIZE * POINT * LEADING
_GREY = (150, 156, 164)


def write(target: Path, result: Result, asked: Asked, report: Report) -> int:
    """Print the sheets, one below the other; give the number of rows."""
    title = str(report.title)
    document = Document(title, spoken(str(get_locale())), margin=_MARGIN, page=LANDSCAPE)
    for name, value in (*asked.filters, (str(label("Figure", "as_of")), display(asked.at))):
        document.fact(name, value)
    count = 0
    for filled in result.filled(Verb.EXPORT):
        if filled.sheet.printed:
            document.heading(str(filled.sheet.title))
            count += _Printing(document, filled).write()
    document.output(str(target))
    return count


class _Printing:
    """A table on its way to paper."""

    def __init__(self, document: Document, filled: Filled) -> None:
        self._document, self._filled = document, filled
        names = filled.sheet.printed
        self._fields = [field for field in filled.fields if field.name in names]
        wide = [field.column.width or _PAD for field in self._fields]
        room = document.epw - _GAP * (len(wide) - 1)
        self._widths = [room * one / sum(wide) for one in wide]
        self._sums: dict[str, Any] = {}

    def write(self) -> int:
        """Print the headings, the rows, and what they come to; give their number."""
        self._headings()
        count = 0
        # A rate is of two numbers that needn't be printed beside it.
        summed = [(field.name, field.column.value) for field in self._filled.fields if field.total]
        for row in self._filled.rows():
            self._line([said(field.column, row) or "" for field in self._fields])
            for name, read in summed:
                if (value := read(row)) is not None:
                    self._sums[name] = self._sums.get(name, 0) + value
            count += 1
        totals = [self._total(field) for field in self._fields]
        if not count:
            self._document.paragraph(gettext("There is nothing here yet."))
        elif any(totals):
            self._line([totals[0] or gettext("Total"), *totals[1:]], "B")
        return count

    def _total(self, field: Field) -> str:
        """Say what a column comes to, as the workbook does; nothing below one that can't be summed."""
        value = self._sums.get(field.name) if field.total else field.rate(self._sums)
        if value is None:
            return ""
        return Quantity(value).text("€") if field.kind is Kind.MONEY else format_decimal(value)

    def _headings(self) -> None:
        self._line([str(field.heading) for field in self._fields], "B")

    def _line(self, texts: Sequence[str], style: str = "") -> None:
        """Print a row as high as its longest text, with a thin line below; on a new page the headings come again."""
        document = self._document
        cells = [
            document.wrapped(text, width, _SIZE, style)
            for text, width in zip(texts, self._widths, strict=True)
        ]
        for lines in self._parts(cells):
            height = max(map(len, lines)) * _STEP + 2 * _PAD
            if document.will_page_break(height):
                document.add_page()
                if not style:
                    self._headings()
            top, left = document.get_y(), document.l_margin
            document.set_font(FONT, style, _SIZE)
            for field, width, cell in zip(self._fields, self._widths, lines, strict=True):
                for at, line in enumerate(cell):
                    document.set_xy(left, top + _PAD + at * _STEP)
                    document.cell(width, _STEP, line, align="R" if numeric(field.kind) else "L")
                left += width + _GAP
            bottom = top + height
            document.set_draw_color(*_GREY)
            document.set_line_width(0.1)
            document.line(document.l_margin, bottom, document.w - document.r_margin, bottom)
            document.set_y(bottom)

    def _parts(self, cells: Sequence[list[str]]) -> Iterator[list[list[str]]]:
        """Let what is longer than a page go on on the next one."""
        most = int((self._document.eph - 30) / _STEP)
        for start in range(0, max(map(len, cells)), most):
            yield [cell[start : start + most] for cell in cells]
