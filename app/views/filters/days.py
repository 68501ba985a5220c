"""Filters of days and moments: one day, from, until, between two, or a period that goes along with the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import and_

from app.core import clock
from app.core.enums import Titled
from app.core.values import display, parse_date
from app.views.filters.base import BadFilterError, ColumnFilter

DAY = timedelta(days=1)
BETWEEN = ".."

Range = tuple[date | None, date | None]


class Period(Titled):
    """A period as people say it. What it covers depends on the day on which it's asked."""

    TODAY = "today", _("today")
    PAST = "past", _("before today")
    AHEAD = "ahead", _("today or later")
    THIS_WEEK = "this_week", _("in this week")
    THIS_MONTH = "this_month", _("in this month")
    THIS_YEAR = "this_year", _("in this year")
    LAST_YEAR = "last_year", _("in the last year")
    LAST_7_DAYS = "last_7_days", _("within the last 7 days")
    LAST_30_DAYS = "last_30_days", _("within the last 30 days")
    LAST_365_DAYS = "last_365_days", _("within the last 365 days")
    NEXT_7_DAYS = "next_7_days", _("within the next 7 days")
    NEXT_30_DAYS = "next_30_days", _("within the next 30 days")

    def days(self, today: date) -> Range:
        """Give the first and the last day; None is open."""
        match self:
            case Period.PAST:
                return None, today - DAY
            case Period.AHEAD:
                return today, None
            case Period.THIS_WEEK:
                monday = today - today.weekday() * DAY
                return monday, monday + 6 * DAY
            case Period.THIS_MONTH:
                later = today.replace(day=28) + 4 * DAY
                return today.replace(day=1), later - later.day * DAY
            case Period.THIS_YEAR | Period.LAST_YEAR:
                year = today.year - (self is Period.LAST_YEAR)
                return date(year, 1, 1), date(year, 12, 31)
        direction, _dash, rest = self.value.partition("_")
        length = int(rest.partition("_")[0]) - 1 if rest else 0
        return (today - length * DAY, today) if direction == "last" else (today, today + length * DAY)


def read_day(text: str) -> date:
    """Parse by the person's locale."""
    try:
        return parse_date(text)
    except ValueError:
        raise BadFilterError(gettext("“%(text)s” is no date.", text=text)) from None


class Between(ColumnFilter):
    """From a day until a day: "2026-01-01..2026-12-31"; one of them may be left out."""

    name, arg_name, asks = _("is between"), "between", "days"

    def read(self, text: str) -> Range:
        """Read both ends."""
        first, dots, last = text.partition(BETWEEN)
        if not dots or not (first.strip() or last.strip()):
            raise BadFilterError(gettext("Please enter a date at least at one end."))
        return (read_day(first) if first.strip() else None), (read_day(last) if last.strip() else None)

    def condition(self, column: Any, value: Range) -> Any:
        """Compare, both ends included; a moment by the day that it shows."""
        moments = self.datamodel.is_datetime(self.column_name)
        first, last = value
        parts = []
        if first is not None:
            parts.append(column >= (_midnight(first) if moments else first))
        if last is not None and moments:
            parts.append(column < _midnight(last + DAY) if last < date.max else column.is_not(None))
        elif last is not None:
            parts.append(column <= last)
        return and_(*parts)

    def spoken(self, value: str) -> str:
        """Say both ends."""
        first, _dots, last = (part.strip() for part in value.partition(BETWEEN))
        first, last = _shown(first), _shown(last)
        return gettext("%(first)s and %(last)s", first=first or "…", last=last or "…")


class During(Between):
    """Within a period that goes along with the calendar."""

    name, arg_name, asks = _("is"), "period", "choices"

    def read(self, text: str) -> Range:
        """Find the period's days of today."""
        if text not in {one.value for one in Period}:
            raise BadFilterError(gettext("“%(text)s” is none of the choices.", text=text))
        return Period(text).days(clock.today())

    def spoken(self, value: str) -> str:
        """Give the period's name."""
        return {one.value: display(one) for one in Period}.get(value.strip(), value)

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield the periods."""
        yield from ((one.value, display(one)) for one in Period)


class DayFilter(ColumnFilter):
    """A comparison with a date of the person's locale."""

    asks = "day"

    def read(self, text: str) -> date:
        """Parse by the locale."""
        return read_day(text)

    def spoken(self, value: str) -> str:
        """Write the day as pages do."""
        return _shown(value)


def _midnight(day: date) -> datetime:
    """Give the moment at which a day begins where the pages are read."""
    return datetime.combine(day, time.min, clock.OFFICE_ZONE).astimezone(UTC)


def _shown(text: str) -> str:
    try:
        return display(read_day(text.strip())) if text.strip() else ""
    except BadFilterError:
        return text
