"""Looks that may take a while: broken off in time, and nothing is different afterwards."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select, text

from app.core.db import db
from app.core.patience import TooSlowError, within
from app.models.organisations import Organisation
from tests import factories as make
from tests.conftest import databases
from tests.slow import counting


@pytest.fixture
def twenty(database):
    """Give a session in whose database are twenty organisations."""
    office = make.office()
    for number in range(20):
        make.organisation(office, f"Nr. {number}")
    database.commit()
    return database


def test_a_statement_that_takes_too_long_is_broken_off_and_the_session_goes_on(twenty):
    begin = time.monotonic()
    with pytest.raises(TooSlowError), within(0.2):
        twenty.scalar(counting(8))
    assert time.monotonic() - begin < 10
    with within(20):
        assert twenty.scalar(select(func.count(Organisation.id))) == 20
    assert twenty.scalar(select(func.count(Organisation.id))) == 20


def test_statements_that_are_short_each_may_take_no_longer_together(twenty):
    begin = time.monotonic()
    with pytest.raises(TooSlowError), within(0.3):
        while time.monotonic() - begin < 10:
            twenty.scalar(counting(4))
    assert time.monotonic() - begin < 5
    assert twenty.scalar(counting(4)) == 20**4


def test_who_has_looked_can_write_after_others_have_written(database):
    """On SQLite, a transaction that began with a look is too old to write in as soon as somebody else has written."""
    organisation = make.organisation(make.office(), "Alt")
    database.commit()
    with within(5):
        assert database.scalar(select(func.count(Organisation.id))) == 1
    with db.engine.connect() as other:
        other.execute(text("UPDATE organisation SET city = 'Strausberg'"))
        other.commit()
    database.execute(text("UPDATE organisation SET name = 'Neu'"))
    database.commit()
    assert (organisation.name, organisation.city) == ("Neu", "Strausberg")


def test_postgresql_compiles_no_statement(database):
    """It took two thirds of a report's time to compile what then ran once."""
    if database.get_bind().dialect.name == "postgresql":
        assert database.scalar(text("SHOW jit")) == "off"


@pytest.mark.parametrize("app", databases()[1:], indirect=True)  # SQLite's limit is the driver's
def test_what_comes_after_a_look_has_all_the_time(app, database):
    with within(0.5):
        db.session.scalar(counting(1))
    assert db.session.scalar(text("SHOW statement_timeout")) == "0"
