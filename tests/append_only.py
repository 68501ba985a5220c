"""What only tests do: change rows that the database itself keeps from being changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, literal, select, text
from sqlalchemy import table as table_named

TRIGGERS = text(
    "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'"
)


@contextmanager
def lifted(connection: Connection) -> Iterator[None]:
    """Let the rules rest until the block ends; on PostgreSQL until the transaction does, and foreign keys with them."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        return
    # A change of the schema makes each connection read it anew, so only rules that have rows to keep are lifted.
    rules = [
        (name, sql)
        for name, table, sql in connection.execute(TRIGGERS)
        if connection.execute(select(literal(1)).select_from(table_named(table)).limit(1)).scalar()
    ]
    for name, _sql in rules:
        connection.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _name, sql in rules:
        connection.execute(text(sql))
