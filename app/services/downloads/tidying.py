"""What is left of downloads: files whose time is over, files that nobody names, and rows that nobody needs."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import depot
from app.core.db import db
from app.models.downloads import Download, DownloadState
from app.queries import downloads as queries
from app.services.downloads.moving import move

STALE = timedelta(hours=1)  # so long may a file be without a row that names it


def expire(download: Download, now: datetime) -> bool:
    """Let a file expire, if its time is over, and say whether it did; it goes with the caller's ``depot.remove``."""
    if download.expires_at is None or download.expires_at > now:
        return False
    return move(download.id, DownloadState.EXPIRED, Download.expires_at <= now, token=None)


def tidy(now: datetime, forget: datetime) -> list[str]:
    """Let files expire and forget rows that ended before ``forget``; gives the names of files to remove after that.

    All persons' rows have to be in scope.
    """
    gone = []
    for download in db.session.scalars(queries.over(now)).all():
        token = download.token
        if expire(download, now) and token:
            gone.append(token)
    for download in db.session.scalars(queries.old(forget)).all():
        db.session.delete(download)
    db.session.flush()
    return gone


def sweep(now: datetime) -> int:
    """Remove files that no row names any more, as a worker leaves them that is killed. Gives how many went."""
    return depot.sweep({one for one in db.session.scalars(queries.tokens()) if one}, now - STALE)
