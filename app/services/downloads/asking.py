"""What a person does with downloads: ask for one, cancel it, ask again, take it off the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext
from sqlalchemy import CursorResult, delete, update

from app.access import Scope, Verb, current
from app.core import clock, queue
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.downloads import ACTIVE, Download, DownloadError, DownloadState
from app.queries import downloads as queries
from app.services.downloads.moving import move
from app.services.downloads.noting import cancelled

MOST = 50  # of a person that wait at the same time
TASK = "downloads.make"


@dataclass(frozen=True)
class Asked:
    """What is asked for: a report by its name, its parameters as an address names them, and how the file looks."""

    title: str
    report: str
    parameters: Mapping[str, str]
    fmt: str
    language: str
    sheet: str = ""
    words: str = ""


def ask(asked: Asked, expected: int | None = None) -> Download:
    """Have a file made in the background, in the offices in which the person works now.

    ``expected`` are its rows, as far as they are known. Raises RuleBrokenError where too many wait already.
    """
    if (db.session.scalar(queries.active()) or 0) >= MOST:
        message = gettext(
            "%(num)s of your downloads are waiting already. Please wait, or cancel some.", num=MOST
        )
        raise RuleBrokenError([Problem("", message)])
    same = queries.same(asked.report, asked.fmt, asked.sheet, asked.language, current().chosen)
    for known in db.session.scalars(same):
        if known.parameters == dict(asked.parameters):
            return known  # a second click
    download = Download(
        title=asked.title[:200],
        words=asked.words,
        report=asked.report,
        parameters=dict(asked.parameters),
        fmt=asked.fmt,
        sheet=asked.sheet,
        language=asked.language,
        chosen=current().chosen,
        expected=expected,
    )
    db.session.add(download)
    db.session.flush()
    queue.after_commit(TASK)
    return download


def may_fetch(download: Download, scope: Scope) -> bool:
    """Whether a person who has this scope today may still have what is in the file: its offices, and its sections."""
    offices = scope.everywhere or (
        download.offices is not None and scope.offices.issuperset(download.offices)
    )
    return offices and all(scope.may(Verb.EXPORT, section) for section in download.sections)


def withdraw(download: Download, error: DownloadError, at: datetime) -> bool:
    """Take back a file that its person may no longer have, or that is gone."""
    return move(download.id, DownloadState.FAILED, error=error, ended_at=at, expires_at=None, token=None)


def cancel(download: Download) -> bool:
    """Cancel one that waits or runs, which its worker notices within seconds; say whether there was anything left."""
    if not move(download.id, DownloadState.CANCELLED, ended_at=clock.now(), lease_until=None):
        return False
    cancelled(download)
    return True


def retry(download: Download) -> bool:
    """Have one made anew that failed, was cancelled or expired; say whether it was."""
    anew: dict[str, Any] = dict.fromkeys(
        ("error", "size", "token", "worker", "lease_until", "ended_at", "expires_at", "offices")
    )
    conditions = (Download.state.not_in(ACTIVE),)
    if not move(download.id, DownloadState.WAITING, *conditions, **anew, rows=0, attempts=0, seen=False):
        return False
    queue.after_commit(TASK)
    return True


def remove(download: Download) -> bool:
    """Take one off the list that neither waits nor runs; its file goes with the caller's ``depot.remove``."""
    statement = delete(Download).where(Download.id == download.id, Download.state.not_in(ACTIVE))
    db.session.expunge(download)
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1


def see() -> None:
    """Note that the person has seen what has ended."""
    unseen = update(Download).where(Download.seen.is_(False), Download.state.not_in(ACTIVE))
    db.session.execute(unseen.values(seen=True).execution_options(synchronize_session=False))
