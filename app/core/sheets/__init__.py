"""Tables that people bring along: whatever their program wrote is turned into one plain form, once.

That form is CSV in UTF-8 with commas. Each row begins with its number in the original, so that a message can
name it; the first one holds the headings. From there on a file of any size is read row by row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.core.sheets import text, workbook
from app.core.sheets.limits import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    TooManyError,
    UnreadableError,
    refuse_long_rows,
)

__all__ = [
    "LONGEST_CELL",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Sheet",
    "TooManyError",
    "UnreadableError",
    "opened",
    "take",
]


@dataclass(frozen=True)
class Sheet:
    """A table in the plain form. A column without a heading has an empty one."""

    path: Path
    headings: tuple[str, ...]
    #: Whether the first row holds them; a list of addresses may begin at once.
    headed: bool

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Give each row, but for the headings, with its number in the original, as wide as the headings."""
        width = len(self.headings)
        with self.path.open(encoding="utf-8", newline="") as stream:
            for number, *cells in islice(csv.reader(stream), int(self.headed), None):
                yield int(number), cells + [""] * (width - len(cells))


def take(source: Path, target: Path) -> int:
    """Write a file's table to ``target`` in the plain form, and give its rows without the headings.

    What the file is, its content says, not its name. Raises UnreadableError, whose message is for the person,
    where it's no table, is protected, has no row, or is larger than a table may be.
    """
    with source.open("rb") as stream:
        head = stream.read(8)
    if not head:
        raise UnreadableError("empty")
    found = workbook.rows(source) if workbook.is_one(head) else text.rows(source)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        count, width = -1, 0
        for count, (number, cells) in enumerate(refuse_long_rows(found)):  # noqa: B007 - the caller wants it
            # A row that is longer than the headings loses nothing: those columns have no name.
            width = max(width, len(cells))
            writer.writerow([number, *cells])
    if count >= 0:
        _widen(target, width)
        count += not opened(target).headed
    if count <= 0:
        raise UnreadableError("empty")
    return count


def _widen(path: Path, width: int) -> None:
    """Give the first row as many cells as the longest row has."""
    with path.open(encoding="utf-8", newline="") as stream:
        first = next(csv.reader(stream))
    if len(first) - 1 == width:
        return
    wider = path.with_suffix(".wider")
    with (
        path.open(encoding="utf-8", newline="") as old,
        wider.open("w", encoding="utf-8", newline="") as new,
    ):
        lines = csv.reader(old)
        writer = csv.writer(new)
        number, *cells = next(lines)
        writer.writerow([number, *cells, *[""] * (width - len(cells))])
        writer.writerows(lines)
    wider.replace(path)


def opened(path: Path) -> Sheet:
    """Open a table that ``take`` has written."""
    with path.open(encoding="utf-8", newline="") as stream:
        _number, *headings = next(csv.reader(stream))
    if any(_is_address(cell) for cell in headings):
        return Sheet(path, ("",) * len(headings), headed=False)
    return Sheet(path, tuple(heading.strip() for heading in headings), headed=True)


def _is_address(cell: str) -> bool:
    return "@" in cell.strip()[1:-1]
