"""The result sheet as a workbook: numbers with their reservations and sources, who gives, corners, definitions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.excel import Book, Column, Kind, Sheet
from app.labels import label
from app.reports import drawing
from app.reports.base import (
    Asked,
    Report,
    print_report,
    wrap_rows,
    write_info,
    write_notes,
)
from app.reports.drawing import Drawn, Series
from app.reports.results.facts import Result
from app.reports.sheets import write_rows

BROKEN = "#,##0.00"

NUMBERS = (
    Column(label("Figure", "measure"), lambda line: line.measure, width=26),
    Column(label("Figure", "qualifier"), lambda line: line.quantity.qualifier, width=13),
    Column(_("Result"), lambda line: line.quantity.number, Kind.INTEGER, 13),
    Column(label("Figure", "unit"), lambda line: line.unit, width=16),
    Column(_("As counted"), lambda line: line.counted.number if line.counted else None, Kind.INTEGER, 14),
    Column(_("Known for"), lambda line: line.counted.known if line.counted else None, Kind.INTEGER, 10),
    Column(_("Of contributions"), lambda line: line.counted.all if line.counted else None, Kind.INTEGER, 14),
    Column(label("Figure", "source"), lambda line: line.source, width=42),
    Column(label("Figure", "source_url"), lambda line: line.source_url, width=24),
    Column(label("Figure", "as_of"), lambda line: line.as_of, Kind.DATE, 12),
)


def _sums(first: Sequence[Column]) -> tuple[Column, ...]:
    """Give the columns of a part of the count; what nobody knows stays empty."""

    def of_sum(name: str, part: str) -> Callable[[Any], Any]:
        return lambda row: getattr(getattr(row, name), part)

    return (
        *first,
        Column(_("Equivalent value"), of_sum("value", "number"), Kind.MONEY, 17),
        Column(_("Value known for"), of_sum("value", "known"), Kind.INTEGER, 13),
        Column(_("Hours"), of_sum("hours", "number"), Kind.NUMBER, 12),
        Column(_("Hours known for"), of_sum("hours", "known"), Kind.INTEGER, 13),
    )


DIRECTIONS = _sums(
    (
        Column(_("Give and take"), lambda one: one.title, width=34),
        Column(_("Contributions"), lambda one: one.contributions, Kind.INTEGER, 14),
    )
)
CORNERS = _sums(
    (
        Column(_("Trading corner"), lambda one: one.title, width=34),
        Column(_("National category"), lambda one: one.category, width=26),
        Column(_("Contracts"), lambda one: one.contracts, Kind.INTEGER, 12),
    )
)


_DRAWN = (DIRECTIONS[1], CORNERS[2])


def write(book: Book, result: Result, asked: Asked, report: Report) -> int:
    """Write the sheets; give the number of rows in their tables."""
    event = result.event
    title = f"{report.title}: {event}"
    book.raw.set_properties(
        {
            "title": title,
            "subject": event.whole_title,
            "author": asked.actor,
            "company": event.office.name if event.office else "",
            "comments": "; ".join(dict.fromkeys(line.source for line in result.lines)),
            "created": asked.at.replace(tzinfo=None),
        }
    )
    count, definitions = result.count, list(result.definitions())
    notes = [*(f"{name}: {value}" for name, value in result.about()), *definitions]
    parts: tuple[tuple[object, Sequence[Column], Sequence[Any], Sequence[str]], ...] = (
        (report.title, NUMBERS, result.lines, notes),
        (gettext("Give and take"), DIRECTIONS, count.directions or (), ()),
        (gettext("Trading corners"), CORNERS, count.corners, ()),
    )
    written, drawn = 0, []
    for name, all_columns, rows, said in parts:
        if rows:
            sheet = book.sheet(str(name))
            columns = [one for one in all_columns if any(one.value(row) is not None for row in rows)]
            write_rows(sheet, columns, rows)
            sheet.raw.freeze_panes(1, 1)
            wrap_rows(sheet, columns, rows)
            _show_decimals(sheet, columns, rows)
            write_notes(sheet, len(rows) + 2, columns, said)
            print_report(sheet, title, asked)
            written += len(rows)
            drawn += [_drawn(sheet, columns, column, rows) for column in _DRAWN if column in columns]
    drawing.write(book, title, drawn, asked)
    rules = [(gettext("What the numbers mean"), text) for text in definitions]
    write_info(book, report, asked, written, [*result.about(), *rules])
    return written


def _drawn(sheet: Sheet, columns: Sequence[Column], column: Column, rows: Sequence[Any]) -> Drawn:
    """Draw a column of numbers, as far as there's room."""
    first = rows[: drawing.MOST]
    series = Series(str(column.heading), columns.index(column), [column.value(row) for row in first])
    names = [str(columns[0].value(row)) for row in first]
    title = f"{sheet.raw.name}: {column.heading}"
    return Drawn(title, str(sheet.raw.name), [names], [series], lying=True)


def _show_decimals(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Any]) -> None:
    """Show the decimals of numbers that have some, in columns of numbers that mostly have none."""
    broken = sheet.book.raw.add_format({"num_format": BROKEN, "valign": "top"})
    for at, row in enumerate(rows, 1):
        for index, column in enumerate(columns):
            value = column.value(row)
            if column.kind is Kind.INTEGER and isinstance(value, Decimal) and value % 1:
                sheet.raw.write_number(at, index, float(value), broken)
