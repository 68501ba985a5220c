"""Reports by mail: a person's own, those that are due, and who may get one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.models.schedules import ReportSchedule
from app.models.users import Staff

MOST = 300  # colleagues to choose from


def listed() -> Select[ReportSchedule]:
    """The person's schedules with their recipients, by title."""
    return (
        select(ReportSchedule)
        .options(selectinload(ReportSchedule.recipients))
        .order_by(ReportSchedule.title, ReportSchedule.id)
    )


def due(day: date) -> Select[int]:
    """The keys of all persons' schedules that are to be made on a day."""
    return (
        select(ReportSchedule.id)
        .where(ReportSchedule.active.is_(True), ReportSchedule.next_on <= day)
        .order_by(ReportSchedule.id)
    )


def colleagues() -> Select[Staff]:
    """The active persons whom the person sees, with their roles, by name."""
    return (
        select(Staff)
        .where(Staff.active.is_(True))
        .options(selectinload(Staff.roles))
        .order_by(Staff.last_name, Staff.first_name, Staff.id)
        .limit(MOST)
    )
