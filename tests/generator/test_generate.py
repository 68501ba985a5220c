"""The data that ``flask generate`` makes: right as if people had entered them, the same for a seed, all or nothing."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.access import of_staff, opened
from app.core.db import db
from app.core.text import search_document
from app.generator import generate
from app.generator.command import AGENCY, READER
from app.generator.plan import Size
from app.models.base import Entity, OfficeScoped, Searchable
from app.models.contacts import Channel, Contact, Position
from app.models.contracts import Contract, ContractParty, Contribution
from app.models.events import Event
from app.models.newsletters import Newsletter
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.subscribers import Consent, Subscriber, Subscription
from app.models.users import Staff
from tests import factories as make

SIZE = Size(600)
MADE = (
    Office, Newsletter, Organisation, Contact, Channel, Position, Subscriber, Subscription, Consent, Event,
    Participation, Contract, ContractParty, Contribution,
)  # fmt: skip


def quiet(_line):
    """Say nothing."""


def rows_of(model):
    """Give all columns of all rows, as the database holds them."""
    return db.session.execute(sa.select(model.__table__).order_by(model.__table__.c.id)).all()


def rules_of(model):
    """Give what the database knows of a table besides its rows."""
    found = sa.inspect(db.engine)
    name = model.__tablename__
    keys = sorted(
        (key["name"] or "", tuple(key["constrained_columns"]), key["referred_table"])
        for key in found.get_foreign_keys(name)
    )
    return keys, sorted((index["name"], tuple(index["column_names"])) for index in found.get_indexes(name))


def assert_searched_by_pieces():
    """What SQLite searches by is as if its triggers had kept it."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(
            sa.text("INSERT INTO fts_contact(fts_contact, rank) VALUES ('integrity-check', 1)")
        )
        found = sa.text("SELECT count(*) FROM fts_contact WHERE fts_contact MATCH '\"mue\"'")
        held = sa.text("SELECT count(*) FROM contact WHERE search LIKE '%mue%'")
        assert db.session.scalar(found) == db.session.scalar(held) > 0
        triggers = sa.text(
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'fts_contact_%'"
        )
        assert db.session.scalar(triggers) == 3
        db.session.commit()


def test_it_makes_as_many_as_were_asked_for_and_two_accounts(app, database):
    before = {model: rules_of(model) for model in MADE}
    done = app.test_cli_runner().invoke(
        args=["generate", "--contacts", str(SIZE.contacts), "--password", "sesame-4711-open"]
    )
    assert done.exit_code == 0, done.output
    assert re.search(
        r"^ +\d+\.\d s  600 contacts and subscribers: [\d,]+ rows so far$", done.output, re.MULTILINE
    )
    counts = {model: db.session.scalar(sa.select(sa.func.count()).select_from(model)) for model in MADE}
    assert counts[Contact] == counts[Subscriber] == SIZE.contacts
    assert counts[Organisation] == SIZE.organisations
    assert counts[Office] == SIZE.offices
    assert counts[Contract] == SIZE.contracts
    assert counts[ContractParty] == counts[Contribution] == 2 * SIZE.contracts
    assert {model: rules_of(model) for model in MADE} == before, "indexes and keys are as they were"
    assert_searched_by_pieces()

    people = {one.username: one.id for one in db.session.scalars(sa.select(Staff))}
    seen = {}
    for name, key in people.items():
        with opened(of_staff(key)):
            seen[name] = db.session.scalar(sa.select(sa.func.count(Contact.id)))
    assert people.keys() == {AGENCY, READER}
    assert seen[AGENCY] == SIZE.contacts
    assert 0 < seen[READER] < SIZE.contacts / SIZE.offices, "offices are skewed, and this is the smallest"

    organisation = make.organisation(db.session.get(Office, 1), "Nachzügler")
    assert organisation.id == SIZE.organisations + 1, "the next key follows"


def test_its_rows_break_no_rule_and_are_found_as_if_they_had_been_entered(database):
    generate(SIZE, 1, quiet)
    for model in MADE:
        rows = db.session.scalars(sa.select(model).order_by(model.id)).all()
        assert rows
        for row in rows:
            assert list(row.problems()) == [], row
            if isinstance(row, Searchable):
                assert row.search == search_document(*row.search_words(), phones=row.search_phones()), row
            parent = model.part_of or model.office_from
            if isinstance(row, OfficeScoped) and parent and getattr(row, parent) is not None:
                above = getattr(row, parent)
                assert row.office_id == (above.id if isinstance(above, Office) else above.office_id)
    assert db.session.scalar(sa.select(sa.func.count()).where(Contact.last_name == "Müller"))


def test_the_same_seed_makes_the_same_rows_and_another_one_others(database):
    from tests.conftest import _empty

    found = []
    for seed in (7, 7, 8):
        _empty()
        generate(Size(100), seed, quiet)
        found.append({model: rows_of(model) for model in MADE})
    assert found[0] == found[1]
    assert all(found[0][model] != found[2][model] for model in MADE)


def test_a_database_that_holds_records_is_refused_and_stays_as_it_is(app, database):
    make.office("LAG")
    db.session.commit()
    done = app.test_cli_runner().invoke(args=["generate", "--contacts", "100"])
    assert done.exit_code == 1
    assert "holds records already" in done.output
    assert [office.name for office in db.session.scalars(sa.select(Office))] == ["LAG"]


def test_where_it_fails_nothing_is_left_behind(database):
    """Also the indexes are there again, which were taken away before the first row came."""
    before = {model: rules_of(model) for model in MADE}

    def fails(line):
        if line == "indexes":
            raise OSError(line)

    with pytest.raises(OSError, match="indexes"):
        generate(Size(100), 1, fails)
    assert {model: rules_of(model) for model in MADE} == before
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contact)) == 0


def test_every_kind_of_row_is_made_that_the_size_names():
    """A small database has the least of each, a large one is in proportion."""
    assert (Size(10).offices, Size(10).organisations, Size(10).contracts, Size(10).events) == (4, 8, 1, 1)
    large = Size(1_000_000)
    assert (large.offices, large.organisations, large.contracts) == (1_000, 100_000, 100_000)
    assert all(issubclass(model, Entity) for model in MADE)
