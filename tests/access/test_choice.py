"""Who chose one of several offices sees less, and never more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.access import ForeignRowError, Role, current, everything, in_all_offices, of_staff, opened
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.users import Staff
from app.services import users
from tests import factories as make
from tests.access.worlds import network


@pytest.fixture
def world(database):
    """A network with an organisation in each office; ``agency`` works at the root, ``both`` in two offices."""
    world = network()
    for name in ("root", "here", "branch", "there", "elsewhere"):
        make.organisation(getattr(world, name), name)
    world.agency = make.staff(Role.SERVICE_AGENCY, offices=(world.root,))
    world.both = make.staff(Role.REGIONAL_OFFICE, offices=(world.there, world.branch))
    world.admin = make.staff(Role.ADMINISTRATOR)
    world.who = {name: getattr(world, name).id for name in ("person", "agency", "both", "admin", "stranger")}
    world.key = {name: getattr(world, name).id for name in ("root", "here", "branch", "there", "elsewhere")}
    database.commit()
    database.expunge_all()
    return world


def seen(scope):
    with opened(scope):
        return set(db.session.scalars(select(Organisation.name)))


ALL = {"root", "here", "branch", "there", "elsewhere"}
BY = {
    "person": {"here", "branch"},
    "agency": {"root", "here", "branch", "there"},
    "both": {"there", "branch"},
    "admin": ALL,
}
BELOW = {
    "root": {"root", "here", "branch", "there"},
    "here": {"here", "branch"},
    "branch": {"branch"},
    "there": {"there"},
    "elsewhere": {"elsewhere"},
}


@pytest.mark.parametrize("office", BELOW)
@pytest.mark.parametrize("who", BY)
def test_a_choice_narrows_to_that_office_and_those_below_or_counts_as_all(world, who, office):
    key = world.who[who]
    scope = of_staff(key, world.key[office])
    if office in BY[who]:
        assert seen(scope) == BELOW[office]
        assert (scope.home, scope.chosen, scope.everywhere) == (world.key[office], world.key[office], False)
    else:
        assert seen(scope) == BY[who] == seen(of_staff(key))
        assert (scope.chosen, scope.home) == (None, of_staff(key).home)
    assert set(scope.reach) == {world.key[name] for name in BY[who]}
    assert scope.roles == of_staff(key).roles


@pytest.mark.parametrize("choice", [None, 0, -1, 2**40])
def test_what_is_no_office_counts_as_all(world, choice):
    assert seen(of_staff(world.who["person"], choice)) == BY["person"]


def test_what_is_outside_the_choice_can_not_be_written(world):
    with opened(of_staff(world.who["agency"], world.key["here"])):
        for office in ("root", "there"):
            db.session.add(Organisation(office_id=world.key[office], name="Neu", kind="company"))
            with pytest.raises((ForeignRowError, RuleBrokenError)):
                db.session.flush()
            db.session.rollback()
        db.session.add(Organisation(office_id=world.key["branch"], name="Neu", kind="company"))
        db.session.flush()
        db.session.rollback()


def test_an_administrator_in_one_office_keeps_the_rights_but_not_the_sight(world):
    scope = of_staff(world.who["admin"], world.key["here"])
    with opened(scope):
        assert {office.name for office in db.session.scalars(select(Office))} == {
            "Hier",
            "Zweigstelle",
            "Servicestelle",
        }
        assert db.session.get(Staff, world.who["stranger"]) is None
        assert users.may_grant(scope, Role.ADMINISTRATOR)
        db.session.add(Office(name="Neue Wurzel"))
        with pytest.raises(RuleBrokenError):
            db.session.flush()
        db.session.rollback()


def test_a_choice_ends_with_the_right_to_it(world, database):
    """Who has left an office sees the others, not nothing; an office that moved away is no choice any more."""
    key = world.who["both"]
    assert seen(of_staff(key, world.key["branch"])) == {"branch"}
    person = database.get(Staff, key)
    person.memberships = [one for one in person.memberships if one.office_id == world.key["there"]]
    database.commit()
    assert seen(of_staff(key, world.key["branch"])) == {"there"}
    assert seen(of_staff(world.who["person"], world.key["branch"])) == {"branch"}
    database.get(Office, world.key["branch"]).parent_id = world.key["elsewhere"]
    database.commit()
    assert seen(of_staff(world.who["person"], world.key["branch"])) == {"here"}


def test_who_is_inactive_sees_nothing_whatever_was_chosen(world, database):
    database.get(Staff, world.who["person"]).active = False
    database.commit()
    assert seen(of_staff(world.who["person"], world.key["here"])) == set()


def test_a_look_into_all_own_offices_is_no_look_into_others(world):
    for who, names in BY.items():
        with opened(of_staff(world.who[who], world.key["branch"])):
            assert set(db.session.scalars(select(Organisation.name))) == {"branch"}
            with in_all_offices() as whole:
                assert set(db.session.scalars(select(Organisation.name))) == names
                assert not whole.everywhere
            assert set(db.session.scalars(select(Organisation.name))) == {"branch"}
    with everything("tests"), in_all_offices():
        assert set(db.session.scalars(select(Organisation.name))) == ALL
    assert current().everywhere


def test_an_office_founded_below_the_chosen_one_may_be_chosen_at_once(world):
    with opened(of_staff(world.who["agency"], world.key["here"])) as scope:
        office = Office(name="Neu", parent_id=world.key["here"])
        db.session.add(office)
        db.session.flush()
        assert office.id in scope.reach
        db.session.rollback()
