"""An event doesn't end before it starts, and lies on the globe."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from app.core.rules import RuleBrokenError
from app.models.events import Corner, Event, EventRole, OrganisationRole
from tests import factories as make

DAY, NEXT = date(2026, 9, 18), date(2026, 9, 19)


def fields(**more):
    return [problem.field for problem in Event(title="Market", **more).problems()]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"starts_on": NEXT, "ends_on": DAY}, "ends_on"),
        ({"ends_on": DAY}, "starts_on"),
        ({"starts_on": DAY, "start_time": time(18), "end_time": time(17, 59)}, "end_time"),
        ({"starts_on": DAY, "ends_on": DAY, "start_time": time(18), "end_time": time(17)}, "end_time"),
        ({"start_time": time(18), "end_time": time(17)}, "end_time"),
        ({"latitude": Decimal("90.000001")}, "latitude"),
        ({"longitude": Decimal("-180.5")}, "longitude"),
    ],
)
def test_an_impossible_event_is_refused(more, field):
    assert fields(**more) == [field]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"starts_on": DAY},
        {"starts_on": DAY, "ends_on": DAY, "start_time": time(18), "end_time": time(18)},
        {"starts_on": DAY, "ends_on": NEXT, "start_time": time(18), "end_time": time(9)},
        {"latitude": Decimal(-90), "longitude": Decimal(180)},
    ],
)
def test_an_event_may_be_undated_or_run_past_midnight(more):
    assert fields(**more) == []


def test_no_writer_gets_past_the_rule(database):
    event = make.event(make.office("LAG"), starts_on=DAY)
    event.ends_on = date(2026, 9, 17)
    with pytest.raises(RuleBrokenError):
        database.flush()
    database.rollback()


def test_a_role_is_held_once_and_one_organisation_may_hold_several(database):
    office = make.office("LAG")
    event, bank = make.event(office), make.organisation(office, "Bank")
    for role in (OrganisationRole.SPONSOR, OrganisationRole.VENUE_HOST):
        event.roles.append(EventRole(organisation=bank, role=role))
    database.flush()
    event.roles.append(EventRole(organisation=bank, role=OrganisationRole.SPONSOR))
    with pytest.raises(IntegrityError):
        database.flush()
    database.rollback()


def test_two_corners_of_an_event_have_two_names(database):
    event = make.event(make.office("LAG"))
    event.corners = [Corner(name="Hands"), Corner(name="Hands")]
    with pytest.raises(IntegrityError):
        database.flush()
    database.rollback()
