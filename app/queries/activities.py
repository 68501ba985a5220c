"""What is to be done."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, func, or_, select

from app.models.activities import Activity, ActivityKind

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
