"""Positions and addresses of a person over time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.rules import RuleBrokenError
from app.models.contacts import Channel, ChannelKind, Contact, Position
from app.models.organisations import Organisation, OrganisationKind
from app.models.reach import NO_PHONE
from tests import factories as make

DAY = date(2026, 5, 1)
NEXT = DAY + timedelta(days=1)


def fields(row):
    return [problem.field for problem in row.problems()]


def test_what_ends_before_it_starts_is_refused():
    assert fields(Position(since=NEXT, until=DAY)) == ["until"]
    assert fields(Channel(kind=ChannelKind.PHONE, value="030 1", since=NEXT, until=DAY)) == ["until"]


def test_an_end_alone_and_one_day_are_fine():
    for since, until in ((None, DAY), (DAY, None), (DAY, DAY), (None, None)):
        assert fields(Position(since=since, until=until)) == []


def test_an_email_address_has_an_at_sign_and_a_number_needs_none():
    assert fields(Channel(kind=ChannelKind.EMAIL, value="nobody")) == ["value"]
    assert fields(Channel(kind=ChannelKind.EMAIL, value="nobody@example.org")) == []
    assert fields(Channel(kind=ChannelKind.PHONE, value="030 1234")) == []


@pytest.mark.parametrize("kind", [ChannelKind.PHONE, ChannelKind.MOBILE, ChannelKind.FAX])
def test_a_number_has_a_digit(kind):
    (problem,) = Channel(kind=kind, value="ask at the desk").problems()
    assert (problem.field, problem.message) == ("value", NO_PHONE)
    assert fields(Channel(kind=kind, value="+49 30 1 (desk)")) == []


def test_one_open_position_is_the_primary_one():
    person = Contact(last_name="Jäger")
    person.positions = [Position(primary=True, until=DAY), Position(primary=True)]
    assert fields(person) == []
    person.positions.append(Position(primary=True))
    assert fields(person) == ["positions"]


def test_lists_show_the_current_number_and_the_old_one_stays():
    today = clock.today()
    person = Contact(last_name="Jäger")
    person.channels = [
        Channel(kind=ChannelKind.PHONE, value="030 1", until=today - timedelta(days=1)),
        Channel(kind=ChannelKind.PHONE, value="030 2", since=today),
        Channel(kind=ChannelKind.EMAIL, value="a@example.org", since=today + timedelta(days=1)),
    ]
    assert person.phone == "030 2"
    assert person.email is None
    assert person.reach(ChannelKind.PHONE, on=today - timedelta(days=1)) == "030 1"


def test_the_position_that_counts_stands_for_the_person():
    today = clock.today()
    old, new = (Organisation(name=name, kind=OrganisationKind.COMPANY) for name in ("Old", "New"))
    person = Contact(last_name="Jäger")
    person.positions = [
        Position(organisation=old, primary=True, until=today - timedelta(days=1)),
        Position(organisation=new, primary=False),
    ]
    assert person.organisation == "New"


def test_no_writer_gets_past_the_rule(database):
    office = make.office("LAG")
    person = make.contact(office, at=make.organisation(office))
    person.positions[0].since, person.positions[0].until = NEXT, DAY
    with pytest.raises(RuleBrokenError):
        database.flush()
    database.rollback()
