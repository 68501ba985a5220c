"""Who may give whom which roles and offices; passwords."""

from __future__ import annotations

import threading

import pytest
from flask_babel import gettext
from werkzeug.security import check_password_hash, generate_password_hash

from app.access import GRANTS, Role, Scope, of_staff, opened, rights
from app.core import clock
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.users import Staff
from app.queries.users import found_by
from app.services import users
from tests import factories as make

PASSWORD = "an apple a day keeps"


@pytest.fixture
def tree(database):
    """The network: a service agency with two regional offices."""
    root = make.office("Servicestelle")
    return root, make.office("LAG", parent=root), make.office("Kassel", parent=root)


def problems(call, *args, **kwargs) -> dict[str, str]:
    """Give the messages by their field; {} where the call went through."""
    try:
        call(*args, **kwargs)
    except RuleBrokenError as error:
        return {problem.field: str(problem.message) for problem in error.problems}
    return {}


def assigned(person, roles, offices, by: Staff | Scope, *, active=True) -> dict[str, str]:
    scope = by if isinstance(by, Scope) else of_staff(by.id)
    with opened(scope), db.session.no_autoflush:
        return problems(
            users.assign, person, roles, [office.id for office in offices], active=active, by=scope
        )


def names(person) -> set[str]:
    return {role.name for role in person.roles}


def newcomer(**more) -> Staff:
    base = {"first_name": "Ada", "last_name": "Neu", "username": "ada", "email": "ada@example.org"}
    return Staff(**{**base, **more})


# --- Granting ---------------------------------------------------------------------------------------------
GRANTABLE = {
    Role.ADMINISTRATOR: set(Role),
    Role.SERVICE_AGENCY: {Role.SERVICE_AGENCY, Role.REGIONAL_OFFICE, Role.OFFICE_MANAGER, Role.READER},
    Role.OFFICE_MANAGER: {Role.OFFICE_MANAGER, Role.REGIONAL_OFFICE, Role.READER},
}


@pytest.mark.parametrize("role", GRANTABLE, ids=lambda role: role.value)
def test_a_role_grants_what_is_its_own_or_what_it_appoints(tree, role):
    scope = of_staff(make.staff(role, offices=(tree[0],)).id)
    assert {other for other in Role if users.may_grant(scope, other)} == GRANTABLE[role]


def test_an_office_manager_grants_no_right_beyond_the_own(tree):
    """The table of grants may change; that nobody is lifted above the person who grants must not."""
    scope = of_staff(make.staff(Role.OFFICE_MANAGER, offices=(tree[1],)).id)
    for other in Role:
        if users.may_grant(scope, other):
            assert rights([other]) <= rights([Role.OFFICE_MANAGER])


def test_only_administrators_make_administrators_even_with_equal_rights(tree, monkeypatch):
    monkeypatch.setitem(GRANTS, Role.OFFICE_MANAGER, GRANTS[Role.ADMINISTRATOR])
    scope = of_staff(make.staff(Role.OFFICE_MANAGER, offices=(tree[1],)).id)
    assert not users.may_grant(scope, Role.ADMINISTRATOR)


def test_a_manager_adds_somebody_to_the_own_office(tree, database):
    _root, lag, _kassel = tree
    manager = make.staff(Role.OFFICE_MANAGER, offices=(lag,))
    person = newcomer()
    assert assigned(person, [Role.READER, Role.REGIONAL_OFFICE], [lag], manager) == {}
    database.add(person)
    database.flush()
    assert names(person) == {"Reader", "Regional office"}
    assert [membership.office_id for membership in person.memberships] == [lag.id]
    assert person.active


def test_a_manager_cant_grant_more_than_the_own_rights(tree):
    _root, lag, _kassel = tree
    manager = make.staff(Role.OFFICE_MANAGER, offices=(lag,))
    for role in (Role.ADMINISTRATOR, Role.SERVICE_AGENCY, Role.NEWSLETTER_EDITOR):
        person = newcomer()
        assert set(assigned(person, [role], [lag], manager)) == {"roles"}
        assert person.roles == []


