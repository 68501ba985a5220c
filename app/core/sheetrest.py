"""What belongs to the rows of a sheet and doesn't stand in them: texts too long for a cell, and where links lead."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from operator import itemgetter
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from flask_babel import lazy_gettext as _

from app.core.excel import MAX_TEXT, Column, Kind, cut

LONG_TEXTS = _("Long texts")
MOST_LINKS = 65_530  # of a sheet: Excel opens no more
SAMPLE_LINK = "https://localhost/"

_LONGEST_LINK = 2_079
#: Of a line of a long text, and of a part: a page has several, and Excel no row above 409 points.
_LETTERS, _MOST_LINES = 80, 14
_LINE = 15  # points
_IN_MEMORY = 1 << 20  # of texts that are too long for their cells
_SCHEMES = ("https://", "http://", "mailto:", "tel:")
#: An address that stands in XML as it is, as most do: there are two or three in each row.
_PLAIN = re.compile(r"(?:https?://|mailto:|tel:)[0-9A-Za-z:/?#\[\]@!$()*+,;=%._~-]{0,2000}")
_LINKS = re.compile(rb"<hyperlinks>.*?</hyperlinks>")
_TARGETS = re.compile(rb'<Relationship [^>]*/hyperlink"[^>]*/>')
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def whole(home: str, address: str) -> str:
    """Put the address of the server before a path; other addresses are whole already."""
    return home + address if address.startswith("/") else address


class Links:
    """The links of a sheet; those ``beyond`` what Excel opens are texts."""

    def __init__(self, home: str) -> None:
        """Take what stands before addresses that begin with "/"."""
        self._home = home
        self.beyond = 0
        self._cells: list[str] = []
        self._targets: list[str] = []

    def take(self, cells: Sequence[str], addresses: Sequence[str | None]) -> list[bool]:
        """Take the addresses to which cells lead; False where the sheet can't have one."""
        return [
            address is not None and self._take(cell, address)
            for cell, address in zip(cells, addresses, strict=True)
        ]

    def untaken(self, taken: Sequence[int], addresses: Sequence[str | None]) -> list[str | None]:
        """Give the whole addresses of those that the sheet can't have; None for all else."""
        return [
            None if linked or address is None else whole(self._home, address)
            for linked, address in zip(taken, addresses, strict=True)
        ]

    def _take(self, cell: str, address: str) -> bool:
        address = whole(self._home, address)
        target = f'"{address}"'
        if not _PLAIN.fullmatch(address):
            quoted = quote(address, safe=":/?#[]@!$&'()*+,;=%-._~")
            if not address.startswith(_SCHEMES) or len(quoted) > _LONGEST_LINK:
                return False
            target = quoteattr(quoted)
        if len(self._cells) >= MOST_LINKS:
            self.beyond += 1
            return False
        self._cells.append(cell)
        self._targets.append(target)
        return True

    def in_sheet(self, tail: bytes) -> bytes:
        """Put the links into the sheet, in place of the sample."""
        links = self._each('<hyperlink ref="', self._cells, '" r:id="link', self._numbers(), '"/>')
        found = f"<hyperlinks>{links}</hyperlinks>".encode() if links else b""
        return _LINKS.sub(lambda _found: found, tail)

    def in_relations(self, relations: bytes) -> bytes:
        """Put where they lead into the file beside it, in place of the sample."""
        head, end, tail = _TARGETS.sub(b"", relations).rpartition(b"</Relationships>")
        middle, last = f'" Type="{_TYPE}" Target=', ' TargetMode="External"/>'
        links = self._each('<Relationship Id="link', self._numbers(), middle, self._targets, last)
        return head + links.encode() + end + tail

    def _numbers(self) -> Iterable[str]:
        return map(str, range(len(self._cells)))

    @staticmethod
    def _each(start: str, one: Iterable[str], middle: str, other: Iterable[str], end: str) -> str:
        parts = zip(repeat(start), one, repeat(middle), other, repeat(end))
        return "".join(chain.from_iterable(parts))


class Rest:
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
            part = text[at : _end(text, at)]
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


def _end(text: str, start: int) -> int:
    """Say where the part of a text ends of which a row shows all: behind a word, if there's one."""
    end, lines = start, _MOST_LINES
    while lines > 0 and end < len(text):
        found = text.find("\n", end, end + lines * _LETTERS) + 1
        if not found:
            most = end + lines * _LETTERS
            blank = text.rfind(" ", most - _LETTERS, most) + 1
            return blank if most < len(text) and blank > end else min(most, len(text))
        lines -= -((end - found) // _LETTERS)
        end = found
    return end


def rest_heights(columns: Sequence[Sequence[Any]]) -> Iterable[float]:
    """Give the heights of rows of long texts. Not every program finds them."""
    return [
        _LINE * min(1 + sum(1 + len(line) // _LETTERS for line in text.split("\n")), _MOST_LINES + 2)
        for text in columns[-1]
    ]


#: Where it's cut, which cell goes on, and how; as wide as a page.
REST_COLUMNS = tuple(
    Column(heading, itemgetter(index), kind, width)
    for index, (heading, kind, width) in enumerate(
        (
            (_("Sheet"), Kind.TEXT, 18),
            (_("Cell"), Kind.TEXT, 9),
            (_("Column"), Kind.TEXT, 18),
            (_("Part"), Kind.INTEGER, 8),
            (_("Text"), Kind.TEXT, 88),
        )
    )
)
