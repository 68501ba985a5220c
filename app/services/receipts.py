"""Write down each file that leaves the house."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from flask_babel import gettext
from sqlalchemy import select

from app.access import Section, current, everything
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.offices import Office
from app.models.receipts import Receipt

BLOCK = 1 << 20


def write(
    *,
    title: str,
    sections: Iterable[Section],
    fmt: str,
    rows: int,
    file: Path,
    filters: str = "",
    purpose: str | None = None,
) -> Receipt:
    """Record who took a file (the scope's actor), with how many rows, by which filter, and its SHA-256.

    ``sections`` are those that the file and the filter are about: who may not read them all doesn't get to see
    the filter. Raises RuleBrokenError where there is no office yet.
    """
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    scope = current()
    receipt = Receipt(
        office_id=scope.home or _root(),
        staff_id=scope.staff_id,
        # The staff of the office read the receipt, and don't know what is in others where the person looked, too.
        sections=" ".join(sorted(sections)) if scope.gathered else "",
        title=title,
        format=fmt,
        rows=rows,
        sha256=digest.hexdigest(),
        filter=filters or None,
        purpose=purpose,
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt


def _root() -> int:
    """Give the topmost office: an administrator need not be staff of one."""
    with everything(current().actor):
        topmost = select(Office.id).order_by(Office.parent_id.is_not(None), Office.id)
        found = db.session.scalars(topmost).first()
    if found is None:
        message = gettext("Add the first office, please: each download is written down in one.")
        raise RuleBrokenError([Problem("", message)])
    return found
