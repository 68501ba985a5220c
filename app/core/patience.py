"""How long somebody waits for what is read: a look that takes longer is broken off by the database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from app.core.db import db

_STEPS = 10_000  # of SQLite's machine, between two looks at the clock


class TooSlowError(Exception):
    """A statement was broken off: it took longer than somebody waits for it."""


def within(seconds: float) -> AbstractContextManager[None]:
    """Break off what the session reads if it takes longer, with TooSlowError. For looks: nothing may be changed."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        return _within_on_sqlite(connection.connection.driver_connection, seconds)
    return _within_on_postgresql(seconds)


@contextmanager
def _within_on_sqlite(driver: Any, seconds: float) -> Iterator[None]:
    # Without a savepoint: it would begin a transaction, and who has read in one can't write any more after others have.
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except sa.exc.OperationalError as error:
        if str(error.orig) == "interrupted":
            raise TooSlowError from None
        raise
    finally:
        driver.set_progress_handler(None, 0)


@contextmanager
def _within_on_postgresql(seconds: float) -> Iterator[None]:
    savepoint = db.session.begin_nested()
    connection = db.session.connection()  # sets the savepoint, before which nothing may be limited
    try:
        with _limited(connection, time.monotonic() + seconds):
            yield
    except sa.exc.OperationalError as error:
        if isinstance(error.orig, psycopg.errors.QueryCanceled):
            raise TooSlowError from None
        raise
    finally:
        savepoint.rollback()  # and with it the limit


@contextmanager
def _limited(connection: sa.Connection, end: float) -> Iterator[None]:
    """Give each statement as long as those before it have left."""

    def limit(_connection: sa.Connection, cursor: Any, *_more: Any) -> None:
        left = max(1, int((end - time.monotonic()) * 1000))
        cursor.execute(f"SET LOCAL statement_timeout = {left}")

    event.listen(connection, "before_cursor_execute", limit)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", limit)
