"""The session shows a person the rows of the own offices, whatever a statement looks like."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, exists, func, insert, literal, select, text, union, update
from sqlalchemy.orm import aliased, joinedload, selectinload, subqueryload

from app.access import (
    ForeignRowError,
    Role,
    Scope,
    UnscopedStatementError,
    current,
    everything,
    of_staff,
    opened,
)
from app.core.db import db
from app.models.activities import Activity
from app.models.contacts import Channel, Contact, Position
from app.models.events import Event
from app.models.newsletters import Newsletter
from app.models.offices import Office, OfficePlace
from app.models.organisations import Organisation
from app.models.subscribers import SubscriptionStatus
from app.models.users import Membership, Staff
from tests import factories as make
from tests.access.worlds import network, working_as


@pytest.fixture
def world(database):
    """One own, one foreign and one shared organisation; a contact with each."""
    world = network()
    world.own = make.organisation(world.here, "Eigene")
    world.foreign = make.organisation(world.there, "Fremde")
    world.shared = make.organisation(world.there, "Geteilte", shared=True)
    world.own_contact = make.contact(world.here, "Eigen", email="e@example.org", at=world.own)
    world.foreign_contact = make.contact(world.there, "Fremd", email="f@example.org", at=world.foreign)
    world.ids = {name: getattr(world, name).id for name in ("own", "foreign", "shared", "foreign_contact")}
    database.commit()
    return world


def names(statement):
    return sorted(db.session.scalars(statement))


VISIBLE = ["Eigene", "Geteilte"]

SELECTS = {
    "of columns": lambda: select(Organisation.name),
    "of an alias": lambda: select(aliased(Organisation).name),
    "of a named alias": lambda: select((o := aliased(Organisation, name="o")).name).where(o.id > 0),
    "of a subquery": lambda: select(select(Organisation.name).subquery().c.name),
    "of an aliased subquery": lambda: select(aliased(Organisation, select(Organisation).subquery()).name),
    "of a CTE": lambda: select(select(Organisation.name).cte("found").c.name),
    "of a union": lambda: select(
        select(Organisation.name)
        .where(Organisation.shared)
        .union(select(Organisation.name))
        .subquery()
        .c.name
    ),
    "united with another": lambda: union(select(Organisation.name), select(Organisation.name)),
    "with an IN": lambda: select(Organisation.name).where(Organisation.id.in_(select(Organisation.id))),
    "with text as a condition": lambda: select(Organisation.name).where(text("1=1")),
    "with an OR": lambda: select(Organisation.name).where((Organisation.id > 0) | literal(value=True)),
    "by key": lambda: select(Organisation.name).where(Organisation.id.in_(range(1, 10_000))),
    "with a count in each row": lambda: select(Organisation.name).where(
        select(func.count(Organisation.id)).select_from(Organisation).scalar_subquery() == len(VISIBLE)
    ),
}


@pytest.mark.parametrize("statement", SELECTS.values(), ids=SELECTS.keys())
def test_a_select_finds_own_and_shared_rows(world, statement):
    with working_as(world.person):
        assert names(statement()) == VISIBLE
    assert "Fremde" in names(select(Organisation.name))


def test_a_statement_that_is_kept_is_narrowed_for_each_who_sends_it(world):
    kept = select(Organisation.name).execution_options(kept=True)
    people = {world.person.id: VISIBLE, world.stranger.id: ["Fremde", "Geteilte"]}
    for _turn in range(2):
        for person, seen in people.items():
            with opened(of_staff(person)):
                assert names(kept) == seen
        with everything("test"):
            assert names(kept) == ["Eigene", "Fremde", "Geteilte"]
        with opened(Scope(actor="")):
            assert names(kept) == []


def test_the_query_of_old_is_narrowed_too(world):
    with working_as(world.person):
        assert sorted(row.name for row in db.session.query(Organisation)) == VISIBLE
        assert db.session.query(Organisation).count() == 2
        assert db.session.query(func.count(Organisation.id)).scalar() == 2
        assert db.session.query(Organisation.id).filter(Organisation.name == "Fremde").first() is None
        assert db.session.query(db.session.query(Organisation).exists()).scalar()
        assert not db.session.query(db.session.query(Contact).filter_by(last_name="Fremd").exists()).scalar()


def test_a_row_is_given_by_its_key_to_who_may_see_it(world):
    with working_as(world.person):
        assert db.session.get(Organisation, world.ids["own"]) is not None
        assert db.session.get(Organisation, world.ids["shared"]) is not None
        assert db.session.get(Organisation, world.ids["foreign"]) is None
        assert db.session.get(Contact, world.ids["foreign_contact"]) is None


def test_counts_count_what_can_be_seen(world):
    with working_as(world.person):
        assert db.session.scalar(select(func.count(Organisation.id))) == 2
        assert db.session.scalar(select(func.count()).select_from(Organisation)) == 2
        assert db.session.scalar(select(func.count()).select_from(select(Organisation.id).subquery())) == 2
        assert db.session.scalar(select(func.max(Contact.last_name))) == "Eigen"
        assert db.session.scalar(select(select(func.count(Contact.id)).scalar_subquery())) == 1


def test_exists_and_has_and_any_look_no_further(world):
    with working_as(world.person):
        assert not db.session.scalar(select(exists().where(Contact.last_name == "Fremd")))
        assert not db.session.scalar(select(exists(select(Contact.id).where(Contact.last_name == "Fremd"))))
        assert db.session.scalar(select(exists().where(Contact.last_name == "Eigen")))
        at_foreign = Position.organisation.has(Organisation.name == "Fremde")
        assert (
            db.session.scalars(select(Contact.last_name).where(Contact.positions.any(at_foreign))).all() == []
        )
        other = aliased(Contact)
        colleague = exists().where(other.office_id != Organisation.office_id)
        assert names(select(Organisation.name).where(colleague)) == ["Geteilte"]


def test_joins_reach_no_foreign_row(world):
    other = aliased(Organisation)
    with working_as(world.person):
        pairs = (
            select(Contact.last_name, Organisation.name).join(Contact.positions).join(Position.organisation)
        )
        assert db.session.execute(pairs).all() == [("Eigen", "Eigene")]
        outer = select(other.name).select_from(Organisation).outerjoin(other, other.id != Organisation.id)
        assert "Fremde" not in set(db.session.scalars(outer))
        cross = select(Organisation.name, Contact.last_name).join(Contact, literal(value=True))
        assert {row.last_name for row in db.session.execute(cross)} == {"Eigen"}


LOADERS = {
    "lazily": (),
    "with selectinload": (selectinload(Event.model_project_of), selectinload(Event.roles)),
    "with joinedload": (joinedload(Event.model_project_of), joinedload(Event.roles)),
    "with subqueryload": (subqueryload(Event.model_project_of), subqueryload(Event.roles)),
}


@pytest.mark.parametrize("options", LOADERS.values(), ids=LOADERS.keys())
def test_relations_of_a_visible_row_are_loaded_as_far_as_they_can_be_seen(world, database, options):
    """A shared event names an organisation that isn't shared, and has roles, which stay with the office."""
    from app.models.events import EventRole, OrganisationRole

    event = make.event(world.there, "Markt", shared=True, model_project_of=world.foreign)
    event.roles.append(EventRole(organisation=world.foreign, role=OrganisationRole.SPONSOR))
    database.flush()
    with working_as(world.person):
        found = db.session.scalars(select(Event).options(*options)).unique().one()
        assert found.model_project_of is None
        assert found.roles == []
        assert found.office is None


