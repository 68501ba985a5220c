"""Reports by mail: asked for when their day has come, and told to who gets one by a link, never with the data.

That one couldn't be made is told at most once, as in ``app.jobs.followups``; the owner reads it, too.
"""

from __future__ import annotations

import logging
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from app.access import Scope, Verb, everything, opened
from app.core import clock, mail
from app.core.db import db
from app.core.queue import every_hour, task
from app.core.values import spoken
from app.jobs.addresses import page
from app.models.downloads import Download, DownloadState
from app.models.schedules import ReportRecipient, Sending
from app.models.users import Staff
from app.queries import schedules as queries
from app.reports import REPORTS
from app.services import downloads

log = logging.getLogger(__name__)

ACTOR = "Marktbüro"


@every_hour("schedules.run")
def run() -> None:
    """Ask for the reports of the day; one that fails keeps none of the others from it."""
    today = clock.today()
    with everything(ACTOR):
        for key in db.session.scalars(queries.due(today)).all():
            try:
                downloads.run_one(key, _may, today, clock.now())
                db.session.commit()
            except Exception:
                log.exception("schedule %s failed", key)
                db.session.rollback()


@task("downloads.tell")
def tell(download_id: int) -> None:
    """Write to the recipient of a schedule that the file is there, unless it's no longer."""
    with everything(ACTOR):
        download = _of_schedule(download_id, DownloadState.READY)
        if download is None:
            return
        link = page("MyDownloadsView.index")
        told = _told(download.staff_id, "report_ready", download=download, link=link)
        downloads.note(download.recipient_id, Sending.SENT if told else Sending.REFUSED, clock.now())
        db.session.commit()


@task("schedules.failed")
def tell_failed(download_id: int) -> None:
    """Write to the recipient of a schedule why there's no file, unless it was told, or is being made anew."""
    with everything(ACTOR):
        download = _of_schedule(download_id, DownloadState.FAILED)
        if download is None:
            return
        recipient = db.session.get_one(ReportRecipient, download.recipient_id)
        if recipient.outcome is not Sending.FAILED:
            return
        more = {"download": download, "schedule": recipient.schedule, "link": page("MyDownloadsView.index")}
        message = _written(download.staff_id, "report_failed", **more)
        recipient.outcome = Sending.TOLD
        try:
            db.session.commit()
        except StaleDataError:
            db.session.rollback()  # another worker was first
            return
        try:
            mail.send(message)
        except mail.RefusedError:
            recipient.outcome = Sending.FAILED
            db.session.commit()
        except OSError as error:
            if mail.never_left(error):
                recipient.outcome = Sending.FAILED
                db.session.commit()
            raise


@task("schedules.stopped")
def tell_stopped(recipient_id: int) -> None:
    """Write to a recipient why the report no longer comes, unless it comes again."""
    with everything(ACTOR):
        recipient = db.session.get(ReportRecipient, recipient_id)
        if recipient is None or recipient.schedule.problem is None:
            return
        link = page("ReportView.show", name=recipient.schedule.report)
        _told(recipient.person_id, "report_stopped", schedule=recipient.schedule, link=link)


def _of_schedule(download_id: int, state: DownloadState) -> Download | None:
    """Give a recipient's download, unless it's gone, in another state by now, or of no schedule."""
    download = db.session.get(Download, download_id)
    fits = download is not None and download.state is state and download.recipient_id is not None
    return download if fits else None


def _told(person_id: int, template: str, **more: Any) -> bool:
    """Write to a person; False where the mail server refuses the address."""
    try:
        mail.send(_written(person_id, template, **more))
    except mail.RefusedError:
        return False
    return True


def _written(person_id: int, template: str, **more: Any) -> EmailMessage:
    """Write a mail in a person's language."""
    person = db.session.get_one(Staff, person_id)
    language = spoken(person.language.value if person.language else "de")
    return mail.compose(template, (str(person), person.email), language, person=str(person), **more)


def _may(name: str, scope: Scope) -> bool:
    """Whether a report may be taken out within a scope; one that there isn't any more, nobody may."""
    report = REPORTS.get(name)
    with opened(scope):
        return report is not None and report.allows(Verb.EXPORT)
