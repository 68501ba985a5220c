"""Reports of rows as workbooks: Excel tables, with totals that Excel reckons and every viewer shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import gettext, ngettext
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from app.access import Verb
from app.core.excel import MAX_ROWS, Book, Column, Kind, Sheet, write_text
from app.core.sheetcells import ADDRESS, LINKED
from app.core.sheetparts import SAMPLES, TOTAL_ROW, Lines, Spread
from app.core.sheetrest import MOST_LINKS, SAMPLE_LINK
from app.core.spliced import workbook_of
from app.core.values import format_decimal
from app.reports.base import LETTERS, Asked, Report, height, print_report, write_info
from app.reports.drawing import MOST
from app.reports.sheets import LINK, STYLE, apart, sum_of, table_name
from app.reports.tables import charts
from app.reports.tables.links import OPEN

if TYPE_CHECKING:
    from app.reports.tables.base import Field, Filled, Result

ROOM = MAX_ROWS  # rows of a sheet, with headings and totals

_USUAL_WIDTH = 14
_PAGE = 190  # letters that can be read beside each other on A4
_NAME, _NAMES = 26, 4  # letters of a name's column, and how many columns may stand on each page
_BUTTON = 12  # points: the button of the filter takes a line of its own
_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - a sample of a style
_TOP = {"valign": "top"}
_TEXT = {**_TOP, "text_wrap": True, "align": "left", "indent": 1}
_BOLD = {"bold": True, "top": 1}


def write(target: Path, result: Result, asked: Asked, report: Report, locale: str) -> int:
    """Write the sheets, their charts, and what they mean; give the number of rows. Nothing of it is held in memory."""
    tables = [Written(one, report, asked) for one in result.filled(Verb.EXPORT)]
    unknown = (gettext("Unknown"), gettext("An empty cell is unknown, not zero. Totals leave it out."))

    def finish(book: Book, spreads: Sequence[Spread]) -> None:
        charts.write(book, tables, spreads, report, asked)
        rules = [*result.rules, unknown, *_unlinked(spreads)]
        write_info(book, report, asked, sum(one.count for one in tables), rules, words={})

    def dress(sheet: Sheet) -> None:
        print_report(sheet, f"{report.title}: {sheet.raw.name}", asked)

    blocks = workbook_of(
        [one.lines for one in tables],
        locale=locale,
        most=ROOM,
        properties=report.properties(asked),
        finish=finish,
        dress=dress,
    )
    with target.open("wb") as file:
        file.writelines(blocks)
    return sum(one.count for one in tables)


def _unlinked(spreads: Sequence[Spread]) -> Iterator[tuple[str, str]]:
    """Say for each sheet how many texts should be links and aren't."""
    for spread in spreads:
        if spread.unlinked:
            said = ngettext(
                "Excel opens no more than %(most)s links on a sheet: one more is text. Instead of “%(word)s”, the"
                " address itself stands there.",
                "Excel opens no more than %(most)s links on a sheet: %(more)s more are text. Instead of “%(word)s”, the"
                " address itself stands there.",
                spread.unlinked,
                most=format_decimal(MOST_LINKS),
                more=format_decimal(spread.unlinked),
                word=OPEN,
            )
            yield gettext("Links on the sheet “%(sheet)s”", sheet=spread.name), said


