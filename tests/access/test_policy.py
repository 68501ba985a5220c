"""The policy is data, and is the table of the design."""

from __future__ import annotations

import itertools
import re

import pytest

from app.access import GRANTS, RECORDS, Role, Scope, Section, Verb, everything, fab_roles, rights, roles_named
from app.models.base import Entity
from tests import factories as make
from tests.access.rights import RIGHTS, may
from tests.access.worlds import network, working_as
from tests.pages import views

LETTERS = {"r": Verb.READ, "w": Verb.WRITE, "d": Verb.DELETE, "x": Verb.EXPORT}


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_a_role_has_the_rights_of_the_table_and_no_others(role):
    granted = {(section, verb) for section, verbs in GRANTS[role].items() for verb in verbs}
    table = {(Section(name), LETTERS[one]) for name, letters in RIGHTS[role].items() for one in letters}
    assert {(section, verb) for section, verb in granted if verb is not Verb.MENU} == table
    # A menu entry leads to a list: who sees the one may read the other.
    menu = {section for section, verb in granted if verb is Verb.MENU}
    assert menu == {section for section, verb in table if verb is Verb.READ}


def test_the_table_knows_every_section_and_role():
    assert set(RIGHTS) == set(Role)
    assert all(set(sections) == {section.value for section in Section} for sections in RIGHTS.values())


def test_several_roles_add_up():
    for one, two in itertools.combinations(Role, 2):
        assert rights([one, two]) == rights([one]) | rights([two])
    assert rights([]) == frozenset()


def test_a_role_that_is_none_of_ours_grants_nothing():
    assert roles_named(["Public", "Admin", "", "reader", "Reader"]) == (Role.READER,)
    assert not Scope("x").may(Verb.READ, Section.EVENTS)


def test_the_framework_grants_the_same(app):
    """Its patterns match from the start of a name, so each must say where the name ends."""
    table = fab_roles()
    names = [section.value for section in Section] + [
        "eventsmore",
        "staffing",
        "roles2",
        "",
        "OrganisationView",
    ]
    verbs = [verb.value for verb in Verb] + ["can_readmore", "can_", "can_list"]
    for role, section, verb in itertools.product(Role, names, verbs):
        granted = any(re.match(view, section) and re.match(right, verb) for view, right in table[role.value])
        assert granted == ((section, verb) in rights([role])), (role, section, verb)
    assert app.config["FAB_ROLES"] == table


def test_a_view_asks_for_the_rights_of_its_section(app):
    found = list(views(app))
    assert len(found) > 15
    for view in found:
        assert view.class_permission_name == view.section.value
        assert (
            RECORDS[
                view.datamodel.obj.__name__ if not view.datamodel.obj.__dict__.get("part_of") else whole(view)
            ]
            is view.section
        )


def whole(view):
    from sqlalchemy import inspect

    return inspect(view.datamodel.obj).relationships[view.datamodel.obj.part_of].mapper.class_.__name__


def test_every_kind_of_record_has_a_section():
    models = {mapper.class_ for mapper in Entity.registry.mappers if issubclass(mapper.class_, Entity)}
    assert {model.__name__ for model in models if not model.part_of} | {"Staff"} == set(RECORDS)


def test_no_method_of_a_view_is_open_by_mistake(app):
    """What is exposed asks for a right, but for what the pages of the account and the sign-in need."""
    for view in views(app):
        for name in dir(view):
            method = getattr(view, name, None)
            if getattr(method, "_urls", None) and name not in view.exclude_route_methods:
                assert name in view.method_permission_name, (view, name)


def test_a_scope_takes_the_rights_of_all_roles_of_a_person(database):
    world = network()
    person = make.staff(Role.READER, Role.NEWSLETTER_EDITOR, offices=(world.here, world.elsewhere))
    nobody = make.staff(offices=(world.here,))
    with working_as(person) as scope:
        for section, letter in itertools.product(RIGHTS[Role.READER], LETTERS):
            expected = any(may(role, letter, section) for role in (Role.READER, Role.NEWSLETTER_EDITOR))
            assert scope.may(LETTERS[letter], section) is expected
        assert scope.offices == {world.here.id, world.branch.id, world.elsewhere.id}
        assert (scope.home, scope.staff_id, scope.everywhere) == (world.here.id, person.id, False)
    with working_as(nobody) as scope:
        assert not any(scope.may(verb, section) for verb in Verb for section in Section)


def test_a_person_without_office_works_nowhere_unless_administrator(database):
    network()
    for role in Role:
        with working_as(make.staff(role)) as scope:
            assert scope.everywhere is (role is Role.ADMINISTRATOR)
            assert scope.offices == set()
            assert scope.home is None
    with everything("a command") as scope:
        assert scope.writes(None)
        assert scope.may(Verb.EXPORT, Section.SUBSCRIBERS)
