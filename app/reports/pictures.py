"""A picture as a workbook: charts and a table, with every reservation beside its number, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from flask_babel import gettext

from app.core.excel import Book, Column, Kind, Sheet
from app.core.pictures import Cell, Chart, Line, Picture, quantity
from app.core.values import Quantity, Total, formatting_locale
from app.models.events import Event
from app.models.offices import Office
from app.reports import drawing
from app.reports.base import Asked, Report, Table, print_report, quantity_columns, write_info, write_notes
from app.reports.drawing import Drawn, Series
from app.reports.sheets import write_rows

# Excel writes the name of a month in the language of who opens the file, unless it's named, by Windows's number.
_MONTHS = {"de": "[$-407]mmm yyyy", "en": "[$-809]mmm yyyy"}
_FIRST_DAY = date(1899, 12, 30)  # from which Excel counts days
_PLACES = {Event: "events", Office: "offices"}
_NAME_WIDTH, _TEXT_WIDTH, _NUMBER_WIDTH = 32, 20, 13


def write(book: Book, picture: Picture, asked: Asked) -> int:
    """Write its table and its charts; return the number of rows."""
    count, charts = _write_table(book, picture, asked)
    drawing.write(book, str(picture.title), charts, asked)
    return count


def write_report(book: Book, pictures: Sequence[Picture], asked: Asked, report: Report) -> int:
    """Write a sheet for each table, their charts, and what they mean; return the number of rows."""
    written = [_write_table(book, picture, asked) for picture in pictures]
    count = sum(rows for rows, _charts in written)
    drawing.write(book, str(report.title), [one for _rows, charts in written for one in charts], asked)
    unknown = (gettext("Unknown"), gettext("An empty cell is unknown, not zero. Totals leave it out."))
    rules = [(picture.title, str(note)) for picture in pictures for note in picture.notes]
    write_info(book, report, asked, count, [*rules, unknown], words={})
    return count


def _write_table(book: Book, picture: Picture, asked: Asked) -> tuple[int, list[Drawn]]:
    """Write the sheet; give the number of its rows, and what is drawn of it."""
    sheet = book.sheet(picture.title)
    columns = list(columns_of(picture))
    count = write_rows(sheet, columns, picture.lines, picture.total)
    _write_months(sheet, picture.lines)
    sheet.raw.freeze_panes(1, 1)
    write_notes(sheet, max(count, 1) + 3, columns, [str(note) for note in picture.notes])
    print_report(sheet, str(picture.title), asked)
    headings = [str(column.heading) for column in columns]
    return count, [_drawn(sheet, picture, chart, headings) for chart in picture.charts if count]


def _write_months(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Write months as days that read as months: a text could be neither sorted nor grouped."""
    form = sheet.book.raw.add_format({"num_format": _months(), "align": "left"})
    for row, line in enumerate(lines, 1):
        if line.day is not None:
            sheet.raw.write_datetime(row, 0, datetime.combine(line.day, time.min), form)


def _months() -> str:
    return _MONTHS.get(formatting_locale().language, _MONTHS["en"])


def _drawn(sheet: Sheet, picture: Picture, chart: Chart, headings: Sequence[str]) -> Drawn:
    """Draw the first rows as the page does; a map, which Excel hasn't, as bars."""
    lines = picture.lines[: drawing.MOST]
    days = [(line.day - _FIRST_DAY).days for line in lines if line.day is not None]
    series = []
    for at in chart.columns:
        title = str(picture.headings[at].title)
        known = [quantity(line.cells[at]) for line in lines]
        numbers = [None if one is None else one.number for one in known]
        series.append(Series(title, headings.index(title), numbers))
    return Drawn(
        chart.title,
        str(sheet.raw.name),
        [days or [str(line.name) for line in lines]],
        series,
        lying=chart.kind != "columns",
        stacked=chart.stacked,
        name_format=_months() if days else "",
    )


def _leads(line: Line) -> str | None:
    """Give the address of what a line is of."""
    place = _PLACES.get(type(line.record))
    return None if place is None else f"/{place}/show/{line.record.id}"


def tables(result: Sequence[Picture]) -> list[Table]:
    """Give pictures as rows."""
    return [Table(one.name, one.title, columns_of(one), one.lines.__iter__) for one in result]


def columns_of(picture: Picture) -> list[Column]:
    """Give the columns: a number that may be qualified has its qualifier beside it, and how many stated it."""
    found = [
        Column(picture.first, _name, width=_NAME_WIDTH, link=_leads, raw=lambda line: line.key or _name(line))
    ]
    lines = [*picture.lines, *([picture.total] if picture.total else [])]
    for at, heading in enumerate(picture.headings):
        cells = [line.cells[at] for line in lines]
        if heading.kind is Kind.DATE:
            found.append(Column(heading.title, _cell(at, lambda cell: cell), Kind.DATE, _NUMBER_WIDTH))
        elif not heading.numeric:
            found.append(Column(heading.title, _cell(at, _text), width=_TEXT_WIDTH))
        elif any(isinstance(cell, Quantity | Total) for cell in cells):
            found += quantity_columns(heading.title, _cell(at, quantity), heading.kind, _NUMBER_WIDTH)
            if any(isinstance(cell, Total) and cell.used < cell.of for cell in cells):
                title = f"{heading.title}: {gettext('Stated by')}"
                found.append(Column(title, _cell(at, stated), width=_NUMBER_WIDTH))
        else:
            found.append(Column(heading.title, _cell(at, _number), heading.kind, _NUMBER_WIDTH))
    return found


def _name(line: Line) -> str:
    return str(line.name)


def stated(cell: Cell) -> str:
    """Say how many of all stated a number: "3 of 5"; nothing where there was none to state it."""
    if not isinstance(cell, Total) or not cell.of:
        return ""
    return gettext("%(used)s of %(of)s", used=cell.used, of=cell.of)


def _cell(at: int, read: Callable[[Cell], Any]) -> Callable[[Line], Any]:
    return lambda line: read(line.cells[at])


def _text(cell: Cell) -> str | Enum:
    return cell if isinstance(cell, (str, Enum)) else ""


def _number(cell: Cell) -> Any:
    return cell if isinstance(cell, int) else None
