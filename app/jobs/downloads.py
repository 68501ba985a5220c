"""Files that are made in the background. Any number of workers may run; each makes one file at a time.

A task names no download: each takes the next, so that twenty of one person keep nobody else's waiting. What a worker
leaves that is killed is found by its lease, see ``app.services.downloads``.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from typing import cast

from flask import Flask, current_app
from flask_babel import force_locale
from sqlalchemy import exc
from werkzeug.local import LocalProxy

from app.access import Verb, current, everything, of_staff, opened
from app.core import clock, depot, progress
from app.core.db import db
from app.core.failures import causes, no_space
from app.core.patience import TooSlowError, within
from app.core.queue import enqueue, enqueue_later, every_hour, every_minute, task
from app.core.rules import RuleBrokenError
from app.jobs.heart import Heart, LostError
from app.models.downloads import Download, DownloadError
from app.queries import downloads as queries
from app.reports.sources import Source, Work, source
from app.services import downloads, receipts

log = logging.getLogger(__name__)

ACTOR = "Marktbüro"
TASK = "downloads.make"
WATCH = "downloads.watch"
COUNTING = 5.0  # seconds; a file whose rows take longer to count shows no bar
BUSY = 10  # seconds until a task comes again that found its worker at work
AT_ONCE = 8  # tasks that wake idle workers
# One file at a time: the other threads of a worker are for mails, and a page beside it stays quick.
_at_work = Lock()


class RefusedError(Exception):
    """A download that can't be made, whoever tries: for this reason."""

    def __init__(self, reason: DownloadError) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason


@task(TASK)
def make() -> None:
    """Make the next file, unless this worker is at one already. Done twice, it makes the one after, or nothing."""
    if not _at_work.acquire(blocking=False):
        if _waiting():
            enqueue_later(BUSY, TASK)
        return
    try:
        lease = _claimed()
        if lease is None:
            return
        enqueue_later(current_app.config["DOWNLOAD_LEASE"] + 1, WATCH, lease.key, lease.attempt)
        _make(lease)
    finally:
        _at_work.release()
    if _waiting():
        enqueue(TASK)


@task(WATCH)
def watch(key: int, attempt: int) -> None:
    """Come when a lease would be over: if it is, have another worker make the file; if it was renewed, come again."""
    with everything(ACTOR):
        until = db.session.scalar(queries.held(key, attempt))
    if until is None:
        return
    left = (until - clock.now()).total_seconds()
    if left > 0:
        enqueue_later(int(left) + 1, WATCH, key, attempt)
    else:
        enqueue(TASK)


@every_minute("downloads.resume")
def resume() -> None:
    """Take up what was left: by a worker that was killed, by a queue that lost a task, by a database that was away."""
    for _each in range(min(_waiting(), AT_ONCE)):
        enqueue(TASK)


@every_hour("downloads.tidy")
def tidy() -> None:
    """Delete files whose time is over, those that nobody names, and what the lists needn't tell any more."""
    now = clock.now()
    with everything(ACTOR):
        gone = downloads.tidy(now, now - timedelta(days=current_app.config["DOWNLOAD_LIST_DAYS"]))
        db.session.commit()
        for token in gone:
            depot.remove(token)
        downloads.sweep(now)


def _waiting() -> int:
    with everything(ACTOR):
        return db.session.scalar(queries.waiting(clock.now())) or 0


def _claimed() -> downloads.Lease | None:
    lasts = timedelta(seconds=current_app.config["DOWNLOAD_LEASE"])
    with everything(ACTOR):
        lease = downloads.claim(f"{socket.gethostname()[:40]}:{os.getpid()}", clock.now(), lasts)
        db.session.commit()
    return lease