def test_a_manager_cant_choose_other_offices(tree):
    root, lag, kassel = tree
    manager = make.staff(Role.OFFICE_MANAGER, offices=(lag,))
    for office in (root, kassel):
        person = newcomer()
        assert set(assigned(person, [Role.READER], [lag, office], manager)) == {"memberships"}
        assert person.memberships == []


def test_an_office_that_doesnt_exist_is_refused_for_an_administrator_too(tree):
    admin = make.staff(Role.ADMINISTRATOR)
    scope = of_staff(admin.id)
    found = problems(users.assign, newcomer(), [Role.READER], [2**31 - 1], active=True, by=scope)
    assert set(found) == {"memberships"}


def test_an_account_needs_a_role_and_an_office(tree):
    admin = make.staff(Role.ADMINISTRATOR)
    assert set(assigned(newcomer(), [], [], admin)) == {"roles", "memberships"}
    assert assigned(newcomer(), [Role.ADMINISTRATOR], [], admin) == {}


# --- Handling ---------------------------------------------------------------------------------------------
def test_a_manager_handles_the_staff_of_the_own_offices_only(tree):
    root, lag, kassel = tree
    scope = of_staff(make.staff(Role.OFFICE_MANAGER, offices=(lag,)).id)
    assert users.may_handle(scope, make.staff(Role.REGIONAL_OFFICE, offices=(lag,)))
    assert users.may_handle(scope, make.staff(Role.OFFICE_MANAGER, offices=(lag,)))
    for other in (
        make.staff(Role.REGIONAL_OFFICE, offices=(kassel,)),
        make.staff(Role.REGIONAL_OFFICE, offices=(root,)),
        make.staff(Role.REGIONAL_OFFICE, offices=(lag, kassel)),
        make.staff(Role.REGIONAL_OFFICE),
        make.staff(Role.NEWSLETTER_EDITOR, offices=(lag,)),
        make.staff(Role.ADMINISTRATOR, offices=(lag,)),
    ):
        assert not users.may_handle(scope, other)
        assert "" in assigned(other, [Role.READER], [lag], scope)


def test_a_service_agency_handles_the_staff_of_its_tree(tree):
    root, lag, _kassel = tree
    scope = of_staff(make.staff(Role.SERVICE_AGENCY, offices=(root,)).id)
    assert users.may_handle(scope, make.staff(Role.OFFICE_MANAGER, Role.REGIONAL_OFFICE, offices=(lag,)))
    assert not users.may_handle(scope, make.staff(Role.ADMINISTRATOR, offices=(lag,)))
    elsewhere = make.office("Another agency")
    assert not users.may_handle(scope, make.staff(Role.READER, offices=(elsewhere,)))


def test_roles_and_offices_are_changed_without_losing_those_that_stay(tree, database):
    _root, lag, kassel = tree
    admin = make.staff(Role.ADMINISTRATOR)
    person = make.staff(Role.READER, offices=(lag,))
    kept = person.memberships[0].id
    assert assigned(person, [Role.OFFICE_MANAGER], [lag, kassel], admin) == {}
    database.flush()
    assert names(person) == {"Office manager"}
    assert {membership.office_id for membership in person.memberships} == {lag.id, kassel.id}
    assert kept in {membership.id for membership in person.memberships}
    assert assigned(person, [Role.OFFICE_MANAGER], [kassel], admin) == {}
    database.flush()
    assert [membership.office_id for membership in person.memberships] == [kassel.id]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OFFICE_MANAGER], ids=lambda role: role.value)
def test_nobody_changes_the_own_roles_or_deactivates_the_own_account(tree, role):
    _root, lag, _kassel = tree
    make.staff(Role.ADMINISTRATOR)
    person = make.staff(role, offices=(lag,))
    assert assigned(person, [role], [lag], person) == {}
    assert "roles" in assigned(person, [role, Role.READER], [lag], person)
    assert "active" in assigned(person, [role], [lag], person, active=False)
    assert person.active
    assert names(person) == {role.value}


