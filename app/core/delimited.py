"""CSV files that are sent while they are read: for programs as it is, for spreadsheets so that nothing is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any

from app.core.excel import Column
from app.core.values import Quantity, display, qualified, ungrouped

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Dialect:
    """How a file is written. ``guard`` is for one that people open in a spreadsheet."""

    delimiter: str = ","
    bom: bool = False
    guard: bool = False


#: RFC 4180, in UTF-8: what mailing tools read. A BOM would be a part of the first heading to most of them.
PLAIN = Dialect()
#: What a double click in Windows opens in German, with its umlauts.
EXCEL = Dialect(delimiter=";", bom=True, guard=True)


def lines(
    columns: Sequence[Column], batches: Iterable[Sequence[Any]], dialect: Dialect = PLAIN
) -> Iterator[bytes]:
    """Yield the headings, and then the rows of each batch as soon as it's there; lines end with CR LF."""
    write = _Words(guarded if dialect.guard else spelled)
    starts = frozenset(FORMULA_STARTS if dialect.guard else ())
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=dialect.delimiter, lineterminator="\r\n")
    yield headings(columns, dialect)
    for batch in batches:
        # Column by column: most hold nothing but harmless text, and are written as they are.
        values = [list(map(column.value, batch)) for column in columns]
        writer.writerows(
            zip(*(one if _plain(one, starts) else map(write, one) for one in values), strict=True)
        )
        yield _taken(buffer)


def headings(columns: Sequence[Column], dialect: Dialect) -> bytes:
    """Give the first line of a file."""
    buffer = io.StringIO(newline="")
    write = guarded if dialect.guard else spelled
    writer = csv.writer(buffer, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow([write(str(column.heading)) for column in columns])
    return ("\ufeff" if dialect.bom else "").encode() + _taken(buffer)


def _plain(values: Sequence[Any], starts: frozenset[str]) -> bool:
    """Whether these are whole numbers, or texts of which none has to be guarded; None is written as nothing."""
    kinds = set(map(type, values))
    if kinds <= {int, NoneType}:
        return True
    if not kinds <= {str, NoneType}:
        return False
    return not starts or starts.isdisjoint([value[:1] for value in values if value])


def spelled(value: object) -> str:
    """Write a value as people read it, but without grouping: a program takes "2.320" for two and a third."""
    match value:
        case Quantity():
            return qualified(ungrouped(value.number), value.qualifier)
        case Decimal() | float():
            return ungrouped(value)
        case _:
            return display(value)


def guarded(value: object) -> str:
    """Write a value for a CSV file that a spreadsheet opens: with an apostrophe where it'd be taken for a formula."""
    text = spelled(value)
    is_number = isinstance(value, int | float | Decimal | Quantity)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text


class _Words:
    """Writes values. The title of a closed set's member is looked up once: a file has one language."""

    def __init__(self, write: Callable[[object], str]) -> None:
        self._write = write
        self._titles: dict[Enum, str] = {}

    def __call__(self, value: object) -> str:
        if not isinstance(value, Enum):
            return self._write(value) if value is not None else ""
        if value not in self._titles:
            self._titles[value] = self._write(value)
        return self._titles[value]


def _taken(buffer: io.StringIO) -> bytes:
    """Empty the buffer. Half a character, which is no text, becomes a question mark."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def mailbox(address: str) -> str:
    """Write an address so that no spreadsheet takes it for a formula, and it stays the same mailbox.

    A local part in quotation marks means what it means without (RFC 5321, 4.1.2), and an apostrophe before it would
    make it another address.
    """
    if guarded(address) == address:
        return address
    local, _at, domain = address.rpartition("@")
    escaped = local.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"@{domain}'
