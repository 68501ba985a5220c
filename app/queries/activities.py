"""What is to be done."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, or_, select

from app.core.enums import Titled
from app.models.activities import Activity, ActivityKind
from app.models.contacts import Contact
from app.models.contracts import Contract
from app.models.events import Event
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.users import Staff
from app.queries.base import full_name


class TaskState(Titled):
    """Which tasks somebody asks for."""

    OPEN = "open", _("open")
    OVERDUE = "overdue", _("overdue")
    DONE = "done", _("done")


_OPEN = (Activity.kind == ActivityKind.TASK, Activity.done_at.is_(None))


def open_tasks(staff_id: int | None) -> Select[tuple[Activity]]:
    """Tasks that aren't done: the person's own, and those of nobody; the earliest due first."""
    return (
        select(Activity)
        .where(*_OPEN, or_(Activity.assignee_id == staff_id, Activity.assignee_id.is_(None)))
        .order_by(Activity.due_on.is_(None), Activity.due_on, Activity.id)
    )


def open_by_assignee(day: date) -> Select[int | None, int, int]:
    """How many tasks each person has to do, and how many of them were due before a day; None is nobody."""
    overdue = func.count(Activity.id).filter(Activity.due_on < day)
    return (
        select(Activity.assignee_id, func.count(Activity.id), overdue)
        .where(*_OPEN)
        .group_by(Activity.assignee_id)
        .order_by(overdue.desc(), func.count(Activity.id).desc(), Activity.assignee_id)
    )


def tasks_of(event_id: int) -> Select[Activity]:
    """All tasks of an event, done or not."""
    return (
        select(Activity)
        .where(Activity.event_id == event_id, Activity.kind == ActivityKind.TASK)
        .order_by(Activity.due_on.is_(None), Activity.due_on, Activity.id)
    )


def following(event_id: int) -> Select[Activity]:
    """Open tasks of an event whose due date follows its date."""
    return select(Activity).where(
        *_OPEN, Activity.event_id == event_id, Activity.days_from_event.is_not(None)
    )


def progress(event_id: int, day: date) -> Select[int, int, int]:
    """Tasks of an event: all, those that are done, and those that were due before a day and aren't."""
    undone = Activity.done_at.is_(None)
    return select(
        func.count(Activity.id),
        func.count(Activity.done_at),
        func.count(Activity.id).filter(undone, Activity.due_on < day),
    ).where(Activity.event_id == event_id, Activity.kind == ActivityKind.TASK)


def tasks_listed(day: date, state: TaskState | None = None, office: Office | None = None) -> Select[Any]:
    """Tasks with what they're about, and who is to do them; the earliest due first."""
    undone = Activity.done_at.is_(None)
    statement: Any = (
        select(
            Office.name.label("office"),
            Activity.id,
            Activity.subject,
            Activity.due_on,
            Activity.done_at,
            (undone & func.coalesce(Activity.due_on < day, False)).label("overdue"),
            (Staff.first_name + " " + Staff.last_name).label("assignee"),
            Organisation.name.label("organisation"),
            full_name(Contact).label("contact"),
            Event.title.label("event"),
            Contract.number.label("contract"),
        )
        .select_from(Activity)
        .outerjoin(Activity.office)
        .outerjoin(Activity.assignee)
        .outerjoin(Activity.organisation)
        .outerjoin(Activity.contact)
        .outerjoin(Activity.event)
        .outerjoin(Activity.contract)
        .where(Activity.kind == ActivityKind.TASK)
    )
    if state is TaskState.DONE:
        statement = statement.where(~undone)
    elif state is not None:
        statement = statement.where(undone)
    if state is TaskState.OVERDUE:
        statement = statement.where(Activity.due_on < day)
    if office is not None:
        statement = statement.where(Activity.office_id == office.id)
    ordered: Select[Any] = statement.order_by(Activity.due_on.is_(None), Activity.due_on, Activity.id)
    return ordered