def test_nobody_makes_a_sign_in_link_for_the_own_account(tree):
    """It would set a password without the old one, on any screen that was left unlocked."""
    admin = make.staff(Role.ADMINISTRATOR)
    person = make.staff(Role.READER, offices=(tree[1],))
    scope = of_staff(admin.id)
    assert users.may_invite(scope, person)
    assert not users.may_invite(scope, admin)
    person.active = False
    assert not users.may_invite(scope, person)
    foreign = make.staff(Role.READER, offices=(tree[2],))
    assert not users.may_invite(of_staff(make.staff(Role.OFFICE_MANAGER, offices=(tree[1],)).id), foreign)


# --- The last administrator -------------------------------------------------------------------------------
def test_the_last_administrator_stays(tree):
    _root, lag, _kassel = tree
    admin = make.staff(Role.ADMINISTRATOR, offices=(lag,))
    make.staff(Role.ADMINISTRATOR, active=False)
    make.staff(Role.READER, offices=(lag,))
    command = Scope(actor="flask", everywhere=True, roles=(Role.ADMINISTRATOR,))
    assert set(assigned(admin, [Role.READER], [lag], command)) == {"roles"}
    assert set(assigned(admin, [Role.ADMINISTRATOR], [lag], command, active=False)) == {"active"}
    make.staff(Role.ADMINISTRATOR)
    assert assigned(admin, [Role.READER], [lag], command) == {}


