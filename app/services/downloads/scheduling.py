"""Set reports up to be made again and again, and ask for them when their day has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from flask_babel import gettext
from sqlalchemy import CursorResult, update

from app.access import Scope, Section, Verb, current, everything, of_staff, rights, roles_named
from app.core import queue
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.core.values import spoken
from app.models.downloads import Download, DownloadError
from app.models.schedules import ReportRecipient, ReportSchedule, Rhythm, Sending
from app.models.users import Staff
from app.queries import schedules as queries
from app.services.downloads.asking import TASK, Asked

MOST = 50  # recipients
STOPPED = "schedules.stopped"

May = Callable[[str, Scope], bool]


@dataclass(frozen=True)
class Wanted:
    """What a form says: how often, in which format, and to whom."""

    rhythm: Rhythm
    fmt: str
    people: Sequence[int]


def allowed(sections: Iterable[Section]) -> list[Staff]:
    """Give the colleagues who may take out what is about these sections, by name."""
    needed = {(section, Verb.EXPORT) for section in sections}
    return [
        one
        for one in db.session.scalars(queries.colleagues())
        if needed <= rights(roles_named(role.name for role in one.roles))
    ]


def schedule(asked: Asked, wanted: Wanted, sections: Iterable[Section], today: date) -> ReportSchedule:
    """Set a report up, of the offices in which the person works now. Raises as ``change`` does."""
    made = ReportSchedule(
        title=asked.title[:200],
        words=asked.words,
        report=asked.report,
        parameters=dict(asked.parameters),
        chosen=current().chosen,
        next_on=today,
    )
    change(made, wanted, sections, today)
    db.session.add(made)
    db.session.flush()
    return made


def change(schedule: ReportSchedule, wanted: Wanted, sections: Iterable[Section], today: date) -> None:
    """Change how often it's made, and for whom. Raises RuleBrokenError for nobody, too many, or who has no right."""
    may = {one.id: one for one in allowed(sections)}
    known = {one.person_id: one for one in schedule.recipients}
    people = list(dict.fromkeys(wanted.people))
    if not people or len(people) > MOST:
        message = gettext("Please choose who gets it: between one person and %(num)s.", num=MOST)
        raise RuleBrokenError([Problem("people", message)])
    if any(key not in may and key not in known for key in people):
        message = gettext("One of them may not take this report out.")
        raise RuleBrokenError([Problem("people", message)])
    for key in people:
        if key not in known and not _within(of_staff(key, schedule.chosen), schedule):
            message = gettext("%(person)s doesn't work in the office of this report.", person=may[key])
            raise RuleBrokenError([Problem("people", message)])
    schedule.rhythm, schedule.fmt = wanted.rhythm, wanted.fmt
    schedule.next_on = wanted.rhythm.after(today)
    schedule.recipients = [
        known.get(key) or ReportRecipient(person_id=key, name=str(may[key]), staff_id=current().staff_id)
        for key in people
    ]


def switch(schedule: ReportSchedule, today: date, *, on: bool) -> None:
    """Let a schedule rest, or go on with the next day that comes."""
    schedule.active, schedule.problem = on, None
    schedule.next_on = schedule.rhythm.after(today)


def run_one(key: int, may: May, today: date, now: datetime) -> None:
    """Ask for the downloads of a schedule whose day has come, for each recipient; done twice, it does so once.

    All persons' rows have to be in scope; ``may`` says whether a report may be taken out within a scope.
    """
    found = db.session.get(ReportSchedule, key)
    if found is None or not _claimed(found, today):
        return
    before, found.problem = found.problem, _refusal(found, found.staff_id, may)
    for recipient in found.recipients:
        refusal = _refusal(found, recipient.person_id, may)
        if found.problem:
            recipient.outcome = Sending.OWNER
            if before is None and refusal is None:  # once, and who had been waiting for it
                queue.after_commit(STOPPED, recipient.id)
        elif refusal:
            recipient.outcome = refusal
        else:
            _ask(found, recipient)
            recipient.outcome = Sending.MADE
        recipient.outcome_at = now
    db.session.flush()


def _claimed(schedule: ReportSchedule, today: date) -> bool:
    """Set the next day, unless another worker has done so."""
    statement = update(ReportSchedule).where(
        ReportSchedule.id == schedule.id,
        ReportSchedule.active.is_(True),
        ReportSchedule.next_on == schedule.next_on,
        ReportSchedule.next_on <= today,
    )
    values = {"next_on": schedule.rhythm.after(today)}
    found = cast("CursorResult[Any]", db.session.execute(statement.values(**values)))
    return found.rowcount == 1


def _refusal(schedule: ReportSchedule, person_id: int, may: May) -> Sending | None:
    """Say why a person can't have the report of these offices; None where they can."""
    scope = of_staff(person_id, schedule.chosen)
    if not scope.actor:
        return Sending.GONE
    if not _within(scope, schedule):
        return Sending.OFFICE
    return None if may(schedule.report, scope) else Sending.RIGHTS


def _within(scope: Scope, schedule: ReportSchedule) -> bool:
    """Whether a scope is narrowed as the schedule is: an office that isn't the person's would be all of theirs."""
    return scope.chosen == schedule.chosen


def _ask(schedule: ReportSchedule, recipient: ReportRecipient) -> None:
    person = db.session.get_one(Staff, recipient.person_id)
    language = spoken(person.language.value if person.language else "de")
    asked = Download(
        staff_id=recipient.person_id,
        title=schedule.title,
        words=schedule.words,
        report=schedule.report,
        parameters=schedule.parameters,
        chosen=schedule.chosen,
        fmt=schedule.fmt,
        language=language,
        recipient_id=recipient.id,
    )
    db.session.add(asked)
    queue.after_commit(TASK)


def reasons(schedules: Iterable[ReportSchedule]) -> dict[int, DownloadError]:
    """Say, by the keys of recipients, why a report couldn't be made; nothing of those who have deleted it since.

    The downloads are the recipients' own: nothing else of them is read for who set the report up.
    """
    keys = [one.id for one in schedules]
    with everything(current().actor):
        found = db.session.execute(queries.reasons(keys)).all()
    return {recipient: error for recipient, error in found if error}
