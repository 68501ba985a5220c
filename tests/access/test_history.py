"""The history of a record: complete, without personal text, and of its office alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Enum, String, Text, delete, select, update

from app.access import ForeignRowError, Scope, UnscopedStatementError, everything, opened
from app.core.db import SetOf, db
from app.models.activities import Activity, ActivityKind
from app.models.contacts import Channel, ChannelKind, Contact, Salutation
from app.models.contracts import ContractParty, ContractStatus, Side
from app.models.history import Action, Change
from app.models.organisations import ExemptionKind, Organisation, Sector
from app.services import demo, users
from tests import factories as make
from tests.access.worlds import network, records, working_as

#: Texts that are written by the code, or must look like something.
RULED = {
    "created_by",
    "changed_by",
    "search",
    "uuid",
    "email",
    "sender_email",
    "phone",
    "fax",
    "website",
    "country",
}


@pytest.fixture
def office(database):
    return make.office("LAG")


def told(row):
    return db.session.scalars(
        select(Change).where(Change.kind == type(row).__name__, Change.key == row.id).order_by(Change.id)
    ).all()


def last(row):
    return {one["name"]: one for one in told(row)[-1].fields}


def test_a_new_record_is_told_once_with_who_and_when(office):
    with opened(Scope("Ana", offices=frozenset({office.id}), home=office.id)):
        contract = make.contract(office, make.organisation(office), make.organisation(office, "Verein"))
        (one,) = told(contract)
    assert (one.action, one.actor, one.office_id, one.fields) == (Action.CREATED, "Ana", office.id, [])
    assert one.at == contract.created_at or one.at > contract.created_at


def test_closed_sets_dates_and_numbers_are_kept_as_they_were_and_are(office):
    row = make.organisation(office, sectors=[Sector.IT], head_count=3)
    db.session.commit()
    assert row.exemption_date is None
    row.sectors, row.head_count = [Sector.IT, Sector.CULTURE], None
    row.exemption_date, row.exemption_kind, row.shared = date(2026, 5, 1), ExemptionKind.NOTICE, True
    db.session.flush()
    found = last(row)
    assert found["sectors"] == {"name": "sectors", "old": ["it"], "new": ["it", "culture"]}
    assert found["head_count"] == {"name": "head_count", "old": 3, "new": None}
    assert found["exemption_date"] == {"name": "exemption_date", "old": None, "new": "2026-05-01"}
    assert found["exemption_kind"] == {"name": "exemption_kind", "old": None, "new": "notice"}
    assert found["shared"] == {"name": "shared", "old": False, "new": True}


def test_of_texts_and_of_links_only_the_name_is_kept(office):
    first, second = make.organisation(office, "Erste"), make.organisation(office, "Zweite")
    first.notes, first.email, first.parent = "Ruft nie zurück", "ana@example.org", second
    db.session.flush()
    assert last(first) == {name: {"name": name} for name in ("notes", "email", "parent")}


def test_how_a_person_is_addressed_is_not_kept(office):
    row = make.contact(office, salutation=Salutation.MS)
    row.salutation, row.do_not_email = Salutation.MR, True
    db.session.flush()
    assert last(row) == {
        "salutation": {"name": "salutation"},
        "do_not_email": {"name": "do_not_email", "old": False, "new": True},
    }


def test_no_text_of_any_record_reaches_the_history(database):
    """Whatever a column is called: a word that was typed isn't found in what the history holds."""
    rows = records(make.office("LAG"))
    logs = {"Consent", "NewsletterText", "Receipt", "EventResult", "FollowUpReport"}  # of which none is kept
    for row in rows.values():
        for attribute in type(row).__mapper__.column_attrs:
            typed = isinstance(attribute.columns[0].type, (String, Text)) and not isinstance(
                attribute.columns[0].type, (Enum, SetOf)
            )
            if typed and type(row).__name__ not in logs and attribute.key not in RULED:
                setattr(row, attribute.key, "Geheimnis")
    db.session.flush()
    kept = db.session.scalars(select(Change).where(Change.action == Action.CHANGED)).all()
    assert any({"name": "notes"} in one.fields or {"name": "name"} in one.fields for one in kept)
    assert "Geheimnis" not in repr([one.fields for one in kept])


def test_parts_are_told_with_their_record_as_numbers(office):
    companies = [make.organisation(office, name) for name in ("A", "B", "C", "D")]
    row = make.contract(office, *companies[:3])
    before = len(told(row))
    row.parties[0].side = Side.NONPROFIT
    row.parties.remove(row.parties[2])
    row.parties.append(ContractParty(organisation=companies[3], side=Side.COMPANY))
    row.status = ContractStatus.FULFILLED
    db.session.flush()
    assert len(told(row)) == before + 1
    assert last(row) == {
        "status": {"name": "status", "old": "agreed", "new": "fulfilled"},
        "parties": {"name": "parties", "changed": 1, "removed": 1, "added": 1},
    }
    assert not db.session.scalars(select(Change).where(Change.kind == "ContractParty")).all()


