"""Workbooks that are given out, each with a receipt."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import send_file
from flask_babel import get_locale
from werkzeug.wrappers import Response

from app.access import Section
from app.core import clock
from app.core.db import db
from app.core.excel import open_workbook
from app.services import receipts
from app.views.downloads import TYPES


def give(title: str, sections: Iterable[Section], fill: Callable[[Any], int], filters: str = "") -> Response:
    """Give the workbook that ``fill`` writes, and write down who took it; ``fill`` gives the number of rows."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "workbook.xlsx"
        with open_workbook(target, locale=str(get_locale() or "de")) as book:
            rows = fill(book)
        receipts.write(title=title, sections=sections, fmt="xlsx", rows=rows, file=target, filters=filters)
        stream = BytesIO(target.read_bytes())
    db.session.commit()
    name = f"{title}_{clock.today():%Y-%m-%d}.xlsx"
    return send_file(stream, mimetype=TYPES["xlsx"], as_attachment=True, download_name=name)