class Written:
    """Rows that are written, and what they come to so far."""

    def __init__(self, filled: Filled, report: Report, asked: Asked) -> None:
        """Take the rows, and what the sheet says of itself where it's printed."""
        self.filled = filled
        self.count = 0
        self.drawn: list[Any] = []
        self._report, self._asked = report, asked
        self._columns = filled.columns
        self._headings = apart([str(column.heading) for column in self._columns])
        self._sums: dict[str, Any] = {}
        self._texts = [
            (at, (_width(column) - 2) * LETTERS)  # beside the indent
            for at, column in enumerate(self._columns)
            if column.kind is Kind.TEXT
        ]
        totals = any(field.total for field in filled.fields)
        title = str(filled.sheet.title)
        home = current_app.config["PUBLIC_URL"]
        self.lines = Lines(title, self._columns, self._read(), self._lay, totals, self._heights, home)

    def _read(self) -> Iterator[Sequence[Any]]:
        """Read the rows, and add up what is to be summed."""
        columns = zip(self.filled.fields, self._columns, strict=True)
        summed = [(field.name, column.value) for field, column in columns if field.total]
        most = MOST if self.filled.sheet.charts else 0
        for batch in self.filled.batches():
            for name, read in summed:
                known = [value for value in map(read, batch) if value is not None]
                if known:
                    self._sums[name] = sum(known, self._sums.get(name, 0))
            self.drawn += batch[: max(most - len(self.drawn), 0)]
            self.count += len(batch)
            yield batch

    def _heights(self, columns: Sequence[Sequence[Any]]) -> list[float | None]:
        """Make room for what takes several lines; nothing is reckoned of what doesn't."""
        found: list[float | None] = [None] * len(columns[0])
        for at, room in self._texts:
            for row, text in enumerate(columns[at]):
                if text and (len(text) > room or "\n" in text):
                    found[row] = max(found[row] or 0, height(text, room))
        return found

    def _lay(self, sheet: Sheet, spread: Spread) -> None:
        """Set up a sheet: widths, headings, samples of the styles, totals, the table and what stands out in it."""
        raw = sheet.book.raw
        lines, totals = [], self._totals(sheet, spread)
        for at, (column, heading) in enumerate(zip(self._columns, self._headings, strict=True)):
            is_text = column.kind is Kind.TEXT
            style = _TEXT if is_text else {**_TOP, **_number_format(sheet.book, column.kind)}
            known = sheet.book.format(column.kind)
            if known is not None:
                known.set_align("top")
            sheet.raw.set_column(at, at, _width(column), raw.add_format(style))
            _write_samples(sheet, at, column, known or raw.add_format(_TEXT))
            lines.append(height(heading, _width(column) - 1))
        self._add_table(sheet, spread, totals)
        sheet.raw.set_row(0, max(lines) + _BUTTON)
        sheet.raw.freeze_panes(1, 0)
        for at, field in enumerate(self.filled.fields):
            if field.mark is not None:
                field.mark.write(sheet, at, max(spread.rows, 1))
        print_report(sheet, f"{self._report.title}: {self.filled.sheet.title}", self._asked)
        pages = round(sum(map(_width, self._columns)) / _PAGE)
        if pages > 1:
            sheet.raw.fit_to_pages(pages, 0)
            sheet.raw.repeat_columns(0, self._named())

    def _named(self) -> int:
        """Say up to which column a row is told from others: the first wide one, if it isn't far."""
        wide = (at for at, column in enumerate(self._columns) if _width(column) >= _NAME)
        return min(next(wide, 0), _NAMES)

    def _add_table(self, sheet: Sheet, spread: Spread, totals: Sequence[dict[str, Any]]) -> None:
        """Add the table, over the samples; it's stretched to the rows."""
        raw, last = sheet.book.raw, len(self._columns) - 1
        bold = {**_TOP, "bold": True, "text_wrap": True}
        columns = []
        for column, heading, total in zip(self._columns, self._headings, totals, strict=True):
            left = {"align": "left", "indent": 1} if column.kind is Kind.TEXT else {"align": "right"}
            columns.append({"header": heading, "header_format": raw.add_format({**bold, **left}), **total})
        sheet.raw.add_table(
            0,
            0,
            len(SAMPLES) + spread.totalled,
            last,
            {
                "name": table_name(spread.name),
                "title": str(self.filled.sheet.title),
                "description": f"{self._report.title}: {self.filled.sheet.title}",
                "style": STYLE,
                "columns": [{key: one for key, one in column.items() if key[0] != "_"} for column in columns],
                "total_row": spread.totalled,
            },
        )
        for at, total in enumerate(totals):
            _write_total(sheet, at, total, raw.add_format({**total["_style"]}))

    def _totals(self, sheet: Sheet, spread: Spread) -> list[dict[str, Any]]:
        """Say what stands below each column, as XlsxWriter takes it: the formula, and what it comes to."""
        fields = self.filled.fields
        found = []
        for at, field in enumerate(fields):
            style = {**_BOLD, **({"align": "left", "indent": 1} if field.kind is Kind.TEXT else {})}
            total: dict[str, Any] = {"_style": style | _number_format(sheet.book, field.kind)}
            if field.total and field.name in self._sums:
                parts = (*spread.before, spread)
                formula = "+".join(sum_of(table_name(part.name), self._headings[at]) for part in parts)
                total |= {"total_function": formula, "total_value": float(self._sums[field.name])}
            elif field.share is not None and (formula := _share_of(fields, field.share, spread.rows + 2)):
                rate = field.rate(self._sums)
                total |= {"total_function": formula, "total_value": "" if rate is None else float(rate)}
            elif at == 0:
                total["total_string"] = gettext("Total")
            found.append(total)
        return found


def _write_samples(sheet: Sheet, at: int, column: Column, form: Format) -> None:
    """Write a cell in each style that a column may have; one is a link, and one an address, which isn't broken."""
    for row in range(1, len(SAMPLES) + 1):
        sheet.raw.write_blank(row, at, None, form)
    if column.link is not None:
        raw = sheet.book.raw
        sheet.raw.write_url(
            1 + SAMPLES.index(LINKED), at, SAMPLE_LINK, raw.add_format({**_TEXT, **LINK}), "x"
        )
        if column.opens:
            unbroken = raw.add_format({**_TEXT, "text_wrap": False})
            sheet.raw.write_blank(1 + SAMPLES.index(ADDRESS), at, None, unbroken)


def _write_total(sheet: Sheet, at: int, total: dict[str, Any], form: Format) -> None:
    """Write what stands below a column, as the table has it."""
    row = TOTAL_ROW - 1
    if "total_function" in total:
        sheet.raw.write_formula(row, at, f"={total['total_function']}", form, total["total_value"])
    elif "total_string" in total:
        write_text(sheet, (row, at), total["total_string"], form)
    else:
        sheet.raw.write_blank(row, at, None, form)


def _share_of(fields: Sequence[Field], share: tuple[str, str], row: int) -> str:
    """Give the percentage of two totals; nothing where one of them isn't there."""
    places = {field.name: place for place, field in enumerate(fields)}
    if not all(part in places for part in share):
        return ""
    part, whole = (f"{xl_col_to_name(places[one])}{row}" for one in share)
    return f'IF({whole}=0,"",ROUND(100*{part}/{whole},1))'


def _number_format(book: Book, kind: Kind) -> dict[str, Any]:
    known = book.format(kind)
    return {} if known is None else {"num_format": known.num_format}


def _width(column: Column) -> int:
    """Say how wide a column is: no word of its heading is broken."""
    words = str(column.heading).split()
    return max(column.width or _USUAL_WIDTH, max(map(len, words), default=0) + 3)
