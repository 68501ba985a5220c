"""An event as a file for people's calendars."""

from __future__ import annotations

from datetime import datetime

from app.core.calendars import Appointment, ics
from app.models.events import Event

FILE = "marktplatz.ics"


def in_calendar(event: Event, host: str, *, at: datetime) -> bytes:
    """Write the file of an event with a day. ``host`` makes its name unique in the world."""
    if event.starts_on is None:
        raise ValueError("an event without a day is in no calendar")
    return ics(
        Appointment(
            uid=f"event-{event.id}@{host}",
            edition=event.version,
            title=event.whole_title,
            starts_on=event.starts_on,
            start_time=event.start_time,
            ends_on=event.ends_on,
            end_time=event.end_time,
            place=event.where,
            text=event.office.name,
            link=_address(event.website),
        ),
        at=at,
    )


def _address(website: str | None) -> str:
    if not website:
        return ""
    return website if "://" in website else f"https://{website}"
