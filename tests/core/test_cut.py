"""A connection that the server has ended isn't given to anybody, and the server isn't asked each time for that."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.core import connections
from app.core.db import db
from tests.conftest import databases

pytestmark = pytest.mark.parametrize("app", databases()[1:], indirect=True)


@contextmanager
def given():
    """Give the connection that the pool gives next, and its key on the server."""
    with db.engine.connect() as connection:
        yield connection, connection.connection.driver_connection.info.backend_pid


def asked(by, key):
    """Give when the server was last asked by a connection."""
    when = sa.text("SELECT query_start FROM pg_stat_activity WHERE pid = :key")
    return by.execute(when, {"key": key}).scalar_one()


@pytest.fixture
def watching(app, database):
    """Watch over a connection apart from the pool, which is empty at first."""
    db.session.rollback()
    db.engine.dispose()
    apart = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool)
    with apart.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def test_one_that_was_used_a_moment_ago_is_given_without_asking(watching):
    with given() as (connection, key):
        connection.execute(sa.text("SELECT 1"))
    before = asked(watching, key)
    with given() as (_connection, next_key):
        assert (next_key, asked(watching, key)) == (key, before)


def test_the_server_is_asked_about_one_that_nobody_used_for_a_while(watching, monkeypatch):
    with given() as (connection, key):
        connection.execute(sa.text("SELECT 1"))
    before = asked(watching, key)
    monkeypatch.setattr(connections, "LASTS", 0)
    with given() as (_connection, next_key):
        assert next_key == key
        assert asked(watching, key) > before


def test_one_that_was_ended_is_replaced(watching):
    with given() as (connection, key):
        connection.execute(sa.text("SELECT 1"))
    ended = sa.select(sa.func.pg_terminate_backend(key, 5000))
    assert watching.execute(ended).scalar_one()
    with given() as (connection, next_key):
        assert connection.execute(sa.text("SELECT 42")).scalar_one() == 42
        assert next_key != key
