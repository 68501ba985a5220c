"""A million rows in some seconds: what stands in a table is doubled by the database itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Columns that differ from row to row, by table, as SQL that knows the new key.
LIST = {"contact": {"last_name": "'Müller ' || ({key})"}}
SUBSCRIBERS = {
    "subscriber": {
        "email": "'person' || ({key}) || '@example.org'",
        "uuid": "'00000000-0000-4000-8000-' || substr(CAST(({key}) + 1000000000000 AS text), 2)",
    },
    "subscription": {"subscriber_id": "{key}"},
}


def grow(
    application: Any, folder: Path, url: str, tables: Mapping[str, Mapping[str, str]], rows: int
) -> None:
    """Let tables whose keys are 1, 2, 3 … have so many rows."""
    import sqlalchemy as sa

    with application(folder, url).app_context():
        from app.core.db import db

        with db.engine.begin() as connection:
            for name, differs in tables.items():
                names = [column.name for column in db.metadata.tables[name].columns]
                have = connection.scalar(sa.text(f"SELECT count(*) FROM {name}"))  # noqa: S608 - of our own names
                while have < rows:
                    key = f"id + {have}"
                    given = {"id": key, **{one: sql.format(key=key) for one, sql in differs.items()}}
                    values = ", ".join(given.get(one, one) for one in names)
                    more = min(have, rows - have)
                    insert = f"INSERT INTO {name} ({', '.join(names)}) SELECT {values} FROM {name} WHERE id <= {more}"  # noqa: S608
                    connection.execute(sa.text(insert))
                    have += more
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
