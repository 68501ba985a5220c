"""What workers do with downloads: each holds one for a while, and whoever loses it has no say any more.

A lease is a moment in the row, so that workers on any number of machines share one truth. Their clocks may differ by
less than a lease lasts. All of it works on rows of every person: within ``everything()``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.sql.elements import ColumnElement

from app.core import depot
from app.core.db import db
from app.models.downloads import Download, DownloadError, DownloadState
from app.queries import downloads as queries
from app.services.downloads.moving import changed, move
from app.services.downloads.noting import unmade

MOST_ATTEMPTS = 3


@dataclass(frozen=True)
class Lease:
    """A download that a worker holds: its key, the name of the file at this attempt, and which attempt it is."""

    key: int
    token: str
    attempt: int


@dataclass(frozen=True)
class Made:
    """A file that is whole: its rows, its size in bytes, and what it may hold."""

    rows: int
    size: int
    offices: Sequence[int] | None
    sections: Sequence[str]


def claim(worker: str, now: datetime, lasts: timedelta) -> Lease | None:
    """Take the next download, if there is one. One that has been begun too often is given up."""
    for key, attempts in db.session.execute(queries.next_ones(now)).all():
        if attempts >= MOST_ATTEMPTS:
            _give_up(key, now)
            continue
        lease = Lease(key, depot.name(), attempts + 1)
        taken = move(
            key,
            DownloadState.RUNNING,
            queries.due(now),
            Download.attempts == attempts,
            worker=worker,
            token=lease.token,
            lease_until=now + lasts,
            attempts=lease.attempt,
            rows=0,
        )
        if taken:
            return lease
    return None


def renew(lease: Lease, until: datetime, rows: int, expected: int | None) -> bool:
    """Hold a download for longer, and tell how far it is. Says whether it's still held."""
    values = {"lease_until": until, "rows": rows} | ({} if expected is None else {"expected": expected})
    return changed(
        lease.key, Download.state == DownloadState.RUNNING, Download.token == lease.token, **values
    )


def finish(lease: Lease, made: Made, now: datetime, expires: datetime) -> bool:
    """Say that the file is there. Says whether the download was still held: else nobody wants this file."""
    return move(
        lease.key,
        DownloadState.READY,
        Download.token == lease.token,
        rows=made.rows,
        size=made.size,
        offices=None if made.offices is None else list(made.offices),
        sections=list(made.sections),
        error=None,
        lease_until=None,
        ended_at=now,
        expires_at=expires,
    )


def fail(lease: Lease, error: DownloadError, now: datetime) -> bool:
    """Give a download up, and say why. Says whether it was still held: else another has the say."""
    return _ended(lease.key, error, now, Download.token == lease.token)


def put_off(lease: Lease, error: DownloadError, until: datetime) -> bool:
    """Let a download wait for another attempt, which may begin at a moment."""
    held = Download.token == lease.token
    return move(lease.key, DownloadState.WAITING, held, error=error, lease_until=until, token=None)


def _give_up(key: int, now: datetime) -> None:
    known = db.session.get(Download, key)
    error = (known.error if known else None) or DownloadError.STOPPED
    _ended(key, error, now, queries.due(now))


def _ended(key: int, error: DownloadError, now: datetime, condition: ColumnElement[bool]) -> bool:
    """Let a download fail, unless somebody else was first: so that each failure is told once."""
    if not move(key, DownloadState.FAILED, condition, error=error, lease_until=None, ended_at=now):
        return False
    unmade(db.session.get_one(Download, key), error, now)
    return True
