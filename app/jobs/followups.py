"""Ask the parties of contracts by mail, and remind them: written down hour by hour, and sent at most once.

A mail is marked as begun, and that is committed, before it's handed to the server. A worker that is killed in between
leaves it marked "perhaps sent", and nobody sends it again: a volunteer who gets the same mail twice is annoyed, while
one that was lost is made up for by the next reminder and by the call list. Only what surely never left is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from email.message import EmailMessage
from functools import partial

from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.access import everything
from app.core import clock, mail, queue
from app.core.db import db
from app.core.queue import every_hour, task
from app.jobs.addresses import page
from app.models.contracts import ContractStatus
from app.models.events import Event, EventStatus
from app.models.followups import FollowUp, FollowUpMail, MailState
from app.queries import followups as queries
from app.services import followups, links
from app.services.followups import Reach

log = logging.getLogger(__name__)

ACTOR = "Marktbüro"
BATCH = 200
#: A mail that waits longer was lost with its task: the tries of a task take less.
LOST = timedelta(hours=4)


@every_hour("followups.ask")
def ask() -> None:
    """Write down who is to be asked and reminded, and have the mails sent. Done twice, it finds it done."""
    today = clock.today()
    with everything(ACTOR):
        for event_id in db.session.scalars(queries.events_to_ask(today)).all():
            _alone(partial(followups.prepare, event_id, today))
        keys = db.session.scalars(queries.to_remind().with_only_columns(FollowUp.id)).all()
        for start in range(0, len(keys), BATCH):
            _alone(partial(_remind, keys[start : start + BATCH]))
        for key in db.session.scalars(queries.left_behind(clock.now() - LOST)).all():
            queue.enqueue("followups.send", key)


@task("followups.ask_now")
def ask_now(event_id: int) -> None:
    """Ask all parties of an event whom nobody has asked yet, on the wish of its office."""
    with everything(ACTOR):
        event = db.session.get(Event, event_id)
        if event is not None and _writes(event):
            _alone(partial(_ask_at_once, event))


@task("followups.send")
def send(mail_id: int) -> None:
    """Send a mail that was written down, if it's still wanted and nobody has begun with it."""
    with everything(ACTOR):
        written = db.session.get(FollowUpMail, mail_id)
        if written is None or written.state is not MailState.WAITING:
            return
        asked = written.follow_up
        reach = followups.of_party(asked.contract, asked.organisation_id, clock.today())
        wanted = _wanted(asked) and reach.email is not None
        written.state, written.at = MailState.SENDING if wanted else MailState.DROPPED, clock.now()
        try:
            db.session.commit()
        except StaleDataError:
            db.session.rollback()  # another worker was first
            return
        if wanted:
            _hand_over(written, reach)


def _hand_over(written: FollowUpMail, reach: Reach) -> None:
    try:
        mail.send(_compose(written, reach))
    except (mail.RefusedError, ValueError):
        written.state = MailState.REFUSED  # there's no such address
    except OSError as error:
        if mail.never_left(error):
            written.state = MailState.WAITING
            db.session.commit()
        raise
    else:
        written.state = MailState.SENT
    written.at = clock.now()
    db.session.commit()


def _compose(written: FollowUpMail, reach: Reach) -> EmailMessage:
    asked = written.follow_up
    contract, office = asked.contract, asked.contract.office
    sender = (office.name, office.email) if office.email else None
    return mail.compose(
        "follow_up",
        (reach.name, reach.email or ""),
        reach.language.value,
        sender=sender,
        contract=contract,
        organisation=asked.organisation,
        office=office,
        stage=asked.stage.value,
        reminder=written.number > 1,
        name=reach.name,
        days=current_app.config["REPORT_DAYS"],
        link=page("ReportPages.report", links.to_report(asked), _l_=reach.language.value),
    )


def _wanted(asked: FollowUp) -> bool:
    """Whether an answer is still waited for, by an office that has its parties written to."""
    contract = asked.contract
    event = contract.event
    return (
        asked.open
        and contract.status is not ContractStatus.CANCELLED
        and event is not None
        and _writes(event)
    )


def _writes(event: Event) -> bool:
    return event.follow_up_mails and event.status is not EventStatus.CANCELLED


def _remind(keys: Sequence[int]) -> None:
    some = queries.to_remind().where(FollowUp.id.in_(keys))
    _send(followups.plan(db.session.scalars(some).all(), clock.now()))


def _ask_at_once(event: Event) -> None:
    _send(followups.ask_now(event, clock.today()))


def _send(mails: Iterable[FollowUpMail]) -> None:
    """Have mails sent once they are written down."""
    for one in mails:
        queue.after_commit("followups.send", one.id)


def _alone(work: Callable[[], object]) -> None:
    """Do a piece and commit it; where another worker did it in this hour, leave it to that one."""
    try:
        work()
        db.session.commit()
    except (IntegrityError, StaleDataError):
        db.session.rollback()
        log.info("another worker has asked them")
