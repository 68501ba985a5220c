"""The tree of offices is read once, and anew after each change, whoever made it."""

from __future__ import annotations

import pytest

from app.access import Role, everything, of_staff
from app.core.db import db
from tests import factories as make


@pytest.fixture
def person(database):
    root = make.office("Agentur")
    return make.staff(Role.SERVICE_AGENCY, offices=(root,)), root


def test_it_is_read_once(person, count_statements):
    staff, _root = person
    of_staff(staff.id)
    with count_statements() as sent:
        of_staff(staff.id)
    assert len([one for one in sent if "FROM office" in one]) == 1


def test_a_new_office_is_seen_by_those_above_it(person):
    staff, root = person
    assert of_staff(staff.id).offices == {root.id}
    below = make.office("Büro", parent=root)
    assert of_staff(staff.id).offices == {root.id, below.id}
    assert of_staff(staff.id).reach[below.id] == ("Büro", root.id)


def test_one_that_moves_away_or_is_renamed_is_no_longer_known_as_it_was(person):
    staff, root = person
    below = make.office("Büro", parent=root)
    of_staff(staff.id)
    with everything("test"):
        below.name = "Stadtbüro"
        db.session.commit()
    assert of_staff(staff.id).reach[below.id] == ("Stadtbüro", root.id)
    with everything("test"):
        below.parent_id = None
        db.session.commit()
    assert of_staff(staff.id).offices == {root.id}


def test_one_that_is_deleted_is_gone(person):
    staff, root = person
    below = make.office("Büro", parent=root)
    of_staff(staff.id)
    with everything("test"):
        db.session.delete(below)
        db.session.commit()
    assert of_staff(staff.id).offices == {root.id}


def test_what_is_taken_back_was_never_there(person):
    staff, root = person
    below = make.office("Büro", parent=root)
    db.session.commit()
    with everything("test"):
        below.parent_id = None
        db.session.flush()
    assert of_staff(staff.id).offices == {root.id}
    db.session.rollback()
    assert of_staff(staff.id).offices == {root.id, below.id}


def test_what_is_added_within_a_request_stays_with_it(person):
    staff, root = person
    scope = of_staff(staff.id)
    scope.founded(make.office("Büro"))
    assert of_staff(staff.id).offices == {root.id}