def test_a_part_that_was_changed_alone_is_told_with_its_record(office):
    row = make.contact(office, email="a@example.org")
    db.session.commit()
    channel = db.session.scalars(select(Channel)).one()
    channel.value = "b@example.org"
    db.session.flush()
    assert last(row) == {"channels": {"name": "channels", "changed": 1}}


def test_a_save_that_changes_nothing_is_not_told(office):
    row = make.organisation(office)
    db.session.commit()
    row.name, row.notes = str(row.name), row.notes
    db.session.flush()
    assert len(told(row)) == 1


def test_many_records_of_a_save_take_one_statement_more(office, count_statements):
    rows = [make.organisation(office, f"Firma {number}") for number in range(5)]
    db.session.flush()
    for row in rows:
        row.head_count = 7
    with count_statements() as statements:
        db.session.flush()
    assert len([one for one in statements if "record_change" in one]) == 1
    assert all(len(told(row)) == 2 for row in rows)


def test_a_deleted_record_takes_its_history_with_it(office):
    """SQLite gives its key to the next record, which would inherit the past of a stranger."""
    row = make.contact(office, email="a@example.org")
    row.do_not_email = True
    db.session.flush()
    key = row.id
    db.session.delete(row)
    db.session.flush()
    following = Contact(id=key, office_id=office.id, last_name="Nachfolgerin")
    db.session.add(following)
    db.session.flush()
    assert [one.action for one in told(following)] == [Action.CREATED]


def test_a_deleted_office_takes_its_history_with_it(database):
    root = make.office("Servicestelle")
    below = make.office("LAG", parent=root)
    row = make.organisation(below)
    db.session.delete(row)
    db.session.flush()
    db.session.delete(below)
    db.session.flush()
    assert not db.session.scalars(select(Change).where(Change.office_id == below.id)).all()
    assert told(root)


def test_what_is_rolled_back_is_not_told(office):
    row = make.organisation(office)
    db.session.commit()
    row.head_count = 9
    db.session.flush()
    db.session.rollback()
    assert len(told(row)) == 1


def test_the_history_of_a_record_is_seen_by_its_own_office_alone(database):
    world = network()
    row = make.organisation(world.here, shared=True)
    key = row.id
    with working_as(world.stranger):
        assert db.session.get(Organisation, key) is not None
        assert not db.session.scalars(
            select(Change).where(Change.key == key, Change.kind == "Organisation")
        ).all()
    with working_as(world.person):
        assert told(db.session.get(Organisation, key))


@pytest.mark.parametrize("how", ["add", "change", "delete"])
def test_nobody_writes_history_by_hand(office, how):
    row = make.organisation(office)
    one = told(row)[0]
    if how == "add":
        db.session.add(
            Change(office_id=office.id, kind="Organisation", key=row.id, at=one.at, action=Action.CHANGED)
        )
    elif how == "change":
        one.actor = "Somebody else"
    else:
        db.session.delete(one)
    with pytest.raises(ForeignRowError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("statement", [delete(Change), update(Change).values(actor="Somebody else")])
def test_no_bulk_statement_rewrites_history(database, statement):
    world = network()
    with working_as(world.person), pytest.raises(UnscopedStatementError):
        db.session.execute(statement)


def test_the_demo_has_a_history(app, database, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)
    users.keep_roles()
    with everything("flask load-demo"):
        assert demo.load()
    db.session.commit()
    tasks = db.session.scalars(select(Activity).where(Activity.kind == ActivityKind.TASK)).all()
    assert tasks
    assert all(told(task)[0].actor == "flask load-demo" for task in tasks)


def test_numbers_are_kept_exactly(office):
    event = make.event(office, latitude=Decimal("52.5"))
    event.latitude = Decimal("52.75")
    db.session.flush()
    assert last(event)["latitude"] == {"name": "latitude", "old": "52.5", "new": "52.75"}


def test_a_row_of_a_contact_is_a_part_whatever_its_kind(office):
    row = make.contact(office)
    row.channels.append(Channel(kind=ChannelKind.PHONE, value="030 1"))
    db.session.flush()
    assert last(row) == {"channels": {"name": "channels", "added": 1}}


def test_parts_that_were_put_in_another_order_are_told_as_that(office):
    row = make.contact(office)
    row.channels.extend(Channel(kind=ChannelKind.PHONE, value=f"030 {number}") for number in range(3))
    db.session.flush()
    row.channels.insert(0, row.channels.pop())
    db.session.flush()
    assert set(last(row)["channels"]) == {"name", "moved"}
    row.channels.remove(row.channels[0])
    db.session.flush()
    assert last(row) == {"channels": {"name": "channels", "removed": 1}}
