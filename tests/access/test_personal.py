"""What belongs to a person is nobody else's: read, counted, changed, moved, or begun with."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import aliased

from app.access import ForeignRowError, Role, Scope, UnscopedStatementError, everything, opened
from app.core.db import db
from app.models.lists import Density, ListPreference, SavedView
from tests import factories as make
from tests.access.worlds import network, working_as


@pytest.fixture
def world(database):
    """The network; a person, a colleague, a manager above, a stranger, and an administrator with a view each."""
    world = network()
    world.colleague = make.staff(Role.OFFICE_MANAGER, offices=(world.here,))
    world.agent = make.staff(Role.SERVICE_AGENCY, offices=(world.root,))
    world.admin = make.staff(Role.ADMINISTRATOR, offices=(world.elsewhere,))
    for name in PEOPLE:
        one = getattr(world, name)
        make.saved_view(one, f"{name}'s own")
        lent = one.memberships[0].office_id
        make.saved_view(one, f"{name}'s lent", office_id=lent)
        make.preference(one, columns=name)
    database.commit()
    return world


PEOPLE = ("person", "colleague", "agent", "stranger", "admin")
OWN = [f"{name}'s own" for name in PEOPLE]
SEEN = {
    "person": {"person's own", "person's lent", "colleague's lent"},
    "colleague": {"colleague's own", "colleague's lent", "person's lent"},
    "agent": {"agent's own", "agent's lent", "person's lent", "colleague's lent", "stranger's lent"},
    "stranger": {"stranger's own", "stranger's lent"},
    "admin": {"admin's own", *(f"{name}'s lent" for name in PEOPLE)},
}


def names(statement=None):
    return {
        view.name for view in db.session.scalars(statement if statement is not None else select(SavedView))
    }


@pytest.mark.parametrize("name", PEOPLE)
def test_a_view_is_seen_by_its_person_and_where_it_is_lent_to(world, name):
    with everything("tests"):
        keys = {view.name: view.id for view in db.session.scalars(select(SavedView))}
    with working_as(getattr(world, name)):
        assert names() == SEEN[name]
        other = aliased(SavedView)
        assert names(select(other)) == SEEN[name]
        assert db.session.scalar(select(func.count(SavedView.id))) == len(SEEN[name])
        assert {one for one, key in keys.items() if db.session.get(SavedView, key)} == SEEN[name]
        assert set(db.session.scalars(select(SavedView.name))) == SEEN[name]
        assert set(db.session.scalars(select(ListPreference.columns))) == {name}


def test_without_a_scope_nothing_is_seen_and_a_command_sees_all(world):
    db.session.commit()
    with opened(Scope(actor="")):
        assert names() == set()
        assert db.session.scalars(select(ListPreference)).all() == []
    with everything("tests"):
        assert len(names()) == 2 * len(PEOPLE)


@pytest.mark.parametrize("name", PEOPLE)
def test_bulk_statements_reach_only_what_is_ones_own(world, name):
    with working_as(getattr(world, name)):
        changed = db.session.execute(update(SavedView).values(name=SavedView.name + "!"))
        assert changed.rowcount == 2
        assert db.session.execute(update(ListPreference).values(page_size=50)).rowcount == 1
        assert db.session.execute(delete(ListPreference)).rowcount == 1
        assert db.session.execute(delete(SavedView)).rowcount == 2


@pytest.mark.parametrize("name", ["person", "agent", "admin"])
def test_a_lent_view_is_not_changed_or_deleted_by_who_sees_it(world, name):
    lent = "colleague's lent"
    for change in (
        lambda row: setattr(row, "name", "taken"),
        lambda row: setattr(row, "office_id", None),
        lambda row: setattr(row, "staff_id", getattr(world, name).id),
        db.session.delete,
    ):
        with working_as(getattr(world, name)):
            change(db.session.scalars(select(SavedView).where(SavedView.name == lent)).one())
            with pytest.raises(ForeignRowError):
                db.session.flush()


def test_nothing_is_written_for_somebody_else_or_for_a_foreign_office(world):
    there, other = world.there.id, world.colleague.id
    with everything("tests"):
        hidden = db.session.scalar(select(SavedView.id).where(SavedView.name == "stranger's lent"))
        unlent = db.session.scalar(select(SavedView.id).where(SavedView.name == "colleague's own"))
        lent = db.session.scalar(select(SavedView.id).where(SavedView.name == "colleague's lent"))
    base = {"listing": "contacts", "name": "New"}
    for row in (
        lambda: SavedView(**base, staff_id=other),
        lambda: SavedView(**base, office_id=there),
        lambda: SavedView(**base, office_id=999_999),
        lambda: ListPreference(listing="events", staff_id=other),
        lambda: ListPreference(listing="events", default_view_id=hidden),
        lambda: ListPreference(listing="events", default_view_id=unlent),
        lambda: ListPreference(listing="events", default_view_id=999_999),
    ):
        with working_as(world.person):
            db.session.add(row())
            with pytest.raises(ForeignRowError):
                db.session.flush()
    with working_as(world.person) as scope:
        view = SavedView(**base, office_id=scope.home)
        choice = ListPreference(listing="events", default_view_id=lent, density=Density.COMPACT)
        db.session.add_all([view, choice])
        db.session.flush()
        assert view.staff_id == choice.staff_id == scope.staff_id
    with opened(Scope(actor="")):
        db.session.add(SavedView(**base))
        with pytest.raises(ForeignRowError):
            db.session.flush()
        db.session.rollback()


def test_no_statement_passes_by(world):
    with working_as(world.person):
        for statement in (
            text("SELECT name FROM saved_view"),
            select(SavedView.__table__),
            insert(SavedView).values(staff_id=1, listing="x", name="x", query=""),
            update(SavedView).values(office_id=1),
            update(SavedView).values(staff_id=1),
            update(ListPreference).values(default_view_id=1),
        ):
            with pytest.raises(UnscopedStatementError):
                db.session.execute(statement)


def test_what_a_person_left_goes_with_the_account_and_the_office_only_takes_its_share(world):
    with everything("tests"):
        office = make.office("Kurz", parent=world.root)
        view = make.saved_view(world.stranger, "Lent for a while", office_id=office.id)
        db.session.commit()
        db.session.delete(office)
        db.session.commit()
        assert view.office_id is None
        db.session.delete(world.stranger)
        db.session.commit()
        assert names() == {
            one for one in {*OWN, *(f"{name}'s lent" for name in PEOPLE)} if "stranger" not in one
        }
