"""A picture as a workbook: its table, with every reservation beside its number, and what the numbers mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext

from app.core.excel import Book, Column, write_table
from app.core.pictures import Cell, Line, Picture, quantity
from app.core.values import Quantity, Total
from app.reports.base import (
    Asked,
    Table,
    print_report,
    quantity_columns,
    style_table,
    write_notes,
    write_total,
)

_NAME_WIDTH, _TEXT_WIDTH, _NUMBER_WIDTH = 32, 20, 13


def write(book: Book, picture: Picture, asked: Asked) -> int:
    """Write the sheet; return the number of its rows."""
    sheet = book.sheet(picture.title)
    columns = list(columns_of(picture))
    count = write_table(sheet, columns, picture.lines)
    style_table(sheet, columns, count)
    sheet.raw.freeze_panes(1, 1)
    free = count + 2
    if picture.total is not None:
        write_total(sheet, free, columns, picture.total)
        free += 2
    write_notes(sheet, free, columns, [str(note) for note in picture.notes])
    print_report(sheet, str(picture.title), asked)
    return count


def tables(result: Sequence[Picture]) -> list[Table]:
    """Give pictures as rows."""
    return [Table(one.name, one.title, columns_of(one), one.lines.__iter__) for one in result]


def columns_of(picture: Picture) -> list[Column]:
    """Give the columns: a number that may be qualified has its qualifier beside it, and how many stated it."""
    found = [Column(picture.first, lambda line: str(line.name), width=_NAME_WIDTH)]
    lines = [*picture.lines, *([picture.total] if picture.total else [])]
    for at, heading in enumerate(picture.headings):
        cells = [line.cells[at] for line in lines]
        if not heading.numeric:
            found.append(Column(heading.title, _cell(at, _text), width=_TEXT_WIDTH))
        elif any(isinstance(cell, Quantity | Total) for cell in cells):
            found += quantity_columns(heading.title, _cell(at, quantity), heading.kind, _NUMBER_WIDTH)
            if any(isinstance(cell, Total) and cell.used < cell.of for cell in cells):
                title = f"{heading.title}: {gettext('Stated by')}"
                found.append(Column(title, _cell(at, stated), width=_NUMBER_WIDTH))
        else:
            found.append(Column(heading.title, _cell(at, _number), heading.kind, _NUMBER_WIDTH))
    return found


def stated(cell: Cell) -> str:
    """Say how many of all stated a number: "3 of 5"; nothing where there was none to state it."""
    if not isinstance(cell, Total) or not cell.of:
        return ""
    return gettext("%(used)s of %(of)s", used=cell.used, of=cell.of)


def _cell(at: int, read: Callable[[Cell], Any]) -> Callable[[Line], Any]:
    return lambda line: read(line.cells[at])


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else ""


def _number(cell: Cell) -> Any:
    return cell if isinstance(cell, int) else None
