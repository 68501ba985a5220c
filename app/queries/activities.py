"""What is to be done."""

from __future__ import annotations

from sqlalchemy import Select, or_, select

from app.models.activities import Activity, ActivityKind


def open_tasks(staff_id: int | None) -> Select[tuple[Activity]]:
    """Tasks that aren't done: the person's own, and those of nobody; the earliest due first."""
    return (
        select(Activity)
        .where(
            Activity.kind == ActivityKind.TASK,
            Activity.done_at.is_(None),
            or_(Activity.assignee_id == staff_id, Activity.assignee_id.is_(None)),
        )
        .order_by(Activity.due_on.is_(None), Activity.due_on, Activity.id)
    )
