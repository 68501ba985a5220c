"""What happened with a record, and what is to be done next."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, inspect, select
from sqlalchemy.orm import joinedload, selectinload

from app.models.activities import Activity, ActivityKind

_OPEN = and_(Activity.kind == ActivityKind.TASK, Activity.done_at.is_(None))


@cache
def followed() -> dict[type[Any], Any]:
    """Give the kinds of records that an activity can be about, each with the relation that leads there."""
    relations = inspect(Activity).relationships
    return {
        relations[name].mapper.class_: relations[name]
        for name in ("organisation", "contact", "event", "contract")
    }


def happened(row: Any) -> Select[Activity]:
    """The activities with a record, the latest first. A task counts when it's done."""
    return (
        select(Activity)
        .where(_about(row), ~_OPEN)
        .options(joinedload(Activity.contact), joinedload(Activity.organisation))
        .order_by(
            func.coalesce(Activity.happened_on, func.date(Activity.created_at)).desc(),
            Activity.created_at.desc(),
            Activity.id.desc(),
        )
    )


def tasks(row: Any) -> Select[Activity]:
    """The open tasks of a record, the earliest due first."""
    return (
        select(Activity)
        .where(_about(row), _OPEN)
        .options(selectinload(Activity.assignee))
        .order_by(Activity.due_on.is_(None), Activity.due_on, Activity.id)
    )


def _about(row: Any) -> ColumnElement[bool]:
    column = next(iter(followed()[type(row)].local_columns))
    attribute: Any = inspect(Activity).get_property_by_column(column).class_attribute
    return cast("ColumnElement[bool]", attribute == row.id)
