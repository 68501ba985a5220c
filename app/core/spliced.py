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
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Any
from zipfile import ZipFile

from babel import Locale
from flask_babel import force_locale
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.core.archives import Archive
from app.core.excel import (
    MAX_ROWS,
    MAX_TEXT,
    Column,
    Kind,
    Sheet,
    cut,
    open_workbook,
    print_setup,
    write_table,
)
from app.core.sheetrows import NUMBERS, Rows, Styles, letters
from app.core.values import Qualifier, Quantity

ROWS_AT_ONCE = 1000
# A file of more than 2 GiB needs extensions of ZIP that Excel refuses in a stream.
_MOST_BYTES = 2**31 - 2**26
_IN_MEMORY = 1 << 20  # of texts that are too long for their cells
_FIRST = 2  # the row below the headings, as a sheet counts
_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - a sample of a style
#: Files that are the same whatever the rows are; they begin the archive, as programs that guess a file's kind expect.
_SAME = ("_rels/.rels", "docProps/core.xml", "xl/theme/theme1.xml")

LONG_TEXTS = _("Long texts")
_SAMPLE = re.compile(rb'<c r="([A-Z]+)(\d+)" s="(\d+)"')
_DIMENSION = re.compile(rb"<dimension [^>]*/>")

Dress = Callable[[Sheet], None]


@dataclass(frozen=True)
class _Part:
    """A sheet of the package: how it's called, its columns, and how many rows it has so far."""

    title: str
    columns: Sequence[Column]
    rows: int = 0


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
    language = str(locale).replace("-", "_")
    with closing(_Book(language, dress, most)) as book:
        yield book.begin(str(title), columns)
        yield from book.table(str(title), columns, batches)
        if book.rest.parts:
            with force_locale(language):
                name = str(LONG_TEXTS)
            yield from book.table(name, _REST_COLUMNS, book.rest.batches())
        yield book.end()


def batches(rows: Iterable[Any], size: int = ROWS_AT_ONCE) -> Iterator[list[Any]]:
    """Take rows in batches."""
    found = iter(rows)
    while batch := list(islice(found, size)):
        yield batch


class _Book:
    """The archive on its way."""

    def __init__(self, language: str, dress: Dress, most: int) -> None:
        self._language, self._dress, self._most = language, dress, most
        self._zip = Archive()
        self._parts: list[_Part] = []
        self._names: list[str] = []
        self.rest = _Rest()

    def begin(self, title: str, columns: Sequence[Column]) -> bytes:
        """Write what is the same whatever the rows are."""
        files = self._package([_Part(title, columns)])
        return self._add(files, _SAME)

    def end(self) -> bytes:
        """Write what tells of all sheets."""
        files = self._package(self._parts)
        block = self._add(files, [name for name in files if name not in {*_SAME, *self._sheets()}])
        return block + self._zip.end()

    def close(self) -> None:
        """Let go of what lies on the disk."""
        self.rest.close()

    def table(
        self, title: str, columns: Sequence[Column], batches: Iterable[Sequence[Any]]
    ) -> Iterator[bytes]:
        """Write sheet after sheet until there are no more rows."""
        pieces = _Pieces(batches)
        yield from self._sheet(title, columns, pieces)
        while pieces.left():
            yield from self._sheet(title, columns, pieces)

    def _sheet(self, title: str, columns: Sequence[Column], pieces: _Pieces) -> Iterator[bytes]:
        self._parts.append(_Part(title, columns))
        files = self._package(self._parts)
        *_others, name = self._sheets()
        head, styles, _tail = _cut_open(files[name])
        place = self._names[-1]
        rows_of = Rows(
            columns,
            styles,
            lambda column, row, text: self.rest.take(
                (place, f"{letters(column)}{row}", str(columns[column].heading)), text
            ),
        )
        row = _FIRST
        with self._zip.file(name) as file:
            size = file.write(head)
            while row <= self._most and size < _MOST_BYTES and (rows := pieces.next(self._most + 1 - row)):
                with force_locale(self._language):
                    block = rows_of.write(rows, row)
                # Half a character, which is no text, becomes a question mark.
                size += file.write(block.encode("utf-8", "replace"))
                row += len(rows)
                if self._zip.ready:
                    yield self._zip.taken()
            self._parts[-1] = replace(self._parts[-1], rows=row - _FIRST)
            _head, _styles, tail = _cut_open(self._package(self._parts)[name])
            file.write(tail)
        yield self._zip.taken()

    def _sheets(self) -> list[str]:
        return [f"xl/worksheets/sheet{number}.xml" for number, _part in enumerate(self._parts, 1)]

    def _add(self, files: dict[str, bytes], names: Iterable[str]) -> bytes:
        for name in names:
            self._zip.add(name, files[name])
        return self._zip.taken()

    def _package(self, parts: Sequence[_Part]) -> dict[str, bytes]:
        """Let XlsxWriter make a workbook of these sheets with samples instead of rows, and take it apart."""
        self._names.clear()
        stream = io.BytesIO()
        with open_workbook(stream, locale=self._language) as book:
            for part in parts:
                sheet = book.sheet(part.title)
                samples = [replace(one, value=_sample(one.kind)) for one in part.columns]
                write_table(sheet, samples, Qualifier)
                sheet.raw.autofilter(0, 0, part.rows, len(part.columns) - 1)
                self._dress(sheet)
                self._names.append(str(sheet.raw.name))
        with ZipFile(stream) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def _sample(kind: Kind) -> Callable[[Qualifier], Any]:
    """Give a value in each style that a column can have; text has none."""
    if kind in NUMBERS:
        return lambda qualifier: Quantity(1, qualifier)
    return lambda _qualifier: _ANY_DAY if kind in {Kind.DATE, Kind.DATETIME} else None


