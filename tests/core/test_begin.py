"""Who writes on SQLite takes the lock with the transaction's first statement, whatever was done before."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from app.core.db import db


def begins(connection):
    """Give what the connection sends to the database before it writes."""
    sent = []
    driver = connection.connection.driver_connection
    driver.set_trace_callback(sent.append)
    connection.execute(sa.text("DELETE FROM saved_view WHERE id = -1"))
    driver.set_trace_callback(None)
    connection.rollback()
    return sent[0].strip()


@pytest.mark.parametrize("before", [None, "AUTOCOMMIT"])
def test_a_transaction_that_writes_waits_when_it_begins(app, database, before):
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("PostgreSQL locks rows")
    db.session.rollback()
    if before:
        with db.engine.connect().execution_options(isolation_level=before) as connection:
            used = connection.connection.driver_connection
            connection.execute(sa.text("SELECT 1"))
    with db.engine.connect() as connection:
        assert isinstance(connection.connection.driver_connection, sqlite3.Connection)
        if before:
            assert connection.connection.driver_connection is used
        assert begins(connection) == "BEGIN IMMEDIATE"
