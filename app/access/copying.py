"""Rows whose values the database writes as text itself, within the scope of the work that is going on.

PostgreSQL writes whole lines of CSV (COPY); of SQLite the driver's own cursor is read. Neither is a statement that a
session sends: so the select is narrowed as the session would narrow it, and there's no other way to it than this one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, event
from sqlalchemy.engine import Engine

from app.access.narrowing import narrowed
from app.core.db import db
from app.core.sqltext import written

ROWS_AT_ONCE = 2000
_OPTION = "marktbuero_copied"


def copyable(statement: Select[Any]) -> Select[Any] | None:
    """Give a statement whose columns the database writes, in the current language; None where it can't.

    A line of one empty cell would be an empty line, so there have to be several.
    """
    dialect = db.session.get_bind().dialect.name
    texts = [written(one["expr"], dialect) for one in statement.column_descriptions]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts) or len(known) == 1:
        return None
    return statement.with_only_columns(*known, maintain_column_froms=True)


def copied(statement: Select[Any]) -> Iterator[Sequence[bytes]]:
    """Yield the rows as lines of CSV with ";" that end with CR LF, in batches.

    Nothing else can be asked of the session meanwhile.
    Raises UnscopedStatementError for a statement that no scope narrows.
    """
    connection = db.session.connection()
    found: list[tuple[str, Any]] = []
    connection.execute(narrowed(statement), execution_options={_OPTION: found})
    (query, values), *_none = found
    driver: Any = connection.connection.driver_connection
    read = _from_postgresql if connection.dialect.name == "postgresql" else _from_sqlite
    yield from read(driver, query, values)


def _from_postgresql(driver: Any, query: str, values: dict[str, Any]) -> Iterator[list[bytes]]:
    # The driver puts values into the text, and reads "%%" as "%", where there are any.
    values = {**values, "_": None}
    copy = f"COPY ({query}) TO STDOUT (FORMAT csv, DELIMITER ';')"
    with driver.cursor() as cursor, cursor.copy(copy, values) as rows:
        lines = iter(rows)
        while batch := [bytes(line)[:-1] + b"\r\n" for line in islice(lines, ROWS_AT_ONCE)]:
            yield batch


def _from_sqlite(driver: Any, query: str, values: Any) -> Iterator[list[bytes]]:
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), delimiter=";", lineterminator="\r\n")
    with closing(driver.cursor()) as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            writer.writerows(rows)
            yield [line.encode("utf-8", "replace") for line in lines]
            lines.clear()


@event.listens_for(Engine, "do_execute")
def _keep(_cursor: Any, statement: str, parameters: Any, context: Any) -> bool | None:
    """Keep a statement that is to be copied, as it would have gone to the database, instead of sending it."""
    found = context.execution_options.get(_OPTION) if context is not None else None
    if found is None:
        return None
    found.append((statement, parameters))
    return True
