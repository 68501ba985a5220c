"""What became of a report by mail: noted for its owner, and told to who was to get it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.access import current, everything
from app.core import clock, queue
from app.core.db import db
from app.models.downloads import Download, DownloadError
from app.models.schedules import ReportRecipient, Sending

TELL = "downloads.tell"
TELL_FAILED = "schedules.failed"


def made(download: Download) -> None:
    """Have the recipient of a schedule told that the file is there; nobody else is."""
    if download.recipient_id is not None:
        queue.after_commit(TELL, download.id)


def unmade(download: Download, error: DownloadError, at: datetime) -> None:
    """Note that a report couldn't be made, and have its recipient told why; nobody is who lost the right to it.

    What is tried once more by hand, and fails again, is no news: who tries it sees it. All persons' rows have to be in
    scope.
    """
    rights_lost = error is DownloadError.RIGHTS
    before = note(download.recipient_id, Sending.RIGHTS if rights_lost else Sending.FAILED, at)
    if before is Sending.MADE and not rights_lost:
        queue.after_commit(TELL_FAILED, download.id)


def cancelled(download: Download) -> None:
    """Note that its recipient has broken off a report by mail: its owner needn't wait for it."""
    if download.recipient_id is not None:
        with everything(current().actor):
            note(download.recipient_id, Sending.CANCELLED, clock.now())
            db.session.flush()  # the row is its owner's, and would be refused outside


def note(recipient_id: int | None, outcome: Sending, at: datetime) -> Sending | None:
    """Note what became of a report, for its owner, and give what was noted before.

    All persons' rows have to be in scope.
    """
    found = db.session.scalars(
        select(ReportRecipient).where(ReportRecipient.id == recipient_id)
    ).one_or_none()
    if found is None:
        return None
    before, found.outcome, found.outcome_at = found.outcome, outcome, at
    return before
