"""Text files with a row a line: CSV as the programs of this world write it."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from flask_babel import lazy_gettext as _

from app.core.sheets.limits import UnreadableError

BLOCK = 1 << 16
SEPARATORS = (";", ",", "\t", "|")
LOOKED_AT = 50  # rows, to find the separator
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What text without a mark is, in the order in which it's tried: the first takes no other's umlauts for its own,
#: and the last takes anything. The middle one contains all letters of Latin-1.
_GUESSES = ("utf-8", "cp1252", "cp850")
_MANY = 0.3  # share of NUL in UTF-16 without a mark, where every second byte of Latin text is one
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r\x0b\x0c\x1a"})
_FEW = 0.02  # share of control characters that text may have, by some accident


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the rows with their numbers, counted from 1.

    Raises UnreadableError for what is no text, and where a quotation mark is never closed: the rest of the file
    would be one cell.
    """
    encoding = _encoding(path)
    separator, skipped = _separator(path, encoding)
    with path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=separator, strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader, 1):
                if number > skipped:
                    yield number, cells
        except csv.Error:
            message = _("From row %(number)s on, a quotation mark isn't closed.", number=number + 1)
            raise UnreadableError("quote", message) from None


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(BLOCK)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return _checked(path, name)
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[start::2].count(0) > _MANY * len(head):
            return _checked(path, name)
    if len(head) - len(head.translate(None, _CONTROLS)) > _FEW * len(head):
        raise UnreadableError("binary")
    return next(name for name in _GUESSES if _is(path, name))


def _checked(path: Path, encoding: str) -> str:
    if not _is(path, encoding):
        raise UnreadableError("binary")
    return encoding


def _is(path: Path, encoding: str) -> bool:
    """Whether the whole file is in this encoding."""
    try:
        with path.open(encoding=encoding) as stream:
            while stream.read(BLOCK):
                pass
    except UnicodeError:
        return False
    return True


def _separator(path: Path, encoding: str) -> tuple[str, int]:
    """Give what stands between cells, and how many rows say nothing but that: Excel writes "sep=;"."""
    with path.open(encoding=encoding, newline="") as stream:
        first = stream.readline().strip()
        if first[:4].lower() == "sep=" and first[4:5] in SEPARATORS:
            return first[4], 1
        stream.seek(0)
        lines = list(islice(stream, LOOKED_AT))
    return max(SEPARATORS, key=lambda sign: _fit(lines, sign)), 0


def _fit(lines: list[str], sign: str) -> tuple[int, int]:
    """Say how well a separator fits: how many rows it cuts into the same number of cells, and that number."""
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=sign) if cells)
    except csv.Error:
        return 0, 0
    several = {width: count for width, count in widths.items() if width > 1}
    if not several:
        return 0, 0
    width = max(several, key=lambda one: (several[one], one))
    return several[width], width
