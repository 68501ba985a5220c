"""Who writes on SQLite takes the lock with the transaction's first statement, whatever was done before."""

from __future__ import annotations

from contextlib import ExitStack

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


def test_a_transaction_that_writes_waits_when_it_begins(app, database):
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        pytest.skip("PostgreSQL locks rows")
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        used = connection.connection.driver_connection
        connection.execute(sa.text("SELECT 1"))
    with ExitStack() as stack:
        # All that the pool holds, whichever it gives first.
        kept = [stack.enter_context(db.engine.connect()) for _number in range(db.engine.pool.checkedin())]
        assert used in [one.connection.driver_connection for one in kept]
        assert {begins(one) for one in kept} == {"BEGIN IMMEDIATE"}
