"""Rows that the database writes as CSV itself, or nearly so, within the scope of the work that is going on.

PostgreSQL writes whole lines (COPY); of SQLite the driver's own cursor is read. Neither is a statement that a session
sends: so the select is narrowed as the session would narrow it, and there's no other way to it than this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import errors, generators
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Select, event
from sqlalchemy.engine import Engine

from app.access.narrowing import narrowed
from app.core.clock import OFFICE_ZONE
from app.core.db import db
from app.core.rawlines import raw_lines
from app.core.sqltext import date_style, numeric, written

ROWS_AT_ONCE = 2000
#: Python's garbage collector begins to look for what can be let go when 700 more tuples are held than let go.
TUPLES_AT_ONCE = 500
_OPTION = "marktbuero_copied"
_WRITE = "SELECT set_config('TimeZone', %s, true), set_config('DateStyle', %s, true)"


@dataclass(frozen=True)
class Copied:
    """A statement whose rows are lines of CSV.

    ``numbers`` are the places of those columns whose cells are numbers, ``style`` is how PostgreSQL writes days.
    """

    statement: Select[Any]
    numbers: frozenset[int] = frozenset()
    style: str = "ISO"

    def batches(self) -> Iterator[Sequence[bytes]]:
        """Yield the rows as lines with ";", in batches; lines end with LF. Nothing in them is guarded yet.

        Nothing else can be asked of the session meanwhile.
        Raises UnscopedStatementError for a statement that no scope narrows.
        """
        connection = db.session.connection()
        found: list[tuple[str, Any]] = []
        connection.execute(narrowed(self.statement), execution_options={_OPTION: found})
        (query, values), *_none = found
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "postgresql":
            yield from _from_postgresql(driver, query, values, self.style)
        else:
            yield from _from_sqlite(driver, query, values)


def copyable(statement: Select[Any]) -> Copied | None:
    """Give a statement whose columns the database writes, in the current language; None where it can't.

    A line of one empty cell would be an empty line, so there have to be several.
    """
    dialect = db.session.get_bind().dialect.name
    columns = [one["expr"] for one in statement.column_descriptions]
    texts = [written(one, dialect) for one in columns]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts) or len(known) == 1:
        return None
    numbers = frozenset(at for at, one in enumerate(columns) if numeric(one))
    return Copied(
        statement.with_only_columns(*known, maintain_column_froms=True), numbers, date_style() or "ISO"
    )


def _from_postgresql(driver: Any, query: str, values: dict[str, Any], style: str) -> Iterator[list[bytes]]:
    # The driver puts values into the text, and reads "%%" as "%", where there are any.
    values = {**values, "_": None}
    copy = f"COPY ({query}) TO STDOUT (FORMAT csv, DELIMITER ';')"
    with driver.cursor() as cursor, _writing(driver, cursor, style), cursor.copy(copy, values) as rows:
        yield from _lines(driver, rows)


@contextmanager
def _writing(driver: Any, cursor: Any, style: str) -> Iterator[None]:
    """Let days be written in a style, and moments as the clocks in the office show them.

    To ask for that in each row costs more than all else that isn't a plain COPY.
    """
    before = [driver.info.parameter_status(name) for name in ("TimeZone", "DateStyle")]
    cursor.execute(_WRITE, [str(OFFICE_ZONE), style])
    try:
        yield
    finally:
        # What breaks a COPY off in the middle breaks the transaction, too, and with it goes the setting.
        if driver.info.transaction_status == TransactionStatus.INTRANS:
            cursor.execute(_WRITE, before)


def _lines(driver: Any, rows: Any) -> Iterator[list[bytes]]:
    """Take all rows that have come before waiting for more: the driver's own loop waits anew for each."""
    lines: list[bytes] = []
    while line := rows.read():
        size = len(line)
        while size > 0:
            # Bytes are nothing that the garbage collector looks after; the driver's views would be, one a row.
            lines.append(bytes(line))
            size, line = driver.pgconn.get_copy_data(1)
        if size < 0:
            _end(driver)
            break
        if len(lines) >= ROWS_AT_ONCE:
            yield lines
            lines = []
    if lines:
        yield lines


def _end(driver: Any) -> None:
    """See how it ended, as the driver would have. Raises the error of the server if there was one."""
    result, *_none = driver.wait(generators.fetch_many(driver.pgconn))
    if result.status != ExecStatus.COMMAND_OK:
        raise errors.error_from_result(result, encoding=driver.info.encoding)


def _from_sqlite(driver: Any, query: str, values: Any) -> Iterator[list[bytes]]:
    driver.pass_by()
    with closing(driver.cursor()) as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(TUPLES_AT_ONCE):
            yield raw_lines(rows)


@event.listens_for(Engine, "do_execute")
def _keep(_cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    """Keep a statement that is to be copied, as it would have gone to the database, instead of sending it."""
    found = context.execution_options.get(_OPTION) if context is not None else None
    if found is None:
        return None
    found.append((statement, parameters))
    return True
