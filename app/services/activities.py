"""What is done with activities."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext

from app.core.rules import Problem, RuleBrokenError
from app.models.activities import Activity, ActivityKind


def finish(activity: Activity, *, at: datetime) -> None:
    """Mark a task as done (UTC). One that is done already keeps its moment.

    Raises RuleBrokenError for what is no task.
    """
    if activity.kind is not ActivityKind.TASK:
        raise RuleBrokenError([Problem("kind", gettext("Only a task can be done."))])
    if activity.done_at is None:
        activity.done_at = at
