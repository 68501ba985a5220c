"""One process at a time prepares a database, and keeps no transaction open meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.core.db import LOCK, alone, db


def test_it_locks_and_leaves_no_transaction_open(database, tmp_path):
    """Else VACUUM had to think of it, and generated rows would be looked up one by one though an index tells all."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite's lock is a file of its own")
    free = text("SELECT pg_try_advisory_lock(:key)")
    holders = text(
        "SELECT state FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND objid = :key"
        " AND datname = current_database()"
    )
    with alone(tmp_path):
        assert database.scalars(holders, {"key": LOCK}).all() == ["idle"]
        assert database.scalar(free, {"key": LOCK}) is False
    assert database.scalars(holders, {"key": LOCK}).all() == []
