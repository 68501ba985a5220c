"""How rows come into the database in bulk: past the session, without indexes and checks, which are made at the end.

It's for an empty database and for data that are right by the way they're made: no guard, rule or history sees them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from app.core.db import Exact, db
from app.generator.plan import ACTOR
from app.models.base import Entity

#: What is known of each row that is made: its first version, when and by whom.
STAMPS = ("version", "created_at", "created_by", "changed_at", "changed_by")
BATCH = 10_000


class Loader:
    """Takes rows of a model as tuples: the key, the columns that were named, and the moment at which it was made."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._waiting: dict[type[Any], list[tuple[Any, ...]]] = {}
        self._names: dict[type[Any], tuple[str, ...]] = {}
        self._exact: dict[type[Any], list[tuple[int, Any]]] = {}
        self._keys: Counter[type[Any]] = Counter()
        self.rows = 0

    def takes(self, model: type[Any], *names: str) -> Callable[..., int]:
        """Say which columns rows of a model have. Gives what takes the values of a row and gives its key."""
        self._names[model] = ("id", *names, *STAMPS)
        dialect = self._connection.dialect
        self._exact[model] = [
            (place, kind)
            for place, name in enumerate(self._names[model])
            if isinstance(kind := _table(model).c[name].type, Exact) and dialect.name == "sqlite"
        ]
        waiting = self._waiting.setdefault(model, [])

        def add(at: str, *values: Any) -> int:
            self._keys[model] += 1
            key = self._keys[model]
            waiting.append((key, *values, 1, at, ACTOR, at, ACTOR))
            return key

        return add

    def flush(self) -> None:
        """Write what waits. Rows refer to others before or after them: foreign keys are checked at the end."""
        for model, rows in self._waiting.items():
            if rows:
                self._write(model, rows)
                self.rows += len(rows)
                rows.clear()

    def flush_full(self) -> None:
        """Write what waits if it's enough for a batch."""
        if any(len(rows) >= BATCH for rows in self._waiting.values()):
            self.flush()

    def _write(self, model: type[Any], rows: Sequence[tuple[Any, ...]]) -> None:
        names = ", ".join(f'"{name}"' for name in self._names[model])
        table = _table(model).name
        cursor: Any = self._connection.connection.cursor()
        if self._connection.dialect.name == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(self._names[model]))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", self._stored(model, rows))  # noqa: S608 - of our own names
        cursor.close()

    def _stored(self, model: type[Any], rows: Sequence[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
        """Give rows as SQLite keeps them: exact numbers as whole ones."""
        exact = self._exact[model]
        if not exact:
            yield from rows
            return
        dialect = self._connection.dialect
        for row in rows:
            values = list(row)
            for place, kind in exact:
                values[place] = kind.process_bind_param(values[place], dialect)
            yield tuple(values)


@contextmanager
def loading(tell: Callable[[str], None]) -> Iterator[Loader]:
    """Take indexes and foreign keys away, and bring them back when the rows are there: both or nothing is kept."""
    with _engine().connect() as connection:
        postgresql = connection.dialect.name == "postgresql"
        if not postgresql:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        try:
            with connection.begin():
                bring_back = _without_rules(connection) if postgresql else _without_indexes(connection)
                loader = Loader(connection)
                yield loader
                loader.flush()
                tell("indexes")
                for statement in bring_back:
                    connection.exec_driver_sql(statement)
                _check(connection)
        finally:
            if not postgresql:
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
                connection.commit()
    tell("statistics")
    with _engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if postgresql else "ANALYZE")


def _engine() -> sa.Engine:
    engine: sa.Engine = db.engine
    return engine


def _table(model: type[Any]) -> sa.Table:
    table: sa.Table = model.__table__
    return table


def _tables() -> list[str]:
    return sorted(
        {
            _table(mapper.class_).name
            for mapper in Entity.registry.mappers
            if issubclass(mapper.class_, Entity)
        }
    )


def _without_rules(connection: sa.Connection) -> list[str]:
    """Drop what PostgreSQL would keep up row by row; give the statements that bring it back, sorted quicker at once."""
    connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")
    connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
    # VACUUM says of rows that all see them only once their commit is on the disk.
    connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
    of_ours = {"tables": _tables()}
    keys = connection.execute(
        sa.text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid::regclass::text = ANY(:tables) ORDER BY 1, 2"
        ),
        of_ours,
    ).all()
    indexes = connection.execute(
        sa.text(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid::regclass::text = ANY(:tables)"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f') ORDER BY 1"
        ),
        of_ours,
    ).all()
    for table, name, _definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return [
        *(definition for _name, definition in indexes),
        *(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in keys),
        *(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608 - of our own names
            for table in of_ours["tables"]
        ),
    ]


def _without_indexes(connection: sa.Connection) -> list[str]:
    """Drop SQLite's indexes, but those of its own, and what keeps the search; give what brings it all back."""
    # The driver would begin with the first row, and keep what came before it.
    connection.exec_driver_sql("BEGIN")
    found = connection.execute(
        sa.text(
            "SELECT type, name, sql FROM sqlite_master WHERE (type = 'index' AND sql IS NOT NULL)"
            " OR (type = 'trigger' AND name LIKE 'fts_%') ORDER BY name"
        )
    ).all()
    for kind, name, _sql in found:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    searched = connection.scalars(
        sa.text("SELECT name FROM sqlite_master WHERE sql LIKE '%USING fts5%'")
    ).all()
    return [
        *(sql for _kind, _name, sql in found),
        *(f"INSERT INTO {name}({name}) VALUES ('rebuild')" for name in searched),  # noqa: S608 - of our own names
    ]


def _check(connection: sa.Connection) -> None:
    """Refuse rows that refer to nothing; PostgreSQL has looked when its keys came back."""
    if connection.dialect.name == "sqlite":
        wrong = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if wrong is not None:
            message = f"a row of {wrong[0]} refers to nothing"
            raise LookupError(message)
