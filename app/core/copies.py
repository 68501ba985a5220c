"""CSV that a database has written, made safe for spreadsheets: a block at once, and cell by cell only where it must be.

To ask for each cell whether it begins like a formula would cost more than the rows do. Here a block is looked at as a
whole: all signs that may begin a formula are made one, quotes are left out, and a separator before such a sign is what
is looked for. That finds all, and some too many: what stands within quotes looks alike, and so does a negative number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from app.core.delimited import EXCEL, FORMULA_STARTS, headings
from app.core.excel import Column

_END = b"\r\n"
_STARTS = frozenset(one.encode() for one in FORMULA_STARTS)
_ALIKE = bytes.maketrans(b"+-@\t\n", b"====;")
_CELL = re.compile(rb'(?:\A|;)((?:"[^"]*")+|[^;"][^;]*|)')


def copied(
    columns: Sequence[Column], batches: Iterable[Sequence[bytes]], numbers: Collection[int] = ()
) -> Iterator[bytes]:
    """Yield a file for spreadsheets of lines that a database has written with ";", each of which ends with LF.

    Empty text is written as nothing. ``numbers`` are the places of columns whose cells are numbers: a minus before one
    begins no formula.
    """
    yield headings(columns, EXCEL)
    for lines in batches:
        block = b"".join(lines)
        # A line end within a text may begin it, and an empty text may be a pair of quotes: these are rare enough.
        within = block.count(b"\n") != len(lines) or b"\r" in block
        if within or _holds(block, b'""') or _suspicious(block):
            yield b"".join([_guarded(line[:-1], numbers) for line in lines])
        else:
            yield block.replace(b"\n", _END)


def _suspicious(lines: bytes) -> bool:
    """Whether a cell may begin like a formula, be it in quotes or not, unless it's a line end that begins it."""
    seen = lines.translate(_ALIKE).replace(b'"', b"")
    return seen.startswith(b"=") or _holds(seen, b";=")


def _holds(lines: bytes, pair: bytes) -> bool:
    """Whether a pair of signs is in it: from behind, Python steps over what can't be one, and needs a quarter."""
    return lines.rfind(pair) >= 0


def _guarded(line: bytes, numbers: Collection[int]) -> bytes:
    cells: Iterable[bytes]
    if b'"' not in line:
        cells = line.split(b";")
    elif b'""' in line or b'"\n' in line or b'"\r' in line or _suspicious(line):
        cells = map(_plain, _CELL.findall(line))
    else:
        return line + _END
    return (
        b";".join(
            [
                b"'" + cell if cell[:1] in _STARTS and at not in numbers else cell
                for at, cell in enumerate(cells)
            ]
        )
        + _END
    )


def _plain(cell: bytes) -> bytes:
    """Guard a cell in quotes, and leave out those of an empty one; others are given as they are."""
    if cell == b'""':
        return b""
    quoted = cell.startswith(b'"')
    return b"\"'" + cell[1:] if quoted and cell[1:2] in _STARTS else cell
