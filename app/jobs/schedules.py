"""Reports by mail: asked for when their day has come, and told to who gets one by a link, never with the data."""

from __future__ import annotations

import logging

from app.access import Scope, Verb, everything, opened
from app.core import clock, mail
from app.core.db import db
from app.core.queue import every_hour, task
from app.core.values import spoken
from app.jobs.addresses import page
from app.models.downloads import Download, DownloadState
from app.models.schedules import Sending
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
        download = db.session.get(Download, download_id)
        if download is None or download.state is not DownloadState.READY or download.recipient_id is None:
            return
        person = db.session.get_one(Staff, download.staff_id)
        message = mail.compose(
            "report_ready",
            (str(person), person.email),
            spoken(person.language.value if person.language else "de"),
            person=str(person),
            download=download,
            link=page("MyDownloadsView.index"),
        )
        outcome = Sending.SENT
        try:
            mail.send(message)
        except mail.RefusedError:
            outcome = Sending.REFUSED
        downloads.note(download.recipient_id, outcome, clock.now())
        db.session.commit()


def _may(name: str, scope: Scope) -> bool:
    """Whether a report may be taken out within a scope; one that there isn't any more, nobody may."""
    report = REPORTS.get(name)
    with opened(scope):
        return report is not None and report.allows(Verb.EXPORT)
