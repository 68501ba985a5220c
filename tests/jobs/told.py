"""What became of reports by mail: what is noted of each recipient, and the mails that were sent."""

from __future__ import annotations

from sqlalchemy import select

from app.core import mail, spool
from app.core.db import db
from app.models.schedules import ReportRecipient


def outcomes():
    db.session.expire_all()
    return {one.person_id: one.outcome for one in db.session.scalars(select(ReportRecipient))}


def mails():
    folder = mail.spool_folder()
    return [spool.read(folder, name) for name in spool.names(folder)]