def _make(lease: downloads.Lease) -> None:
    """Make a file, or say why there's none. What can't even be said, because the database is away, its lease says."""
    app = cast("LocalProxy[Flask]", current_app)._get_current_object()  # noqa: SLF001 - as documented
    try:
        order = _order(lease.key)
        with _working_for(order) as maker:
            with Heart(app, lease) as heart, progress.told_to(heart.step):
                work, made = _written(maker, order, lease, heart)
            _publish(work, order, lease, made)
    except LostError:
        log.info("download %s isn't wanted any more", lease.key)
        db.session.rollback()
        depot.remove(lease.token)
    except Exception as error:
        log.exception("download %s failed", lease.key)
        db.session.rollback()
        depot.remove(lease.token)
        _tell(lease, _reason(error))


def _order(key: int) -> Download:
    """Read what was asked for, once: the row belongs to whoever changes it meanwhile."""
    with everything(ACTOR):
        order = db.session.get_one(Download, key)
        db.session.expunge(order)
        db.session.commit()
    return order


@contextmanager
def _working_for(order: Download) -> Iterator[Source]:
    """Work with the rights that the person has today, in the offices where they work today, in their language."""
    scope = of_staff(order.staff_id, order.chosen)
    maker = source(order.report)
    if maker is None:
        raise RefusedError(DownloadError.ASKED)
    with opened(scope), force_locale(order.language):
        if scope.chosen != order.chosen or not maker.allows(Verb.EXPORT):
            raise RefusedError(DownloadError.RIGHTS)
        yield maker


def _written(
    maker: Source, order: Download, lease: downloads.Lease, heart: Heart
) -> tuple[Work, downloads.Made]:
    """Write the file, whole or not at all."""
    try:
        work = maker.work(order.parameters, order.fmt, order.sheet, order.language)
    except (KeyError, ValueError) as error:
        raise RefusedError(DownloadError.ASKED) from error
    heart.expected = _expected(work)
    with depot.making(lease.token) as draft:
        rows = work.write(draft)
        size = draft.stat().st_size
    scope = current()
    offices = None if scope.everywhere else sorted(scope.offices)
    sections = sorted(one for one in work.sections if scope.may(Verb.EXPORT, one))
    return work, downloads.Made(rows, size, offices, sections)


def _expected(work: Work) -> int | None:
    """Count the rows, unless that takes long: then the person reads how many there are so far."""
    try:
        with within(COUNTING):
            return work.size() or None
    except TooSlowError:
        return None


def _publish(work: Work, order: Download, lease: downloads.Lease, made: downloads.Made) -> None:
    """Say that the file is there, and write down who took it: in one transaction, so that each file has one receipt."""
    db.session.rollback()  # what was read is of an older state of the database than what is written now
    now = clock.now()
    expires = now + timedelta(days=current_app.config["DOWNLOAD_DAYS"])
    if not downloads.finish(lease, made, now, expires):
        raise LostError
    receipts.write(
        title=order.title,
        sections=work.sections,
        fmt=order.fmt,
        rows=made.rows,
        file=depot.place(lease.token),
        filters=work.words,
    )
    downloads.made(order)
    db.session.commit()


def _tell(lease: downloads.Lease, reason: DownloadError) -> None:
    """Write down why there is no file; where the database was away, have it tried again after a while."""
    now = clock.now()
    with everything(ACTOR):
        try:
            if reason is DownloadError.DATABASE and lease.attempt < downloads.MOST_ATTEMPTS:
                pause = timedelta(seconds=current_app.config["DOWNLOAD_PAUSE"])
                downloads.put_off(lease, reason, now + pause)
            else:
                downloads.fail(lease, reason, now)
            db.session.commit()
        except exc.SQLAlchemyError:
            log.exception("download %s: its lease will run out", lease.key)
            db.session.rollback()


def _reason(error: BaseException) -> DownloadError:
    """Give the reason that a person can do something with. Libraries wrap errors of the disk in their own."""
    behind = list(causes(error))
    if no_space(error):
        return DownloadError.SPACE
    for one in behind:
        if isinstance(one, RefusedError):
            return one.reason
        if isinstance(one, RuleBrokenError):
            return DownloadError.OFFICE
    if any(isinstance(one, exc.OperationalError | exc.InterfaceError) for one in behind):
        return DownloadError.DATABASE
    return DownloadError.BROKEN
