"""PostgreSQL's COPY of the same columns as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

PACKAGE = "psycopg"


def blocks(source: Any) -> Iterator[bytes]:
    """Yield what the driver gives."""
    import psycopg

    with (
        psycopg.connect(source.url.replace("+psycopg", "")) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({source.sql}) TO STDOUT (FORMAT csv, HEADER, DELIMITER ';')") as rows,
    ):
        for row in rows:
            yield bytes(row)
