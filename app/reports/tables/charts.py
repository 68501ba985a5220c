"""Charts of reports of rows: one declaration, drawn by the browser on the page and by Excel in the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel.speaklater import LazyString

from app.core.excel import Book
from app.core.pictures import Cell, Chart, Heading, Line, Picture
from app.core.sheetparts import Spread
from app.core.values import Quantity, display
from app.reports import drawing
from app.reports.base import Asked, Report

if TYPE_CHECKING:
    from app.reports.tables.base import Field, Filled
    from app.reports.tables.workbook import Written


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
        notes=drawing.notes(len(rows)),
    )


def _name(fields: Sequence[Field], row: Any) -> str:
    texts = [display(field.column.value(row)) for field in fields]
    return " · ".join(text for text in texts if text) or gettext("unknown")


def _cell(field: Field, row: Any) -> Cell:
    value = field.column.value(row)
    return None if value is None else Quantity(value)


def write(
    book: Book, tables: Sequence[Written], spreads: Sequence[Spread], report: Report, asked: Asked
) -> None:
    """Draw the charts of all sheets."""
    found = []
    for one in tables:
        spread = next((each for each in spreads if each.lines is one.lines), None)
        if one.drawn and spread is not None:
            found += [_drawn(each, one, spread) for each in one.filled.sheet.charts]
    drawing.write(book, str(report.title), [one for one in found if one is not None], asked)


def _drawn(declared: Drawing, one: Written, spread: Spread) -> drawing.Drawn | None:
    """Say what is drawn of a sheet; nothing where the person doesn't get its columns."""
    places = {field.name: at for at, field in enumerate(one.filled.fields)}
    fields = {field.name: field for field in one.filled.fields}
    names = [name for name in declared.names if name in places]
    values = [name for name in declared.values if name in places]
    if not (names and values):
        return None
    rows = one.drawn[: spread.rows]

    def read(name: str) -> list[Any]:
        return [fields[name].column.value(row) for row in rows]

    return drawing.Drawn(
        declared.title,
        spread.name,
        [[display(value) for value in read(name)] for name in names],
        [drawing.Series(str(fields[name].heading), places[name], read(name)) for name in values],
        first=places[names[0]],
        lying=len(names) == 1,
        stacked=declared.stacked,
    )
