"""The file that puts a day into somebody's calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from icalendar import Calendar, Event

from app.core.clock import OFFICE_ZONE

TYPE = "text/calendar"
_MAKER = "-//Marktbuero//DE"


@dataclass(frozen=True)
class Appointment:
    """What stands in a calendar. ``uid`` stays the same when the day moves, and ``edition`` grows with each change."""

    uid: str
    edition: int
    title: str
    starts_on: date
    start_time: time | None = None
    ends_on: date | None = None
    end_time: time | None = None
    place: str = ""
    text: str = ""
    link: str = ""


def ics(appointment: Appointment, *, at: datetime) -> bytes:
    """Write the file; ``at`` is when that happens, UTC. A time is one of the offices' zone.

    Without a time it's whole days. An end that isn't known is left out.
    """
    entry = Event()
    entry.add("uid", appointment.uid)
    entry.add("dtstamp", at)
    entry.add("sequence", appointment.edition)
    entry.add("summary", appointment.title)
    first, last = appointment.starts_on, appointment.ends_on or appointment.starts_on
    if appointment.start_time is None:
        entry.add("dtstart", first)
        entry.add("dtend", last + timedelta(days=1))  # the first day that is free again
    else:
        entry.add("dtstart", datetime.combine(first, appointment.start_time, OFFICE_ZONE))
        if appointment.end_time is not None:
            entry.add("dtend", datetime.combine(last, appointment.end_time, OFFICE_ZONE))
    for name, value in (
        ("location", appointment.place),
        ("description", appointment.text),
        ("url", appointment.link),
    ):
        if value:
            entry.add(name, value)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _MAKER)
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written
