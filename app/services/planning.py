"""Plan an event after a template, and keep its tasks at their distance from its date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import event as hooks
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.core.db import db
from app.models.activities import Activity, ActivityKind
from app.models.events import Corner, Event
from app.models.templates import TARGETS, EventTemplate, TemplateCorner, TemplateTask
from app.queries import activities


@dataclass(frozen=True)
class Missing:
    """What a template has and an event hasn't: tasks, corners, and the names of targets."""

    tasks: Sequence[TemplateTask]
    corners: Sequence[TemplateCorner]
    targets: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.tasks or self.corners or self.targets)


def due(day: date | None, days: int | None) -> date | None:
    """Give the day that lies so many days from that of the event; None where one of them isn't known."""
    return None if day is None or days is None else day + timedelta(days=days)


def missing(event: Event, template: EventTemplate) -> Missing:
    """Compare an event with a template. A task is there if it came from this row, or is called the same."""
    there: list[Activity] = []
    if event.id is not None:
        with db.session.no_autoflush:
            there = list(db.session.scalars(activities.tasks_of(event.id)))
    made = {task.template_task for task in there}
    called = {task.subject.casefold() for task in there}
    corners = {corner.name.casefold() for corner in event.corners}
    return Missing(
        [one for one in template.tasks if one.uuid not in made and one.subject.casefold() not in called],
        [one for one in template.corners if one.name.casefold() not in corners],
        [name for name in TARGETS if getattr(event, name) is None and getattr(template, name) is not None],
    )


def apply(event: Event, template: EventTemplate) -> Missing:
    """Give an event what its template has and it hasn't; what is there stays as it is. Return what was added.

    Tasks are due at their distance from the event's date, and without one when it gets one.
    """
    added = missing(event, template)
    event.template = template
    for one in added.targets:
        setattr(event, one, getattr(template, one))
    for corner in added.corners:
        event.corners.append(Corner(name=corner.name, category=corner.category))
    for task in added.tasks:
        made = Activity(
            kind=ActivityKind.TASK,
            subject=task.subject,
            text=task.text,
            happened_on=None,
            days_from_event=task.days_from_event,
            due_on=due(event.starts_on, task.days_from_event),
            template_task=task.uuid,
            event=event,
        )
        if event.office is not None:
            made.office = event.office
        db.session.add(made)
    return added


def take_over(event: Event) -> None:
    """Apply the template that was chosen for an event, where another one was until now."""
    if event.template is not None and inspect(event).attrs.template.history.has_changes():
        apply(event, event.template)


# First, so that a task that moves is stamped and told of like one that a person changed.
@hooks.listens_for(Session, "before_flush", insert=True)
def _follow(session: Session, _context: Any, _instances: Any) -> None:
    """Keep due dates and the date of their event in step, whoever changes one of them."""
    moved = [one for one in session.dirty if isinstance(one, Event) and _changed(one, "starts_on")]
    touched = [
        one for one in (*session.new, *session.dirty) if isinstance(one, Activity) and one.days_from_event
        is not None
    ]  # fmt: skip
    with session.no_autoflush:
        for task in touched:
            _settle(task)
        for event in moved:
            for task in session.scalars(activities.following(event.id)):
                task.due_on = due(event.starts_on, task.days_from_event)


def _settle(task: Activity) -> None:
    """Let the due date follow the distance; who sets the date instead sets another distance, or cuts the tie."""
    day = task.event.starts_on if task.event is not None else None
    if any(_changed(task, name) for name in ("days_from_event", "event", "event_id")):
        task.due_on = due(day, task.days_from_event)
    elif _changed(task, "due_on") and task.event is not None:
        known = task.due_on is not None and day is not None
        task.days_from_event = (task.due_on - day).days if known else None  # type: ignore[operator]


def _changed(row: Any, name: str) -> bool:
    return bool(inspect(row).attrs[name].history.has_changes())
