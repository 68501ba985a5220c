"""An event beside the median of other offices: right on both databases, and silent where it would tell of one."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from app.access import Role
from app.models.categories import Side
from app.models.contracts import ContractStatus
from app.models.events import EventKind, EventStatus
from app.models.participations import ParticipationStatus as Status
from app.queries.benchmark import Compared
from app.reports import benchmark
from tests import factories as make
from tests.access.worlds import working_as


def held(office, companies=1, nonprofits=1, contracts=(), missed=0, heads=None, **more):
    event = make.event(office, **{"status": EventStatus.HELD, "starts_on": date(2025, 5, 1), **more})
    guests = []
    for side, number in ((Side.COMPANY, companies), (Side.NONPROFIT, nonprofits)):
        for at in range(number):
            guests.append(make.organisation(office, f"{side.value} {at}"))
            make.participation(event, guests[-1], side=side, status=Status.ATTENDED, head_count=heads)
    for _number in range(missed):
        make.participation(event, make.organisation(office, "Weg"), status=Status.NO_SHOW)
    for at, status in enumerate(contracts):
        reason = {"reason": "Krank"} if status is ContractStatus.NOT_FEASIBLE else {}
        make.contract(office, guests[0], guests[-1], event=event, number=at + 1, status=status, **reason)
    return event


@pytest.fixture
def world(database):
    """An office with an event, below a root; others are made by the tests."""
    root = make.office("Servicestelle")
    here = make.office("Hier", parent=root)
    event = held(here, 4, 6, (ContractStatus.FULFILLED, ContractStatus.AGREED), heads=2)
    person = make.staff(Role.REGIONAL_OFFICE, offices=(here,))
    return root, here, event, person


def others(root, numbers, **more):
    return [held(make.office(f"Büro {at}", parent=root), number, **more) for at, number in enumerate(numbers)]


def lines(person, event):
    key = event.id
    with working_as(person):
        from app.core.db import db

        found = db.session.get(type(event), key)
        return {line.what: line for line in benchmark.of_event(found)}


def test_the_median_of_others_stands_beside_the_own_number(world):
    root, _here, event, person = world
    others(root, (1, 9, 3, 5, 100))
    line = lines(person, event)[Compared.COMPANIES]
    assert (line.own, line.median, line.offices, line.events) == (4, 5, 5, 5)


def test_an_even_number_of_events_has_a_mean_in_the_middle(world):
    root, _here, event, person = world
    others(root, (1, 9, 3, 6, 100, 2))
    assert lines(person, event)[Compared.COMPANIES].median == Decimal("4.5")


def test_every_measure(world):
    root, _here, event, person = world
    ended = (ContractStatus.FULFILLED, ContractStatus.PARTLY_FULFILLED, ContractStatus.NOT_FEASIBLE)
    others(
        root, (2,) * 5, nonprofits=3, heads=4, missed=1,
        contracts=(*ended, ContractStatus.CANCELLED, ContractStatus.IN_PROGRESS),
    )  # fmt: skip
    found = {what: (line.own, line.median) for what, line in lines(person, event).items()}
    assert found == {
        Compared.COMPANIES: (4, 2),
        Compared.NONPROFITS: (6, 3),
        Compared.RATIO: (Decimal("1.5"), Decimal("1.5")),
        Compared.PEOPLE: (20, 20),
        Compared.CONTRACTS: (2, 4),
        Compared.PER_ORGANISATION: (Decimal("0.2"), Decimal("0.8")),
        Compared.KEPT: (100, Decimal("66.7")),
        Compared.NO_SHOWS: (0, Decimal("16.7")),
    }


def test_a_median_of_fewer_than_five_offices_isnt_told(world):
    root, _here, event, person = world
    four = others(root, (1, 9, 3, 5))
    held(four[0].office, 7)  # five events, and still four offices
    for one in (person, make.staff(Role.ADMINISTRATOR, offices=(root,))):
        line = lines(one, event)[Compared.COMPANIES]
        assert (line.own, line.median, line.offices, line.events) == (4, None, 0, 0)


def test_who_sees_some_of_the_offices_cant_reckon_the_number_of_the_others(world):
    root, here, event, _person = world
    five = others(root, (1, 9, 3, 5, 100))
    both = make.staff(Role.REGIONAL_OFFICE, offices=(here, five[0].office))
    assert lines(both, event)[Compared.COMPANIES].median is None
    # Who sees all of them is told nothing new.
    assert lines(make.staff(Role.SERVICE_AGENCY, offices=(root,)), event)[Compared.COMPANIES].median == 5
    assert lines(make.staff(Role.ADMINISTRATOR, offices=(root,)), event)[Compared.COMPANIES].median == 5


def test_what_isnt_known_isnt_zero(world):
    root, here, event, person = world
    others(root, (2,) * 5)  # nobody counted people, and nothing was agreed
    for _number in range(5):
        held(make.office("Leer", parent=root), 0, 0)
        held(make.office("Plan", parent=root), 50, status=EventStatus.PREPARATION)
        held(make.office("Kurs", parent=root), 50, kind=EventKind.WORKSHOP)
    held(here, 50)  # the office's own others are none of the others
    found = lines(person, event)
    assert (found[Compared.COMPANIES].median, found[Compared.COMPANIES].events) == (2, 5)
    assert (found[Compared.PEOPLE].median, found[Compared.CONTRACTS].median) == (None, None)
    bare = make.event(here, "Neu")
    assert {line.own for line in lines(person, bare).values()} == {None}


def test_the_page_is_the_same_whether_others_have_one_event_or_four(client, world, database):
    """How many there are is told only where it's many."""
    root, _here, event, person = world
    make.sign_in(client, person)

    def look():
        return re.sub('name="csrf_token" value="[^"]*"', "", client.get(f"/benchmark/{event.id}").text)

    first = look()
    assert "not told: too few offices" in first
    four = others(root, (1, 9, 3, 5))
    assert look() == first
    others(root, (7,))
    told = look()
    assert told != first
    assert "5 marketplaces of 5 offices" in told
    assert not any(one.office.name in told for one in four)


def test_no_row_of_another_office_is_loaded(world, database):
    root, _here, event, person = world
    others(root, (1, 9, 3, 5, 100))
    key = event.id
    with working_as(person) as scope:
        from app.core.db import db

        list(benchmark.of_event(db.session.get(type(event), key)))
        strays = [row for row in db.session if not scope.writes(getattr(row, "office_id", row.id))]
    assert strays == []