def test_two_administrators_who_remove_each_other_at_once_leave_one(app, tree, database):
    lag = tree[1]
    people = [make.staff(Role.ADMINISTRATOR, offices=(lag,)) for _ in range(2)]
    keys, office = [person.id for person in people], lag.id
    database.commit()
    together, outcomes = threading.Barrier(2), []

    def remove(by: int, whom: int) -> None:
        with app.app_context():
            scope = of_staff(by)
            with opened(scope):
                person = db.session.get(Staff, whom)
                assert person.active
                together.wait(10)
                try:
                    users.assign(person, [Role.ADMINISTRATOR], [office], active=False, by=scope)
                    db.session.commit()
                    outcomes.append("removed")
                except RuleBrokenError:
                    db.session.rollback()
                    outcomes.append("refused")

    threads = [threading.Thread(target=remove, args=pair) for pair in (keys, keys[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["refused", "removed"]
    database.expire_all()
    assert sorted(person.active for person in people) == [False, True]


# --- Names ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "name"),
    [("username", "Chris"), ("username", "c@Example.org"), ("email", "C@example.org"), ("email", "chris")],
)
def test_a_name_by_which_somebody_else_signs_in_is_taken(tree, field, name):
    """Also in a foreign office, whose account the manager can't see; the message doesn't say whose it is."""
    _root, lag, kassel = tree
    make.staff(Role.READER, offices=(kassel,), username="chris", email="c@example.org")
    manager = make.staff(Role.OFFICE_MANAGER, offices=(lag,))
    found = assigned(newcomer(**{field: name}), [Role.READER], [lag], manager)
    assert set(found) == {field}
    assert found[field] in {gettext("This sign-in name is taken."), gettext("This e-mail address is taken.")}
    assert "Kassel" not in found[field]


def test_the_own_names_arent_taken(tree):
    lag = tree[1]
    manager = make.staff(Role.OFFICE_MANAGER, offices=(lag,))
    person = make.staff(Role.READER, offices=(lag,), username="chris@example.org", email="chris@example.org")
    assert assigned(person, [Role.READER], [lag], manager) == {}


# --- Passwords --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "password", ["", "short", "elevenchars", "aaaabbbbaaaabbbb", "PAT.PERSON.LAG", "pat@example.org"]
)
def test_a_password_that_is_easy_to_guess_is_refused(tree, password):
    person = make.staff(Role.READER, username="pat.person.lag", email="pat@example.org")
    before = person.password
    assert set(problems(users.set_password, person, password, at=clock.now())) == {"password"}
    assert person.password == before


def test_a_password_is_kept_as_a_salted_hash_and_ends_what_was_before(tree):
    person = make.staff(Role.READER, password=PASSWORD)
    mark, hashed = person.password_mark, person.password
    assert PASSWORD not in hashed
    users.set_password(person, PASSWORD, at=clock.now())
    assert check_password_hash(person.password, PASSWORD)
    assert person.password != hashed
    assert person.password_mark != mark


def test_a_password_is_hashed_with_as_much_work_as_is_advised_today(tree, monkeypatch):
    """Who steals the hashes guesses slowly. Other tests do with less of it, see conftest.py."""
    monkeypatch.setattr(users, "generate_password_hash", generate_password_hash)
    person = make.staff(Role.READER, password=PASSWORD)
    assert person.password.startswith("scrypt:32768:8:1$")
    users.lock(person)
    assert person.password.startswith("scrypt:32768:8:1$")


def test_changing_the_password_asks_for_the_old_one(tree):
    person = make.staff(Role.READER, password=PASSWORD)
    now = clock.now()
    assert set(problems(users.change_password, person, "wrong", "another fine password", at=now)) == {"old"}
    assert set(problems(users.change_password, person, PASSWORD, PASSWORD, at=now)) == {"password"}
    assert set(problems(users.change_password, person, PASSWORD, "short", at=now)) == {"password"}
    assert check_password_hash(person.password, PASSWORD)
    assert problems(users.change_password, person, PASSWORD, "another fine password", at=now) == {}
    assert check_password_hash(person.password, "another fine password")


def test_a_new_account_and_a_deactivated_one_have_a_password_that_nobody_knows(tree, database):
    """Or the sessions and tokens of a deactivated account would live again with it."""
    lag = tree[1]
    admin = make.staff(Role.ADMINISTRATOR)
    person = newcomer()
    assigned(person, [Role.READER], [lag], admin)
    database.add(person)
    database.flush()
    assert person.password_set_at is None
    assert person.password

    person = make.staff(Role.READER, offices=(lag,), password=PASSWORD)
    mark = person.password_mark
    assert assigned(person, [Role.READER], [lag], admin) == {}
    assert person.password_mark == mark
    assert assigned(person, [Role.READER], [lag], admin, active=False) == {}
    assert not check_password_hash(person.password, PASSWORD)
    assert assigned(person, [Role.READER], [lag], admin) == {}
    assert person.password_mark != mark
    assert person.password_set_at is None


def test_older_links_end_only_where_no_password_is_set_yet(tree):
    locked, settled = make.staff(Role.READER), make.staff(Role.READER, password=PASSWORD)
    marks = locked.password_mark, settled.password_mark
    users.end_links(locked)
    users.end_links(settled)
    assert locked.password_mark != marks[0]
    assert settled.password_mark == marks[1]


# --- The first administrator, and finding -----------------------------------------------------------------
def test_the_first_administrator_has_the_role(database):
    person = users.create_admin("root", "Ro", "Ot", "root@example.org", PASSWORD)
    assert names(person) == {"Administrator"}
    assert users.is_last_administrator(person)
    for again in (("ROOT", "other@example.org"), ("other", "Root@example.org")):
        with pytest.raises(users.StaffError, match="exists already"):
            users.create_admin(again[0], "Ro", "Ot", again[1], PASSWORD)
    with pytest.raises(users.StaffError, match="12"):
        users.create_admin("second", "Ro", "Ot", "second@example.org", "short")


@pytest.mark.parametrize("typed", ["jäger", "JAEGER", "jager", "jose jag", "josé", "jj7", "j@example", "lag"])
def test_staff_are_found_however_they_are_written(tree, database, typed):
    _root, lag, kassel = tree
    names = {"first_name": "José", "last_name": "Jäger", "username": "jj7", "email": "j@example.org"}
    person = make.staff(Role.READER, offices=(lag,), **names)
    make.staff(Role.READER, offices=(kassel,), last_name="Other", email="other@nowhere.org")
    assert found_by(database, typed) == [person.id]


def test_the_hash_of_a_password_is_no_search_text(tree, database):
    person = make.staff(Role.READER, offices=(tree[1],), password=PASSWORD)
    assert person.password.startswith("scrypt")
    assert found_by(database, "scrypt") == []


def test_staff_of_foreign_offices_arent_found(tree, database):
    _root, lag, kassel = tree
    make.staff(Role.READER, offices=(kassel,), last_name="Fremd")
    own = make.staff(Role.READER, offices=(lag,), last_name="Eigen")
    with opened(of_staff(own.id)):
        assert found_by(database, "fremd") == []
        assert found_by(database, "kassel") == []
        assert found_by(database, "eigen") == [own.id]