def _cut_open(sheet: bytes) -> tuple[bytes, Styles, bytes]:
    """Take out the samples: give what stands before and behind them, and how their styles are numbered.

    The size of the sheet stands in its head, where nobody knows it yet; it may be left out.
    """
    body, _end, tail = sheet.partition(b"</sheetData>")
    head, found, samples = body.partition(b'<row r="%d"' % _FIRST)
    styles = {
        (letter.decode(), tuple(Qualifier)[int(row) - _FIRST]): style.decode()
        for letter, row, style in _SAMPLE.findall(found + samples)
    }
    return _DIMENSION.sub(b"", head), styles, b"</sheetData>" + tail


class _Pieces:
    """Rows in pieces of the size that is asked for."""

    def __init__(self, batches: Iterable[Sequence[Any]]) -> None:
        self._batches = iter(batches)
        self._rows: Sequence[Any] = ()
        self._at = 0

    def left(self) -> bool:
        """Whether there are more rows."""
        while self._at >= len(self._rows):
            batch = next(self._batches, None)
            if batch is None:
                return False
            self._rows, self._at = batch, 0
        return True

    def next(self, most: int) -> Sequence[Any]:
        """Give the next rows; none where there are no more."""
        if not self.left():
            return ()
        rows = self._rows[self._at : self._at + min(most, ROWS_AT_ONCE)]
        self._at += len(rows)
        return rows


class _Rest:
    """What is too long for its cell, until its sheet is written."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - the book closes it
            _IN_MEMORY, "w+", encoding="ascii"
        )
        self.parts = 0

    def take(self, place: tuple[str, str, str], text: str) -> str:
        """Keep what no cell holds, and give what its cell shows."""
        more = " … " + str(_("(goes on on the sheet “%(sheet)s”)", sheet=LONG_TEXTS))
        shown = cut(text[:MAX_TEXT], MAX_TEXT - len(more))
        at, number = len(shown), 1
        while at < len(text):
            part = cut(text[at : at + MAX_TEXT], MAX_TEXT)
            at, number = at + len(part), number + 1
            self._file.write(json.dumps((*place, number, part)) + "\n")
            self.parts += 1
        return shown + more

    def batches(self) -> Iterator[Sequence[Any]]:
        """Give the rows of the sheet of long texts."""
        self._file.seek(0)
        for line in self._file:
            yield [json.loads(line)]

    def close(self) -> None:
        """Let go of them."""
        self._file.close()


#: Where it's cut, which cell goes on, and how.
_REST_COLUMNS = tuple(
    Column(heading, itemgetter(index), kind, width)
    for index, (heading, kind, width) in enumerate(
        (
            (_("Sheet"), Kind.TEXT, None),
            (_("Cell"), Kind.TEXT, 12),
            (_("Column"), Kind.TEXT, None),
            (_("Part"), Kind.INTEGER, 12),
            (_("Text"), Kind.TEXT, 80),
        )
    )
)
