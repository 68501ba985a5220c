"""Reported figures: sources that disagree coexist, and one of a measure is chosen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.rules import RuleBrokenError
from app.core.values import Qualifier
from app.models.figures import Figure, Measure
from app.services import figures
from tests import factories as make


def fields(**more):
    return [
        problem.field
        for problem in Figure(**{"measure": Measure.CONTRACTS, "number": Decimal(1), **more}).problems()
    ]


def test_a_figure_says_what_was_counted():
    assert fields(measure=None) == ["measure"]


def test_a_figure_isnt_negative_and_only_a_total_is_mixed():
    assert fields(number=Decimal(-1)) == ["number"]
    assert fields(qualifier=Qualifier.MIXED) == ["qualifier"]
    assert fields(number=Decimal(0)) == []


@pytest.mark.parametrize("measure", list(Measure))
def test_a_count_is_a_whole_number_and_euros_and_hours_are_none(measure):
    whole = measure not in {Measure.VALUE, Measure.HOURS}
    assert fields(measure=measure, number=Decimal("12.50")) == (["number"] if whole else [])
    assert fields(measure=measure, number=Decimal("12.00")) == []
    assert fields(measure=measure, number=Decimal("-1.50")) == ["number"]


def test_no_writer_gets_past_the_rule(database):
    with pytest.raises(RuleBrokenError):
        make.figure(make.event(make.office("LAG")), number=-1)
    database.rollback()


def test_sources_that_disagree_coexist(database):
    event = make.event(make.office("LAG"))
    make.figure(event, Measure.CONTRACTS, 131, source="A", chosen=True)
    make.figure(event, Measure.CONTRACTS, 156, source="B")
    assert database.query(Figure).count() == 2


def test_one_figure_of_a_measure_is_chosen_for_an_event(database):
    office = make.office("LAG")
    event, other = make.event(office), make.event(office)
    make.figure(event, Measure.CONTRACTS, chosen=True)
    make.figure(event, Measure.COMPANIES, chosen=True)
    make.figure(other, Measure.CONTRACTS, chosen=True)
    with pytest.raises(IntegrityError):
        make.figure(event, Measure.CONTRACTS, 98, chosen=True)
    database.rollback()


def test_one_figure_of_a_measure_is_chosen_for_the_network_of_an_office(database):
    office = make.office("Servicestelle")
    other = make.office("LAG", parent=office)
    make.figure(None, Measure.CITIES, 90, office_id=office.id, chosen=True)
    make.figure(None, Measure.CITIES, 91, office_id=office.id)
    make.figure(None, Measure.CITIES, 92, office_id=other.id, chosen=True)
    make.figure(make.event(office), Measure.CITIES, 1, chosen=True)
    with pytest.raises(IntegrityError):
        make.figure(None, Measure.CITIES, 93, office_id=office.id, chosen=True)
    database.rollback()


def test_who_chose_first_and_when_stays_until_the_choice_is_taken_back(database):
    figure = make.figure(make.event(make.office("LAG")), chosen=True)
    first, later = clock.now(), clock.now()
    figures.note_choice(figure, by="Ute", at=first)
    figures.note_choice(figure, by="Jan", at=later)
    assert (figure.chosen_by, figure.chosen_at) == ("Ute", first)
    figure.chosen = False
    figures.note_choice(figure, by="Jan", at=later)
    assert (figure.chosen_by, figure.chosen_at) == (None, None)
