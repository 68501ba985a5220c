"""Which figures and events the reports read."""

from __future__ import annotations

from datetime import date

import pytest

from app.access import of_staff, opened
from app.access.policy import Role
from app.models.events import EventKind, EventStatus
from app.models.figures import Measure
from app.queries import events, figures
from tests import factories as make
from tests.marketplaces_2006 import chosen, held


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


def test_only_marketplaces_that_were_held_are_compared(office, database):
    mine = held(office)
    held(office, kind=EventKind.WORKSHOP)
    for status in EventStatus:
        if status is not EventStatus.HELD:
            held(office, status=status)
    assert database.scalars(events.marketplaces()).all() == [mine]


def test_a_year_holds_its_first_and_last_day(office, database):
    last, first = held(office, starts_on=date(2006, 12, 31)), held(office, starts_on=date(2006, 1, 1))
    held(office, starts_on=date(2007, 1, 1))
    held(office, starts_on=date(2005, 12, 31))
    assert database.scalars(events.marketplaces(year=2006)).all() == [first, last]


def test_what_has_no_date_belongs_to_the_years_of_its_chosen_figures(office, database):
    undated, dated = held(office), held(office, starts_on=date(2006, 5, 1))
    for measure, day in (
        (Measure.HOURS, None),
        (Measure.CONTRACTS, date(2006, 12, 31)),
        (Measure.VALUE, date(2008, 1, 1)),
    ):
        chosen(undated, measure, 10, as_of=day)
    make.figure(undated, as_of=date(2007, 1, 1))
    chosen(dated, Measure.CONTRACTS, 10, as_of=date(2009, 1, 1))
    held(office)
    years = {year: database.scalars(events.marketplaces(year=year)).all() for year in range(2005, 2010)}
    assert years == {2005: [], 2006: [dated, undated], 2007: [], 2008: [undated], 2009: []}
    assert database.scalars(events.years()).all() == [2008, 2006]


def test_without_any_date_a_marketplace_is_only_among_all(office, database):
    undated = held(office)
    chosen(undated, Measure.CONTRACTS, 10)
    assert database.scalars(events.marketplaces(year=2006)).all() == []
    assert database.scalars(events.years()).all() == []
    assert database.scalars(events.marketplaces()).all() == [undated]


def test_the_years_to_choose_from_are_those_of_marketplaces_the_latest_first(office, database):
    for day in (date(2006, 1, 1), date(2006, 12, 31), date(2013, 5, 1), None):
        held(office, starts_on=day)
    held(office, starts_on=date(2020, 1, 1), kind=EventKind.WORKSHOP)
    assert database.scalars(events.years()).all() == [2013, 2006]


def test_of_sources_that_disagree_the_chosen_one_counts(office, database):
    event = held(office)
    make.figure(event, number=131)
    counts = chosen(event, Measure.CONTRACTS, 156)
    assert database.scalars(figures.chosen(events.marketplaces())).all() == [counts]


def test_figures_of_the_network_and_of_other_events_are_not_asked_for(office, database):
    make.figure(None, Measure.MARKETPLACES, 250, chosen=True, office=office)
    chosen(held(office, starts_on=date(2013, 5, 1)), Measure.CONTRACTS, 10)
    assert database.scalars(figures.chosen(events.marketplaces(year=2006))).all() == []


def test_a_measure_without_a_chosen_figure_is_found(office, database):
    event = held(office)
    make.figure(event, Measure.CONTRACTS, 131)
    chosen(event, Measure.CONTRACTS, 156)
    make.figure(event, Measure.VALUE, 5000)
    make.figure(event, Measure.VALUE, 6000)
    assert database.execute(figures.undecided(events.marketplaces())).all() == [(event.id, Measure.VALUE)]


def test_a_person_gets_the_own_figures_and_shared_ones_and_no_others(office, database):
    other = make.office("Other", parent=office.parent)
    mine, shared, foreign = held(office), held(other, shared=True), held(other, starts_on=date(2001, 1, 1))
    for event in (mine, shared, foreign):
        chosen(event, Measure.CONTRACTS, 10)
        make.figure(event, Measure.VALUE, 5000)
    chosen(held(other), Measure.CONTRACTS, 10, as_of=date(2002, 1, 1))
    person = make.staff(Role.READER, offices=(office,))
    database.commit()
    with opened(of_staff(person.id)):
        found = events.marketplaces()
        assert {event.id for event in database.scalars(found)} == {mine.id, shared.id}
        assert {one.event_id for one in database.scalars(figures.chosen(found))} == {mine.id, shared.id}
        assert {key for key, _ in database.execute(figures.undecided(found))} == {mine.id, shared.id}
        assert database.scalars(events.years()).all() == []
