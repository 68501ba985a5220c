"""Participations count at least the people who are named."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from app.models.participations import Participant, Participation
from tests import factories as make


def fields(row):
    return [problem.field for problem in row.problems()]


def test_a_head_count_isnt_negative_and_counts_everybody_who_is_named():
    assert fields(Participation(head_count=-1)) == ["head_count"]
    assert fields(Participation(head_count=1, people=[Participant(name="A"), Participant(name="B")])) == [
        "head_count"
    ]
    assert fields(Participation(head_count=2, people=[Participant(name="A"), Participant(name="B")])) == []
    assert fields(Participation(people=[Participant(name="A")])) == []


def test_an_organisation_takes_part_in_an_event_once(database):
    office = make.office("LAG")
    market, company = make.event(office), make.organisation(office)
    make.participation(market, company)
    make.participation(make.event(office), company)
    with pytest.raises(IntegrityError):
        make.participation(market, company)
    database.rollback()
