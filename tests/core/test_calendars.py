"""A day is the same day in everybody's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import icalendar
import pytest

from app.core.calendars import Appointment, ics

NOW = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def read(**more):
    base = {
        "uid": "event-1@example.org",
        "edition": 3,
        "title": "Marktplatz, Strausberg",
        "starts_on": date(2026, 9, 17),
    }
    written = ics(Appointment(**{**base, **more}), at=NOW)
    [entry] = icalendar.Calendar.from_ical(written).events
    return written, entry


@pytest.mark.parametrize(("day", "utc"), [(date(2026, 9, 17), 15), (date(2026, 12, 17), 16)])
def test_a_time_is_that_of_the_offices_in_summer_and_in_winter(day, utc):
    written, entry = read(starts_on=day, start_time=time(17), end_time=time(19))
    assert entry.start.astimezone(UTC) == datetime(day.year, day.month, day.day, utc, tzinfo=UTC)
    assert entry.end.astimezone(UTC).hour == utc + 2
    # Programs that know no zones by name find this one in the file.
    assert b"BEGIN:VTIMEZONE" in written
    assert b"TZID:Europe/Berlin" in written
    assert (entry["uid"], entry["sequence"]) == ("event-1@example.org", 3)


def test_without_a_time_it_is_whole_days():
    _written, entry = read(ends_on=date(2026, 9, 18))
    assert (entry.start, entry.end) == (date(2026, 9, 17), date(2026, 9, 19))


def test_an_end_that_nobody_knows_is_left_out():
    _written, entry = read(start_time=time(17))
    assert "dtend" not in entry


def test_signs_of_the_format_are_only_text_in_a_title():
    written, entry = read(title="A; B, C\nBEGIN:VALARM", place="Ä" * 100)
    assert entry["summary"] == "A; B, C\nBEGIN:VALARM"
    assert entry["location"] == "Ä" * 100
    lines = written.split(b"\r\n")
    assert b"BEGIN:VALARM" not in lines
    assert max(map(len, lines)) <= 75