def test_a_row_from_a_look_past_the_scope_leads_nowhere_further(world, database):
    """The account of a request is loaded like that, before there is a scope."""
    company = make.organisation(world.there, "Ganz", shared=True, parent=world.foreign)
    make.contact(world.there, at=company)
    both = make.staff(Role.READER, offices=(world.here, world.there))
    keys = company.id, both.id
    with working_as(world.person):
        with everything("look"):
            row, person = db.session.get(Organisation, keys[0]), db.session.get(Staff, keys[1])
        assert row.parent is None
        assert row.office is None
        assert [membership.office_id for membership in person.memberships] == [world.here.id]


def test_what_is_deferred_or_refreshed_stays_readable(world):
    with working_as(world.person):
        own = db.session.get(Organisation, world.ids["own"])
        db.session.expire(own)
        assert own.name == "Eigene"
        db.session.refresh(own)
        own.notes = "changed"
        db.session.commit()
        assert own.notes == "changed"


def test_a_newsletter_counts_the_own_subscriptions(world, database):
    here, there = make.newsletter(world.here), make.newsletter(world.there)
    confirmed = {"status": SubscriptionStatus.CONFIRMED}
    make.subscription(make.subscriber(world.here, "a@example.org"), here, **confirmed)
    line = make.subscription(make.subscriber(world.there, "b@example.org"), there, **confirmed)
    # No guard lets a subscription of one office into the newsletter of another; the count must not rely on it.
    database.execute(
        text("UPDATE subscription SET newsletter_id = :letter WHERE id = :id"),
        {"letter": here.id, "id": line.id},
    )
    with working_as(world.person):
        assert db.session.scalars(select(Newsletter.subscribers)).all() == [1]
        letter = db.session.scalars(select(Newsletter)).one()
        assert letter.subscribers == 1
        db.session.expire(letter)
        assert letter.subscribers == 1
    assert sorted(row.subscribers for row in db.session.scalars(select(Newsletter))) == [0, 2]


