"""Read how many contracts a result sheet, a PDF and a press text tell: from what was downloaded, as people get it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from html import unescape
from io import BytesIO

from flask_babel import force_locale
from python_calamine import CalamineWorkbook

from app.models.figures import Measure

UNKNOWN = "–"

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_SIGN = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>")
_TEXT = re.compile(rb"\(((?:[^\\()]|\\.)*)\) Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_CONTROLS = {b"r": b"\r", b"n": b"\n"}


def in_workbook(content: bytes) -> str:
    """Give the number beside "Contracts" on the first sheet, in the language that is in force."""
    with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
        for label, *cells in book.get_sheet_by_index(0).iter_rows():
            if label == str(Measure.CONTRACTS):
                numbers = [cell for cell in cells if isinstance(cell, float)]
                return f"{numbers[0]:g}" if numbers else UNKNOWN
    return UNKNOWN


def in_document(content: bytes) -> str:
    """Give the number after "Contracts" in the PDF's first table."""
    found = (re.search(rf"^{Measure.CONTRACTS}\n(\d+)$", text, re.MULTILINE) for text in texts(content))
    return next((one[1] for one in found if one), UNKNOWN)


def in_press(page: str, language: str) -> str:
    """Give the number of contracts in the paragraph of a language."""
    text = re.search(rf'id="press-text-{language}"[^>]*>(.*?)</blockquote>', page, re.DOTALL)
    with force_locale(language):
        told = re.search(rf"(\d+) {Measure.CONTRACTS}", unescape(text[1]) if text else "", re.IGNORECASE)
    return told[1] if told else UNKNOWN


def texts(content: bytes) -> Iterator[str]:
    """Give the texts of a PDF as our own writer makes it, a line each: once as each of its fonts would read them.

    No library that we run with reads PDF. A font that isn't the one of a text reads it as nonsense, and finds nothing.
    """
    streams = [_plain(one) for one in _STREAM.findall(content)]
    pieces = [_ESCAPED.sub(_sign, piece) for stream in streams for piece in _TEXT.findall(stream)]
    for stream in streams:
        if b"begincmap" in stream:
            signs = {bytes.fromhex(a.decode()): chr(int(b, 16)) for a, b in _SIGN.findall(stream)}
            yield "\n".join(
                "".join(signs.get(piece[at : at + 2], "?") for at in range(0, len(piece), 2))
                for piece in pieces
            )


def _sign(found: re.Match[bytes]) -> bytes:
    return _CONTROLS.get(found[1], found[1])


def _plain(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream
