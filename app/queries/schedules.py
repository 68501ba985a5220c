"""Reports by mail: a person's own, those that are due, and who may get one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.models.downloads import Download, DownloadError, DownloadState
from app.models.schedules import ReportRecipient, ReportSchedule, Sending
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


def reasons(keys: Collection[int]) -> Select[int, DownloadError | None]:
    """The recipients of these schedules for whom the last one couldn't be made, and why.

    The moment tells that download from earlier ones.
    """
    last = (Download.recipient_id == ReportRecipient.id) & (Download.ended_at == ReportRecipient.outcome_at)
    return (
        select(ReportRecipient.id, Download.error)
        .join(Download, last)
        .where(ReportRecipient.schedule_id.in_(keys), Download.state == DownloadState.FAILED)
        .where(ReportRecipient.outcome.in_({Sending.FAILED, Sending.TOLD}))
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
