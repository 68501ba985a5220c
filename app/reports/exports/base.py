"""How a file is laid out: one small declaration for each tool that takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_babel.speaklater import LazyString

from app.core import delimited
from app.core.excel import Column
from app.core.spliced import workbook
from app.models.receipts import FileContent

#: Takes the rows piece by piece, and yields the file as soon as it can.
Write = Callable[[Iterable[Sequence[Any]]], Iterator[bytes]]


@dataclass(frozen=True)
class Layout:
    """A kind of file: what it's called on the page, and how rows become bytes.

    ``by_address`` tells a tool that knows people by their address alone; ``hint`` says on the page what a person has
    to know.
    """

    name: str
    title: LazyString | str
    suffix: str
    mimetype: str
    write: Write
    content: FileContent = FileContent.SUBSCRIBERS
    hint: LazyString | str = ""
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
    """Lay rows out as a workbook, which leaves while they are read."""
    mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def write(batches: Iterable[Sequence[Any]]) -> Iterator[bytes]:
        return workbook(columns, batches, title=sheet, locale=str(get_locale() or "de"))

    return Layout(name, title, "xlsx", mimetype, write, **more)
