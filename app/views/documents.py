"""Documents that are given out, each with a receipt."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from flask import send_file
from flask_babel import get_locale
from werkzeug.wrappers import Response

from app.access import Section
from app.core import clock
from app.core.db import db
from app.core.excel import open_workbook
from app.services import receipts
from app.views.background import TYPES


def give(
    title: str,
    sections: Iterable[Section],
    fmt: str,
    write: Callable[[Path], int],
    filters: str = "",
    *,
    purpose: str | None = None,
    inline: bool = False,
) -> Response:
    """Give the document that ``write`` writes to a path, and write down who took it; it gives the number of rows.

    An ``inline`` one is opened by the browser instead of kept as a file.
    """

    def written_down(target: Path) -> None:
        rows = write(target)
        receipts.write(
            title=title, sections=sections, fmt=fmt, rows=rows, file=target, filters=filters, purpose=purpose
        )

    stream = _made(fmt, written_down)
    db.session.commit()
    return _sent(stream, title, fmt, inline=inline)


def show(title: str, fmt: str, write: Callable[[Path], None]) -> Response:
    """Let the browser open a document that holds nothing of people, and leaves no receipt."""
    return _sent(_made(fmt, write), title, fmt, inline=True)


def _made(fmt: str, write: Callable[[Path], None]) -> IO[bytes]:
    """Write a document, and open it: the file is open when its name goes; the space is freed after it was sent."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"document.{fmt}"
        write(target)
        return target.open("rb")


def _sent(stream: IO[bytes], title: str, fmt: str, *, inline: bool) -> Response:
    name = f"{title}_{clock.today():%Y-%m-%d}.{fmt}"
    answer = send_file(stream, mimetype=TYPES[fmt], as_attachment=not inline, download_name=name)
    answer.content_length = os.fstat(stream.fileno()).st_size
    if inline:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def workbook(fill: Callable[[Any], int]) -> Callable[[Path], int]:
    """Write a workbook with what ``fill`` puts into it."""

    def write(target: Path) -> int:
        with open_workbook(target, locale=str(get_locale() or "de")) as book:
            return fill(book)

    return write
