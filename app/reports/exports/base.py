"""How a file is laid out: one small declaration for each tool that takes it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from flask_babel import get_locale
from flask_babel.speaklater import LazyString

from app.core import delimited
from app.core.excel import MAX_ROWS, Column, open_workbook, print_setup, write_table
from app.models.receipts import FileContent

BLOCK = 1 << 16

#: Takes the rows piece by piece, and yields the file as soon as it can.
Write = Callable[[Iterable[Sequence[Any]]], Iterator[bytes]]


@dataclass(frozen=True)
class Layout:
    """A kind of file: what it's called on the page, and how rows become bytes.

    ``most`` is the number of rows that it can hold; ``by_address`` tells a tool that knows people by their address
    alone; ``hint`` says on the page what a person has to know.
    """

    name: str
    title: LazyString | str
    suffix: str
    mimetype: str
    write: Write
    content: FileContent = FileContent.SUBSCRIBERS
    hint: LazyString | str = ""
    most: int | None = None
    by_address: bool = False


def csv_layout(
    name: str,
    title: LazyString | str,
    columns: Sequence[Column],
    dialect: delimited.Dialect = delimited.PLAIN,
    **more: Any,
) -> Layout:
    """Lay rows out as CSV."""

    def write(batches: Iterable[Sequence[Any]]) -> Iterator[bytes]:
        return delimited.lines(columns, batches, dialect)

    return Layout(name, title, "csv", "text/csv; charset=utf-8", write, **more)


def xlsx_layout(
    name: str, title: LazyString | str, sheet: LazyString | str, columns: Sequence[Column], **more: Any
) -> Layout:
    """Lay rows out as a workbook: its rows go to the disk while they are read, and its bytes come at the end."""
    mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Layout(
        name, title, "xlsx", mimetype, partial(_workbook, sheet, columns), most=MAX_ROWS - 1, **more
    )


def _workbook(
    title: LazyString | str, columns: Sequence[Column], batches: Iterable[Sequence[Any]]
) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "export.xlsx"
        with open_workbook(target, locale=str(get_locale() or "de"), constant_memory=True) as book:
            sheet = book.sheet(title)
            print_setup(sheet)
            write_table(sheet, columns, chain.from_iterable(batches))
        with target.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
