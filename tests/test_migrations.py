"""Migrations run up and down on both databases, with data in the tables, and leave what the models say."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, select, text

from app import create_app
from app.access import everything
from app.core.db import db
from app.models.contacts import Channel
from app.models.figures import Measure
from app.models.schedules import ReportSchedule, Sending
from app.models.subscribers import Consent, ConsentStep, Subscriber, SubscriptionStatus
from app.services import users
from app.services.subscribers import people as subscribers
from tests import factories as make
from tests.conftest import databases, new_database, settings


@pytest.fixture(params=databases())
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without any table."""
    if request.param == "sqlite":
        yield from application(tmp_path, f"sqlite:///{tmp_path / 'm.sqlite'}")
    else:
        with new_database() as url:
            yield from application(tmp_path, url)


def application(folder: Path, url: str) -> Iterator[Flask]:
    app = create_app(**settings(folder, url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def fill() -> int:
    with everything("tests"):
        users.keep_roles()
        office = make.office("LAG", parent=make.office("Servicestelle"))
        company = make.organisation(office, phone="030 9799259-14")
        event = make.event(office)
        make.figure(event, Measure.VALUE, "1766.23", chosen=True)
        contract = make.contract(office, company, make.organisation(office, "Verein"), event=event, number=1)
        make.contribution(contract, value=Decimal("1234.56"))
        make.follow_up(contract, company)
        make.follow_up_note(make.follow_up_report(contract, company))
        make.contact(office, email="j@example.org", at=company)
        line = make.subscription(make.subscriber(office), make.newsletter(office))
        make.consent(line)
        make.former_address(office)
        make.receipt_entry(make.receipt(office), line)
        db.session.commit()
        key = contract.id
    db.session.remove()  # an open transaction would block the next change of a table
    return key


def test_each_step_back_and_forth_keeps_the_data(empty):
    upgrade()
    fill()
    before = counts()
    downgrade(revision="0001")
    old = set(inspect(db.engine).get_table_names())
    upgrade()
    assert {table: count for table, count in counts().items() if table in old} == {
        table: count for table, count in before.items() if table in old
    }
    assert before["record_change"]
    assert before["receipt"] == before["receipt_entry"] == 1
    assert before["contribution"] == 1
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert fill()


def counts() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()  # noqa: S608 - our own tables
            for table in db.metadata.tables
        }


def test_a_report_by_mail_of_one_office_rests_where_it_would_be_of_all(empty):
    upgrade()
    with everything("tests"):
        person = make.staff(offices=(make.office("LAG"),))
        for chosen in (None, 1):
            row = make.schedule(person, person, chosen=chosen, problem=Sending.OFFICE)
            row.recipients[0].outcome = Sending.OWNER
        db.session.commit()
    db.session.remove()
    downgrade(revision="0023")
    with db.engine.connect() as connection:
        kept = connection.execute(text("SELECT active, problem FROM report_schedule ORDER BY id")).all()
        outcomes = connection.execute(text("SELECT outcome FROM report_recipient")).scalars().all()
    assert [(bool(active), problem) for active, problem in kept] == [(True, "rights"), (False, "rights")]
    assert outcomes == ["rights", "rights"]
    upgrade()
    with everything("tests"):
        assert db.session.scalars(select(ReportSchedule.chosen)).all() == [None, None]


def test_a_report_that_was_broken_off_reads_as_failed_in_the_version_before(empty):
    upgrade()
    with everything("tests"):
        person = make.staff(offices=(make.office("LAG"),))
        make.schedule(person, person).recipients[0].outcome = Sending.CANCELLED
        db.session.commit()
    db.session.remove()
    downgrade(revision="0025")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT outcome FROM report_recipient")).scalars().all() == ["failed"]
    upgrade()


def test_addresses_that_were_spelled_otherwise_become_one(empty):
    """Nobody who said no under one spelling is written to under the other, and the log says what has ended."""
    upgrade()
    with everything("tests"):
        office = make.office("LAG")
        make.contact(office, email="bo@example.org")
        letter, other = make.newsletter(office), make.newsletter(office, "Anderer")
        rows = [
            make.subscriber(office, email)
            for email in ("one@example.org", "two@example.org", "x@example.org")
        ]
        make.consent(make.subscription(rows[0], letter, status=SubscriptionStatus.CONFIRMED))
        make.subscription(rows[1], letter, status=SubscriptionStatus.UNSUBSCRIBED)
        make.subscription(rows[1], other, status=SubscriptionStatus.CONFIRMED)
        keys, here, name = [person.id for person in rows], office.id, letter.name
        db.session.commit()
    db.session.remove()
    downgrade(revision="0012")
    old = ("ana@müller.example", "ana@xn--mller-kva.example", "di@xn--mller-kva.example")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE contact_channel SET value = 'Bo@xn--mller-kva.example'"))
        for key, email in zip(keys, old, strict=True):
            digest = hashlib.sha256(email.encode()).hexdigest()
            values = {"id": key, "email": email, "digest": digest}
            connection.execute(
                text("UPDATE subscriber SET email = :email, digest = :digest WHERE id = :id"), values
            )
    upgrade()
    with everything("tests"):
        ana, gone, di = (db.session.get(Subscriber, key) for key in keys)
        assert [ana.email, di.email] == ["ana@müller.example", "di@müller.example"]
        assert gone.erased_at is not None
        assert (gone.digest, gone.email) == (None, f"{gone.uuid}@erased.invalid")
        assert subscribers.known_to(here, "di@xn--mller-kva.example") is di
        states = {line.newsletter.name: line.status for line in ana.subscriptions}
        assert states == {
            name: SubscriptionStatus.UNSUBSCRIBED,
            "Anderer": SubscriptionStatus.CONFIRMED,
        }
        assert [one.step for one in db.session.scalars(select(Consent).order_by(Consent.id))] == [
            ConsentStep.REQUESTED,
            ConsentStep.WITHDRAWN,
        ]
        assert db.session.scalars(select(Channel.value)).all() == ["bo@müller.example"]


def test_the_migrated_tables_are_those_of_the_models(empty):
    upgrade()
    check()  # exits where autogenerate would still change something


def test_postgresql_searches_by_trigrams(empty):
    upgrade()
    if db.engine.dialect.name == "postgresql":
        names = {index["name"] for index in inspect(db.engine).get_indexes("contact")}
        assert "trgm_contact_search" in names


def test_two_commands_that_initialise_at_once_do_not_collide(tmp_path):
    """Containers may start together; the second waits or finds the work done."""
    environment = {"MARKTBUERO_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "flask", "--app", "app", "init"]
    root = Path(__file__).resolve().parent.parent
    both = [subprocess.Popen(command, env=environment, cwd=root, stderr=subprocess.PIPE) for _ in range(2)]
    results = [(process.communicate()[1].decode(), process.returncode) for process in both]
    assert [code for _text, code in results] == [0, 0], results
