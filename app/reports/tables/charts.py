"""Charts of reports of rows: one declaration, drawn by the browser on the page and by Excel in the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext, ngettext
from flask_babel.speaklater import LazyString

from app.core.excel import Book, write_text
from app.core.pictures import Cell, Chart, Heading, Line, Picture
from app.core.sheetparts import Spread
from app.core.values import Quantity, display
from app.reports.base import Asked, Report, print_report

if TYPE_CHECKING:
    from app.reports.tables.base import Field, Filled
    from app.reports.tables.workbook import Written

MOST = 30  # rows that are drawn: nobody tells more bars apart
_COLOURS = ("#1F5FA8", "#D9730D", "#2A8C82", "#8A4F9E", "#7A7A7A", "#B5B5B5")
_WIDE, _HIGH = 1_000, 420  # pixels: the width of a page, and half of its height
_ROW = 20  # pixels of a sheet's row


@dataclass(frozen=True)
class Drawing:
    """What is drawn of a sheet: fields that name the rows, and fields of numbers.

    In a workbook lying bars, or columns where names have several parts, which Excel then groups; bars on the page.
    """

    title: str | LazyString
    names: tuple[str, ...]
    values: tuple[str, ...]
    stacked: bool = False


def picture(filled: Filled, rows: Sequence[Any]) -> Picture:
    """Give what is drawn on the page, and the numbers behind it."""
    drawings, fields = filled.sheet.charts, {field.name: field for field in filled.fields}
    values = [
        name for name in dict.fromkeys(name for one in drawings for name in one.values) if name in fields
    ]
    names = [fields[name] for name in drawings[0].names if name in fields]
    charts = [
        Chart(one.title, columns, "bars", one.stacked)
        for one in drawings
        if (columns := [values.index(name) for name in one.values if name in values])
    ]
    return Picture(
        f"drawn-{filled.sheet.name}",
        filled.sheet.title,
        " · ".join(str(field.heading) for field in names),
        [Heading(fields[name].heading, fields[name].kind) for name in values],
        [
            Line(
                _name(names, row),
                [_cell(fields[name], row) for name in values],
                short=_name(names[::-1], row),  # an axis cuts the end: what tells rows apart stands first
            )
            for row in rows
        ],
        charts,
        notes=_notes(len(rows)),
    )


def _name(fields: Sequence[Field], row: Any) -> str:
    texts = [display(field.column.value(row)) for field in fields]
    return " · ".join(text for text in texts if text) or gettext("unknown")


def _cell(field: Field, row: Any) -> Cell:
    value = field.column.value(row)
    return None if value is None else Quantity(value)


def _notes(rows: int) -> list[str]:
    if rows < MOST:
        return []
    return [ngettext("The first row is drawn.", "The first %(num)s rows are drawn.", MOST)]


def write(
    book: Book, tables: Sequence[Written], spreads: Sequence[Spread], report: Report, asked: Asked
) -> None:
    """Draw the charts of all sheets on one of their own, over the cells of the tables."""
    found = []
    for one in tables:
        spread = next((each for each in spreads if each.lines is one.lines), None)
        if one.drawn and spread is not None:
            found += [(drawing, one, spread) for drawing in one.filled.sheet.charts]
    if not found:
        return
    sheet, row, breaks = book.sheet(gettext("Charts")), 2, []
    write_text(sheet, (0, 0), str(report.title), book.bold)
    for drawing, one, spread in found:
        made = _chart(book, drawing, one, spread)
        if made is None:
            continue
        chart, high = made
        said = gettext("Chart: %(title)s. The same numbers stand in the table.", title=drawing.title)
        sheet.raw.insert_chart(row, 0, chart, {"description": said, "object_position": 1})
        row += high // _ROW + 2
        breaks.append(row)
    write_text(sheet, (1, 0), " ".join(_notes(max(len(one.drawn) for _drawing, one, _spread in found))))
    sheet.raw.set_h_pagebreaks(breaks[:-1])
    print_report(sheet, str(report.title), asked)
    sheet.raw.hide_gridlines(2)


def _chart(book: Book, drawing: Drawing, one: Written, spread: Spread) -> tuple[Any, int] | None:
    """Make one, with the values of today beside the cells, for who shows it without reckoning."""
    places = {field.name: at for at, field in enumerate(one.filled.fields)}
    fields = {field.name: field for field in one.filled.fields}
    names = [places[name] for name in drawing.names if name in places]
    values = [name for name in drawing.values if name in places]
    if not (names and values):
        return None
    lying = len(names) == 1
    last, rows = min(len(one.drawn), spread.rows), one.drawn[: spread.rows]
    texts = [
        [display(fields[name].column.value(row)) for row in rows] for name in drawing.names if name in fields
    ]
    options = {"type": "bar" if lying else "column", **({"subtype": "stacked"} if drawing.stacked else {})}
    chart: Any = book.raw.add_chart(options)
    for colour, name in zip(_COLOURS, values, strict=False):
        numbers = [fields[name].column.value(row) for row in rows]
        chart.add_series(
            {
                "name": str(fields[name].heading),
                "categories": [spread.name, 1, names[0], last, names[-1]],
                "categories_data": texts if len(names) > 1 else texts[0],
                "values": [spread.name, 1, places[name], last, places[name]],
                "values_data": ["" if number is None else float(number) for number in numbers],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    chart.set_title({"name": str(drawing.title), "name_font": {"size": 13}, "overlay": False})
    grid = {"visible": True, "line": {"color": "#D9D9D9"}}
    small = {"num_font": {"size": 9}}
    names_of: dict[str, Any] = {**small, "major_gridlines": {"visible": False}}
    numbers_of: dict[str, Any] = {**small, "major_gridlines": grid, "min": 0}
    if lying:
        # XlsxWriter's axes lie as the bars do. From top to bottom, and the numbers below.
        chart.set_x_axis(numbers_of)
        chart.set_y_axis({**names_of, "reverse": True, "crossing": "max"})
    else:
        chart.set_x_axis(names_of)
        chart.set_y_axis(numbers_of)
    if len(values) == 1:
        chart.set_legend({"none": True})
    else:
        chart.set_legend({"position": "bottom"})
    high = max(_HIGH, 160 + last * (26 if drawing.stacked else 16 * len(values) + 10)) if lying else _HIGH
    chart.set_size({"width": _WIDE, "height": high})
    return chart, high
