"""Write down each file that leaves the house."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from flask_babel import gettext
from sqlalchemy import insert, literal, select, update

from app.access import Section, current, everything
from app.core.db import db
from app.core.files import sha256
from app.core.rules import Problem, RuleBrokenError
from app.models.newsletters import Newsletter
from app.models.offices import Office
from app.models.receipts import FileContent, FileStatus, Receipt, ReceiptEntry
from app.models.subscribers import Subscription


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
    scope = current()
    receipt = Receipt(
        office_id=scope.home or _root(),
        staff_id=scope.staff_id,
        # The staff of the office read the receipt, and don't know what is in others where the person looked, too.
        sections=" ".join(sorted(sections)) if scope.gathered else "",
        title=title,
        format=fmt,
        rows=rows,
        sha256=sha256(file),
        filter=filters or None,
        purpose=purpose,
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt


def begin(
    newsletter: Newsletter,
    content: FileContent,
    *,
    title: str,
    fmt: str,
    filters: str,
    purpose: str,
) -> Receipt:
    """Record that a file of a newsletter is about to leave, in the newsletter's office.

    To be committed before the first byte: whatever happens then, somebody has taken something.
    """
    receipt = Receipt(
        office_id=newsletter.office_id,
        staff_id=current().staff_id,
        # The filter names the newsletter and its topics, and nothing of another office.
        sections=Section.NEWSLETTERS.value,
        newsletter=newsletter,
        content=content,
        status=FileStatus.BEGUN,
        title=title,
        format=fmt,
        rows=0,
        sha256="",
        filter=filters or None,
        purpose=purpose,
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt


def note(receipt_id: int, office_id: int, subscriptions: Sequence[int], rows: int) -> None:
    """Record whose subscriptions go into a file next, and how many rows it has with them."""
    lines = select(literal(receipt_id), Subscription.office_id, Subscription.id).where(
        Subscription.office_id == office_id, Subscription.id.in_(subscriptions)
    )
    columns = ["receipt_id", "office_id", "subscription_id"]
    db.session.execute(insert(ReceiptEntry).from_select(columns, lines))
    db.session.execute(update(Receipt).where(Receipt.id == receipt_id).values(rows=rows))


def end(receipt_id: int, status: FileStatus, sha256: str) -> None:
    """Record that a file has left as a whole, or was broken off; ``sha256`` is of what was sent."""
    values = {"status": status, "sha256": sha256}
    db.session.execute(update(Receipt).where(Receipt.id == receipt_id).values(**values))


def _root() -> int:
    """Give the topmost office: an administrator need not be staff of one."""
    with everything(current().actor):
        topmost = select(Office.id).order_by(Office.parent_id.is_not(None), Office.id)
        found = db.session.scalars(topmost).first()
    if found is None:
        message = gettext("Add the first office, please: each download is written down in one.")
        raise RuleBrokenError([Problem("", message)])
    return found