def test_a_join_with_accounts_names_colleagues_alone(world, database):
    for assignee in (world.person, world.stranger):
        make.activity(world.here, subject=assignee.last_name, assignee_id=assignee.id, organisation=world.own)
    database.commit()
    other = aliased(Staff)
    with working_as(world.person):
        joined = db.session.query(Activity.subject, other.last_name).outerjoin(
            Activity.assignee.of_type(other)
        )
        assert dict(map(tuple, joined)) == {
            world.person.last_name: world.person.last_name,
            world.stranger.last_name: None,
        }


def test_staff_are_seen_by_those_with_whom_they_work(world, database):
    boss = make.staff(Role.SERVICE_AGENCY, offices=(world.root,), last_name="Boss")
    both = make.staff(Role.READER, offices=(world.branch, world.there), last_name="Both")
    nobody = make.staff(Role.READER, last_name="Nobody")
    database.commit()
    person, stranger = world.person.last_name, world.stranger.last_name
    with working_as(world.person):
        assert names(select(Staff.last_name)) == sorted([person, "Both"])
        assert {row.office_id for row in db.session.scalars(select(Membership))} == {
            world.here.id,
            world.branch.id,
        }
        [found] = db.session.scalars(select(Staff).where(Staff.last_name == "Both"))
        assert [membership.office_id for membership in found.memberships] == [world.branch.id]
    with working_as(boss):
        assert names(select(Staff.last_name)) == sorted([person, stranger, "Boss", "Both"])
    with working_as(nobody):
        assert names(select(Staff.last_name)) == ["Nobody"]
    assert both.id


def test_the_accounts_of_others_are_hidden_under_every_name(world):
    """Flask-AppBuilder's own user model maps the same table, and its roles lead back to it."""
    from sqlalchemy import inspect

    account = inspect(Staff).base_mapper.class_
    assert account is not Staff
    with working_as(world.person):
        assert len(db.session.scalars(select(account)).all()) == 1
        [role] = db.session.get(Staff, world.person.id).roles
        assert len(role.user) == 1


def test_a_person_sees_the_offices_below_and_above_and_no_others(world):
    with working_as(world.person) as scope:
        assert names(select(Office.name)) == ["Hier", "Servicestelle", "Zweigstelle"]
        assert [scope.writes(one.id) for one in (world.here, world.branch)] == [True, True]
        assert not any(scope.writes(one.id) for one in (world.root, world.there, world.elsewhere))
    agent = make.staff(Role.SERVICE_AGENCY, offices=(world.root,))
    with working_as(agent):
        assert names(select(Office.name)) == ["Dort", "Hier", "Servicestelle", "Zweigstelle"]
    low = make.staff(Role.READER, offices=(world.branch,))
    with working_as(low) as scope:
        assert names(select(Office.name)) == ["Hier", "Servicestelle", "Zweigstelle"]
        assert scope.offices == {world.branch.id}


def test_what_belongs_to_an_office_above_stays_hidden(world, database):
    world.root.places.append(OfficePlace(name="Berlin"))
    make.contact(world.root, "Oben")
    make.contact(world.branch, "Unten")
    database.commit()
    with working_as(world.person):
        assert names(select(Contact.last_name)) == ["Eigen", "Unten"]
        assert db.session.scalars(select(OfficePlace)).all() == []


def test_an_administrator_sees_all(world):
    admin = make.staff(Role.ADMINISTRATOR)
    with working_as(admin):
        assert db.session.scalar(select(func.count(Organisation.id))) == 3
        assert db.session.scalar(select(func.count(Office.id))) == 5


# --- without a scope ------------------------------------------------------------------------------------------
NOBODY = {
    "nobody": Scope(actor=""),
    "a person without an office": Scope(actor="Pat", staff_id=-5, roles=(Role.REGIONAL_OFFICE,)),
}


