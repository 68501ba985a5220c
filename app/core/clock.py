"""The only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Europe/Berlin")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in the offices' time zone: at 23:30 UTC in summer their next day has begun."""
    return datetime.now(OFFICE_ZONE).date()


def month(day: date, back: int = 0) -> date:
    """Give the first day of a day's month, or of one so many months before it; a negative number is after it."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def midnight(day: date) -> datetime:
    """Give the moment at which a day begins in the offices' time zone."""
    return datetime.combine(day, time.min, OFFICE_ZONE)
