"""What each connection to the database is told, and how the pool knows that it lasts."""

from __future__ import annotations

import selectors
import sqlite3
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import Pool

from app.core.clock import OFFICE_ZONE

#: Seconds for which a connection that nobody uses may be believed; then a router on the way may have forgotten it.
LASTS = 5

#: kB of SQLite's file that a connection keeps: rows that a search finds lie far apart. And while a file is made.
_KEPT, _PASSING = 32_000, 8_000

#: Foreign keys are checked, readers read while one writes, and a lock is waited for.
_PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=60000",
    f"cache_size=-{_KEPT}",
)


#: A statement that is to be ``prepared`` is so when it's sent for the third time; of some 100 kB each, so many at most.
_SENT_BEFORE, _PREPARED = 2, 40


class _Remembering(psycopg.Connection[Any]):
    """A connection to PostgreSQL whose prepared statements outlast a rollback: each request that reads ends with one.

    psycopg forgets them there, since a table that one names may have been made in the transaction. Ours makes none:
    nothing that migrates sends statements that are to be prepared.
    """

    def rollback(self) -> None:
        """Roll back; where that fails, psycopg says so."""
        with self.lock:
            if self.pgconn.transaction_status == TransactionStatus.INTRANS:
                self.pgconn.exec_(b"ROLLBACK")
        super().rollback()


@event.listens_for(Engine, "do_connect")
def _remember(dialect: Dialect, _record: Any, arguments: Any, options: dict[str, Any]) -> Any:
    return _Remembering.connect(*arguments, **options) if dialect.driver == "psycopg" else None


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Let statements begin at once: to compile one takes longer than most of ours, reports of many rows too.

    And give all numbers one type: psycopg takes the smallest, and a statement would be prepared for each mixture.
    """
    if isinstance(connection, psycopg.Connection):
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.prepared_max = _PREPARED
        connection.execute("SET jit = off")
        connection.commit()


@event.listens_for(Engine, "before_cursor_execute")
def _prepare(_connection: Any, cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:  # noqa: FBT001
    """Prepare what says so, and nothing else: how many rows a search finds decides how it's best gone about."""
    if isinstance(cursor, psycopg.Cursor):
        asked = context is not None and context.execution_options.get("prepared")
        cursor.connection.prepare_threshold = _SENT_BEFORE if asked else None


@event.listens_for(Engine, "handle_error")
def _find_outdated(context: ExceptionContext) -> None:
    """Take new connections where a table was changed while this process ran: what was prepared of it is refused."""
    sent = context.execution_context
    if sent is not None and sent.execution_options.get("prepared"):
        context.is_disconnect |= isinstance(context.original_exception, psycopg.errors.FeatureNotSupported)


@event.listens_for(Pool, "checkin")
def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _find_cut(connection: Any, record: Any, _fairy: Any) -> None:
    """Take new connections where the server has ended these, as after a restart.

    The pool's own "pre-ping" asks the server at each checkout. But a server that ends a connection closes it, which can
    be seen here: it's asked only where something came in while nobody was listening, or a while has passed.
    """
    used = record.info.get("used")
    if used is None or not isinstance(connection, psycopg.Connection):
        return
    try:
        if time.monotonic() - used > LASTS or _heard(connection):
            connection.execute("SELECT 1")
            connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _heard(connection: psycopg.Connection[Any]) -> bool:
    """Whether the server has said or done anything since it answered."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return bool(selector.select(0))


class _Connection(sqlite3.Connection):
    """A connection to SQLite that knows its cursors, so that none stays open when the connection is given back.

    One that was left in the middle of its rows, as by a full disk, would keep the connection's view of the database as
    it was then: who gets it next would read what is old, and couldn't write at all. A rollback doesn't end it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursors: WeakSet[sqlite3.Cursor] = WeakSet()
        self.passing = False

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """Give a new cursor."""
        found = super().cursor(*args, **kwargs)
        self.cursors.add(found)
        return found

    def pass_by(self, *, passing: bool = True) -> None:
        """Keep few pages of the file while all rows are gone through once: nobody asks for these again."""
        if passing != self.passing:
            self.execute(f"PRAGMA cache_size={-_PASSING if passing else -_KEPT}")
            self.passing = passing


@event.listens_for(Engine, "do_connect")
def _know_cursors(dialect: Dialect, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    if dialect.name == "sqlite":
        options["factory"] = _Connection


@event.listens_for(Pool, "reset")
def _close_cursors(connection: Any, *_more: Any) -> None:
    if isinstance(connection, _Connection):
        for cursor in list(connection.cursors):
            cursor.close()
        connection.pass_by(passing=False)


@event.listens_for(Engine, "before_cursor_execute")
def _pass_by(_connection: Any, cursor: Any, _sql: str, _values: Any, context: Any, _many: bool) -> None:  # noqa: FBT001
    if isinstance(cursor.connection, _Connection) and context is not None:
        options = context.execution_options
        if options.get("yield_per") or options.get("stream_results"):
            cursor.connection.pass_by()


@event.listens_for(Pool, "checkout")
def _begin_by_waiting(connection: Any, *_more: Any) -> None:
    """Let who writes on SQLite wait for others first: a transaction that begins later is at times refused at once.

    Each time, since SQLAlchemy forgets it where a connection has been used without transactions.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = "IMMEDIATE"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Tell each connection how the file is worked on, and what SQLite doesn't know."""
    if not isinstance(connection, sqlite3.Connection):
        return
    # SQLite's own knows no umlauts, so that a filter for "müller" would miss "MÜLLER".
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.create_function("office_hour", 2, _office_hour, deterministic=True)
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


@lru_cache(10_000)
def _office_hour(value: str | None, pattern: str) -> str | None:
    """Write the day and hour of a stored moment as the clocks in the office show them."""
    if value is None:
        return None
    return datetime.fromisoformat(value).replace(tzinfo=UTC).astimezone(OFFICE_ZONE).strftime(pattern)