@pytest.mark.parametrize("scope", NOBODY.values(), ids=NOBODY.keys())
def test_who_works_nowhere_sees_no_row_not_even_a_shared_one(world, database, scope):
    make.event(world.there, shared=True)
    make.material(world.there, shared=True)
    make.news_item(world.there, shared=True)
    make.receipt(world.there)
    database.commit()
    with opened(scope):
        for mapper in Organisation.registry.mappers:
            if (
                any(hasattr(mapper.class_, name) for name in ("office_id", "memberships"))
                or mapper.class_ is Office
            ):
                assert db.session.scalars(select(mapper.class_)).all() == [], mapper.class_


def test_without_a_scope_nothing_is_seen_or_written(world, app):
    def outside():
        with app.app_context():
            assert current().offices == set()
            assert db.session.scalars(select(Organisation)).all() == []
            db.session.add(Organisation(office_id=world.here.id, name="Neue", kind=world.own.kind))
            with pytest.raises(ForeignRowError):
                db.session.flush()
            db.session.rollback()
            assert db.session.execute(update(Organisation).values(notes="x")).rowcount == 0
            assert db.session.execute(delete(Channel)).rowcount == 0
            db.session.rollback()

    assert_in_a_thread(outside)


def assert_in_a_thread(work):
    """Run in a new thread, which inherits no scope; raise what it raises."""
    raised = []

    def run():
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed over
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def test_an_inactive_person_sees_nothing(world, database):
    world.person.active = False
    database.commit()
    with opened(of_staff(world.person.id)) as scope:
        assert scope.offices == set()
        assert db.session.scalars(select(Organisation)).all() == []
    assert of_staff(10**9).offices == set()


# --- bulk writes ----------------------------------------------------------------------------------------------
def test_a_bulk_update_and_delete_reach_own_rows_only(world):
    with working_as(world.person):
        changed = db.session.execute(update(Organisation).values(notes="x").returning(Organisation.name))
        assert changed.scalars().all() == ["Eigene"]
        assert db.session.query(Organisation).update({"notes": "y"}) == 1
        foreign = update(Organisation).where(Organisation.id == world.ids["foreign"]).values(notes="z")
        assert db.session.execute(foreign).rowcount == 0
        shared = update(Organisation).where(Organisation.id == world.ids["shared"]).values(notes="z")
        assert db.session.execute(shared).rowcount == 0
        assert db.session.execute(delete(Position)).rowcount == 1
        assert db.session.execute(delete(Channel)).rowcount == 1
        assert db.session.query(Organisation).delete() == 1
        assert db.session.execute(update(Office).values(funder="x")).rowcount == 2
        db.session.commit()
    assert names(select(Organisation.name)) == ["Fremde", "Geteilte"]
    assert set(db.session.scalars(select(Organisation.notes))) == {None}


def bulk_writes(world):
    foreign = world.ids["foreign"]
    yield "an update by key", update(Organisation), [{"id": foreign, "version": 1, "notes": "x"}]
    yield (
        "an insert",
        insert(Organisation),
        [{"office_id": world.there.id, "name": "N", "kind": world.own.kind}],
    )
    yield (
        "an insert of values",
        insert(Contact).values(office_id=world.there.id, last_name="N", version=1),
        None,
    )
    yield "a move", update(Organisation).values(office_id=world.there.id), None
    yield "a link", update(Organisation).values({"parent_id": foreign}), None
    yield "a link by attribute", update(Organisation).values({Organisation.parent_id: foreign}), None
    yield "sharing without its parts", update(Event).values(shared=True), None
    yield "a table", select(Organisation.__table__), None
    yield "a column of a table", select(Organisation.__table__.c.name), None
    yield "an update of a table", update(Organisation.__table__).values(notes="x"), None
    yield "rows of a table", select(func.count()).select_from(Organisation.__table__), None
    yield "a table in a condition", select(exists(select(Organisation.__table__.c.id))), None
    yield (
        "plain SQL for a model",
        select(Organisation).from_statement(text("SELECT * FROM organisation")),
        None,
    )
    yield "plain SQL", text("SELECT name FROM organisation"), None


def test_statements_that_nothing_could_narrow_are_refused(world):
    cases = list(bulk_writes(world))
    for name, statement, rows in cases:
        with working_as(world.person), pytest.raises(UnscopedStatementError):
            db.session.execute(statement, rows or {})
            pytest.fail(f"not refused: {name}")
    assert "Fremde" in names(select(Organisation.name).where(Organisation.notes.is_(None)))


