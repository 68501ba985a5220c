"""Workbooks that are sent while they are made: XlsxWriter makes everything but the rows, which are spliced in.

A workbook is a ZIP archive, and a sheet one of its files: a head (views, widths, headings), the rows, and a tail
(filters, print settings). What stands in the tail and in the other files depends on how many rows there were; so
XlsxWriter makes the package anew, with samples of each style instead of rows, when a sheet begins, when it ends, and
when all have ended: some milliseconds each. No row is held, and nothing goes to the disk but what no cell can hold.

More rows than a sheet has go on on the next one, under the same headings. A text of more than 32,767 UTF-16 units,
too long for a cell, goes on on a sheet of its own, and its cell says so. Nothing is cut.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any
from zipfile import ZipFile

from babel import Locale
from flask_babel import force_locale
from flask_babel.speaklater import LazyString

from app.core.archives import Archive
from app.core.excel import (
    MAX_ROWS,
    NUMBERS,
    Book,
    Column,
    Kind,
    Sheet,
    open_workbook,
    print_setup,
    write_table,
)
from app.core.pieces import Pieces
from app.core.sheetcells import letters
from app.core.sheetparts import (
    FIRST,
    SAMPLES,
    Lay,
    Lines,
    Spread,
    cut_open,
    paths,
    stretched,
    tables_of,
    total_row,
)
from app.core.sheetrest import LONG_TEXTS, REST_COLUMNS, Links, Rest, rest_heights
from app.core.sheetrows import Rows
from app.core.values import Qualifier, Quantity

# A file of more than 2 GiB needs extensions of ZIP that Excel refuses in a stream.
_MOST_BYTES = 2**31 - 2**26
_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - a sample of a style
#: Files that are the same whatever the rows are; they begin the archive, as programs that guess a file's kind expect.
_SAME = ("_rels/.rels", "docProps/core.xml", "xl/theme/theme1.xml")

Dress = Callable[[Sheet], None]


def workbook(
    columns: Sequence[Column],
    batches: Iterable[Sequence[Any]],
    *,
    title: str | LazyString,
    locale: Locale | str,
    dress: Dress = print_setup,
    most: int = MAX_ROWS,
) -> Iterator[bytes]:
    """Yield a workbook with a table of these rows, piece by piece, in ``locale``.

    ``dress`` may set up each sheet, as XlsxWriter's; ``most`` are the rows of a sheet, headings included.

    Raises TypeError where a value is not of its column's kind.
    """
    lines = Lines(str(title), columns, batches, plainly(dress))
    return workbook_of([lines], locale=locale, most=most, dress=dress)


def workbook_of(
    parts: Sequence[Lines],
    *,
    locale: Locale | str,
    most: int = MAX_ROWS,
    properties: Mapping[str, Any] | None = None,
    finish: Callable[[Book, Sequence[Spread]], None] = lambda _book, _spreads: None,
    dress: Dress = print_setup,
) -> Iterator[bytes]:
    """Yield a workbook with rows of several kinds, piece by piece.

    ``finish`` adds what else stands in it, behind the rows, and knows the sheets of these; ``dress`` sets up the sheet
    of long texts.
    """
    language = str(locale).replace("-", "_")
    with closing(_Book(language, most, properties or {}, finish)) as book:
        yield book.begin(parts[0])
        for lines in parts:
            yield from book.table(lines)
        if book.rest.parts:
            with force_locale(language):
                name = str(LONG_TEXTS)
            batches = book.rest.batches()
            yield from book.table(Lines(name, REST_COLUMNS, batches, _wrapped(dress), heights=rest_heights))
        yield book.end()


def plainly(dress: Dress) -> Lay:
    """Lay sheets out as lists are: bold headings, and a filter."""

    def lay(sheet: Sheet, spread: Spread) -> None:
        columns = spread.lines.columns
        write_table(sheet, [replace(one, value=_sample(one.kind)) for one in columns], SAMPLES)
        sheet.raw.autofilter(0, 0, spread.rows, len(columns) - 1)
        dress(sheet)

    return lay


def _wrapped(dress: Dress) -> Lay:
    """Lay the sheet of long texts out: they take as many lines as they need."""
    plain = plainly(dress)

    def lay(sheet: Sheet, spread: Spread) -> None:
        plain(sheet, spread)
        form = sheet.book.raw.add_format({"text_wrap": True, "valign": "top", "align": "left"})
        for at in range(len(spread.lines.columns)):
            for row in range(1, len(SAMPLES) + 1):
                sheet.raw.write_blank(row, at, None, form)

    return lay


def _sample(kind: Kind) -> Callable[[Qualifier], Any]:
    """Give a value in each style that a column can have; text has none."""
    if kind in NUMBERS:
        return lambda qualifier: Quantity(1, qualifier)
    return lambda _qualifier: _ANY_DAY if kind in {Kind.DATE, Kind.DATETIME} else None


class _Book:
    """The archive on its way."""

    def __init__(
        self,
        language: str,
        most: int,
        properties: Mapping[str, Any],
        finish: Callable[[Book, Sequence[Spread]], None],
    ) -> None:
        self._language, self._most, self._properties, self._finish = language, most, properties, finish
        self._zip = Archive()
        self._spreads: list[Spread] = []
        self._written: set[str] = set()
        self.rest = Rest()

    def begin(self, first: Lines) -> bytes:
        """Write what is the same whatever the rows are."""
        self._spreads = [Spread(first)]
        files = self._package()
        self._spreads = []
        return self._add(files, _SAME)

    def end(self) -> bytes:
        """Write what tells of all sheets, and those that hold no rows."""
        files = self._package(finish=True)
        block = self._add(files, [name for name in files if name not in self._written])
        return block + self._zip.end()

    def close(self) -> None:
        """Let go of what lies on the disk."""
        self.rest.close()

    def table(self, lines: Lines) -> Iterator[bytes]:
        """Write sheet after sheet until there are no more rows."""
        pieces = Pieces(lines.batches)
        first = len(self._spreads)
        while True:
            yield from self._sheet(lines, pieces, tuple(self._spreads[first:]))
            if self._spreads[-1].last:
                return

    def _sheet(self, lines: Lines, pieces: Pieces, before: tuple[Spread, ...]) -> Iterator[bytes]:
        self._spreads.append(Spread(lines, before=before))
        number = len(self._spreads)
        name, relations = (f"xl/worksheets/{path}" for path in paths(number))
        head, styles, _tail = cut_open(self._package()[name])
        place, links = self._spreads[-1].name, Links(lines.home)
        rows_of = Rows(
            lines.columns,
            styles,
            lambda column, number, text: self.rest.take(
                (place, f"{letters(column)}{number}", str(lines.columns[column].heading)), text
            ),
            links,
            lines.heights,
        )
        row, last = FIRST, self._most - lines.totals
        with self._zip.file(name) as file:
            size = file.write(head)
            while row <= last and size < _MOST_BYTES and (rows := pieces.next(last + 1 - row)):
                with force_locale(self._language):
                    block = rows_of.write(rows, row)
                # Half a character, which is no text, becomes a question mark.
                size += file.write(block.encode("utf-8", "replace"))
                row += len(rows)
                if self._zip.ready:
                    yield self._zip.taken()
            last_one = not pieces.left()
            spread = replace(self._spreads[-1], rows=row - FIRST, last=last_one, unlinked=links.beyond)
            self._spreads[-1] = spread
            files = self._package()
            _head, _styles, tail = cut_open(files[name], total_row(files[name], spread))
            file.write(links.in_sheet(tail))
        self._written.add(name)
        if relations in files:
            tables = tables_of(files[relations])
            files[relations] = links.in_relations(files[relations])
            files |= {table: stretched(files[table], spread) for table in tables}
            yield self._add(files, [relations, *tables])
        yield self._zip.taken()

    def _add(self, files: dict[str, bytes], names: Iterable[str]) -> bytes:
        for name in names:
            self._zip.add(name, files[name])
            self._written.add(name)
        return self._zip.taken()

    def _package(self, *, finish: bool = False) -> dict[str, bytes]:
        """Let XlsxWriter make a workbook of these sheets with samples instead of rows, and take it apart."""
        stream = io.BytesIO()
        with open_workbook(stream, locale=self._language) as book:
            if self._properties:
                book.raw.set_properties({**self._properties})
            for at, spread in enumerate(self._spreads):
                sheet = book.sheet(spread.lines.title)
                self._spreads[at] = named = replace(spread, name=str(sheet.raw.name))
                spread.lines.lay(sheet, named)
            if finish:
                self._finish(book, self._spreads)
        with ZipFile(stream) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
