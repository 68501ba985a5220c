"""What a sheet of rows is made of: how it's declared, and how what XlsxWriter has made is taken apart and stretched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.excel import Column, Sheet
from app.core.sheetcells import Styles, letters
from app.core.sheetrows import Heights
from app.core.values import Qualifier

FIRST = 2  # the row below the headings, as a sheet counts
SAMPLES = tuple(Qualifier)  # of the rows that stand for all others
TOTAL_ROW = FIRST + len(SAMPLES)  # where the layout of a sheet writes the totals, as a sheet counts

_SAMPLE = re.compile(rb'<c r="([A-Z]+)(\d+)" s="(\d+)"')
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
_TABLE = re.compile(rb'Target="\.\./(tables/table\d+\.xml)"')


@dataclass(frozen=True)
class Spread:
    """A sheet of rows, so far: how many it has, and which sheets with how many stand before it with rows of the same.

    ``last`` says that no more of them come, once that's known; then ``totals`` stand below, if its lines have any.
    ``unlinked`` is how many texts should be links and aren't, because Excel opens no more on a sheet.
    """

    lines: Lines
    rows: int = 0
    name: str = ""
    last: bool = False
    unlinked: int = 0
    before: tuple[Spread, ...] = ()

    @property
    def totalled(self) -> bool:
        """Whether totals stand below the rows."""
        return self.last and self.lines.totals and bool(self.rows or self.before)


Lay = Callable[[Sheet, Spread], None]


@dataclass(frozen=True)
class Lines:
    """Rows that go on one sheet, or on several: its title, columns, rows in batches, and how it's laid out.

    ``lay`` sets up a sheet, as XlsxWriter's: it writes the headings into the first row, samples of each column's styles
    into those below, and where there are ``totals``, these into row TOTAL_ROW, from where they go to the end. It's
    called more than once for a sheet, and must write the same each time, but for what depends on the number of rows.
    A table that it adds is stretched to the rows. ``heights`` says how high rows are: not every program finds it.
    ``home`` stands before the addresses of links that begin with "/".
    """

    title: str
    columns: Sequence[Column]
    batches: Iterable[Sequence[Any]]
    lay: Lay
    totals: bool = False
    heights: Heights | None = None
    home: str = ""


def paths(number: int) -> tuple[str, str]:
    """Name a sheet's file, and that of what it refers to."""
    return f"sheet{number}.xml", f"_rels/sheet{number}.xml.rels"


def cut_open(sheet: bytes, total: bytes = b"") -> tuple[bytes, Styles, bytes]:
    """Take out the samples: give what stands before and behind them, and how their styles are numbered.

    The size of the sheet stands in its head, where nobody knows it yet; it may be left out. Totals stand behind.
    """
    body, _end, tail = sheet.partition(b"</sheetData>")
    head, found, samples = body.partition(b'<row r="%d"' % FIRST)
    styles = {
        (letter.decode(), SAMPLES[int(row) - FIRST]): style.decode()
        for letter, row, style in _SAMPLE.findall(found + samples)
        if int(row) < TOTAL_ROW
    }
    return _DIMENSION.sub(b"", head), styles, total + b"</sheetData>" + tail


def total_row(sheet: bytes, spread: Spread) -> bytes:
    """Give the totals as they stand below the rows; nothing where there are none."""
    if not spread.totalled:
        return b""
    _before, begin, rest = sheet.partition(b'<row r="%d"' % TOTAL_ROW)
    row, end, _behind = rest.partition(b"</row>")
    return re.sub(
        rb' r="([A-Z]*)%d"' % TOTAL_ROW,
        lambda found: b' r="%b%d"' % (found[1], spread.rows + FIRST),
        begin + row + end,
    )


def stretched(table: bytes, spread: Spread) -> bytes:
    """Let a table reach to the last row; it has one, be it empty. Totals belong to it, but not to its filter."""
    corner, end = letters(len(spread.lines.columns) - 1).encode(), max(spread.rows, 1) + 1
    table = re.sub(rb'(<table [^>]*? ref=")[^"]*', rb"\g<1>A1:%b%d" % (corner, end + spread.totalled), table)
    return re.sub(rb'(<autoFilter ref=")[^"]*', rb"\g<1>A1:%b%d" % (corner, end), table)


def tables_of(relations: bytes) -> list[str]:
    """Name the files of the tables to which a sheet refers."""
    return [f"xl/{table.decode()}" for table in _TABLE.findall(relations)]