def test_a_command_may_use_them(world):
    for name, statement, rows in bulk_writes(world):
        assert db.session.execute(statement, rows or {}), name
        db.session.rollback()


# --- whose scope it is ----------------------------------------------------------------------------------------
def test_scopes_nest_and_end(world):
    with opened(Scope("outer", offices=frozenset({world.here.id}))):
        with everything("inner"):
            assert db.session.scalar(select(func.count(Organisation.id))) == 3
            with opened(Scope("innermost", offices=frozenset({world.there.id}))):
                assert names(select(Organisation.name)) == ["Fremde", "Geteilte"]
            assert current().actor == "inner"
        assert current().actor == "outer"
        with pytest.raises(RuntimeError), everything("broken"):
            raise RuntimeError
        assert names(select(Organisation.name)) == VISIBLE


def test_a_look_past_the_scope_writes_nothing_of_what_waits(app, world):
    """A query flushes first. What waits is judged in the scope of the person, not in that of the look."""
    from flask import g

    person = world.person

    def request():
        with app.test_request_context():
            g.user = person_of(person.id)
            db.session.add(
                Organisation(office_id=world.there.id, name="Eingeschmuggelt", kind=world.own.kind)
            )
            with everything("look"):
                assert db.session.scalar(select(func.count(Organisation.id))) == 3
            with pytest.raises(ForeignRowError):
                db.session.commit()
            db.session.rollback()

    assert_in_a_thread(request)


def person_of(key):
    with everything("tests"):
        return db.session.get(Staff, key)


def test_each_thread_has_its_own_scope(app, world):
    """Eight threads switch between two people; what they see never mixes."""
    seen: list[tuple[str, list[str]]] = []
    barrier = threading.Barrier(8)
    offices = {"here": world.here.id, "there": world.there.id}

    def look(name):
        with app.app_context():
            barrier.wait()
            for _turn in range(10):
                with opened(Scope(name, offices=frozenset({offices[name]}))):
                    seen.append((current().actor, names(select(Contact.last_name))))
                with everything("look"):
                    assert len(names(select(Contact.last_name))) == 2
            db.session.remove()

    threads = [threading.Thread(target=look, args=(name,)) for name in ("here", "there") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 80
    assert all(found == (["Eigen"] if name == "here" else ["Fremd"]) for name, found in seen)


def test_a_request_takes_over_no_scope_of_its_thread(app, world):
    with everything("left open"):
        page = app.test_client().get("/organisations/list/")
        assert page.status_code == 302
        app.preprocess_request  # noqa: B018 - the hook is registered
        with app.test_request_context():
            app.preprocess_request()
            assert current().everywhere is False
            assert db.session.scalars(select(Organisation)).all() == []


# --- tokens ---------------------------------------------------------------------------------------------------
def test_a_program_has_the_scope_of_its_token_once_that_was_checked(app, world, database):
    """Before, it sees nothing; and what was kept then counts no longer."""
    from flask_jwt_extended import create_access_token, verify_jwt_in_request

    key = world.person.id
    token = create_access_token(identity=str(key))
    database.commit()

    def request():
        with app.test_request_context(headers={"Authorization": f"Bearer {token}"}):
            app.preprocess_request()
            assert current().staff_id is None
            assert db.session.scalars(select(Organisation)).all() == []
            verify_jwt_in_request()
            assert current().staff_id == key
            assert names(select(Organisation.name)) == VISIBLE

    assert_in_a_thread(request)


def test_a_token_counts_more_than_the_cookie_beside_it(app, world, database):
    """A program of one person, run in the browser of another, works for the first alone."""
    from tests.api.calls import Program

    agent = make.staff(Role.ADMINISTRATOR)
    database.commit()
    program = Program(app, world.person)
    make.sign_in(program.client, agent)
    assert program.get("organisations/").json["count"] == 2
    program.headers.pop("Authorization")
    assert program.get("organisations/").status_code == 401


def test_the_scope_of_a_request_is_read_once(app, world, database, count_statements):
    from flask import g

    key = world.person.id
    database.commit()

    def request():
        with app.test_request_context():
            g.user = person_of(key)
            first = current()
            with count_statements() as statements:
                assert current() is first
                assert current().staff_id == key
            assert statements == []

    assert_in_a_thread(request)
