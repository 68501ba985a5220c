"""The application under test: on a real SQLite file, and on a real PostgreSQL where one answers."""

from __future__ import annotations

import contextvars
import gc
import os
import shutil
import socket
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Table, event, text
from werkzeug.security import generate_password_hash

from app import create_app
from app.access import everything
from app.core import catalogue, queue
from app.core.db import db
from app.services import users
from config import ROOT
from tests import factories as make
from tests.append_only import lifted

SERVER = "postgresql://postgres@127.0.0.1:5432/"
# A test that forgets an open transaction fails instead of waiting for ever.
# No test asks what is left after the power fails: files may stand in memory, where it has room for them.
MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes folders there that are nobody else's
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2**31:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
os.environ.setdefault("PGOPTIONS", "-c lock_timeout=20000 -c synchronous_commit=off")
# What is compiled is kept, where the machine would keep nothing: each process of -n, and each command that a test
# starts, would compile the whole project anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
KEEP = {"ab_role", "alembic_version"}


class Browser(FlaskClient):
    """A client whose requests run as in production: in a context of their own, not in the test's.

    In the test's context a request would take over its scope, its session and its ``g``, and prove nothing.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Commit what the test has made, answer the request, and let the test read afresh."""
        outside = has_app_context()
        if outside:
            db.session.commit()
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        if answer.content_length is not None:
            # What isn't made while it's sent is there as a whole; a file is closed.
            answer.get_data()
            answer.close()
        if outside:
            db.session.expire_all()
        return answer


def answers(port: int) -> bool:
    """Whether a server on this machine accepts connections."""
    with socket.socket() as connection:
        connection.settimeout(1)
        return connection.connect_ex(("127.0.0.1", port)) == 0


def databases() -> list[str]:
    """SQLite always; PostgreSQL where it answers, and without excuse where CI runs."""
    return ["sqlite", "postgresql"] if answers(5432) or os.environ.get("CI") == "true" else ["sqlite"]


def in_turn(values: Iterable[Any], name: Callable[[Any], str] = str, first: int = 0) -> list[Any]:
    """Give each value with one of the databases: for many cases of what is decided above the database.

    To be used with ``parametrize(("app", …), in_turn(…), indirect=["app"])``.
    """
    kinds = databases()
    given = ((kinds[(first + number) % len(kinds)], value) for number, value in enumerate(values))
    return [pytest.param(kind, value, id=f"{kind}-{name(value)}") for kind, value in given]


def share_of(app: Flask, values: Sequence[Any]) -> Sequence[Any]:
    """Give the part of the values that falls to the database of this application; together they get all."""
    kinds = databases()
    with app.app_context():
        at = kinds.index(db.engine.dialect.name)
    return values[at :: len(kinds)]


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with a database in a file."""
    folder = tmp_path_factory.mktemp("data")
    yield from _application(folder, f"sqlite:///{folder / 'test.sqlite'}", of_all(tmp_path_factory))


@pytest.fixture(scope="session")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with a database on the server."""
    with new_database() as url:
        yield from _application(tmp_path_factory.mktemp("data"), url, of_all(tmp_path_factory))


@pytest.fixture(scope="session", params=databases())
def app(request: pytest.FixtureRequest) -> Flask:
    """An application with an empty, migrated database, for each kind of database: made once, however they alternate."""
    return request.getfixturevalue(f"on_{request.param}")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests out among the processes of ``-n``."""
    from tests.scheduling import scheduler

    return scheduler(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Ask once what is decided above the database; begin with what takes longest, where processes share the tests."""
    from tests.scheduling import asked_elsewhere, database_of, longest_first

    kinds = databases()
    twice = [item for item in items if asked_elsewhere(item, kinds)]
    config.hook.pytest_deselected(items=twice)
    left = set(twice)
    items[:] = [item for item in items if item not in left]
    # Without processes one database comes after the other: what a file prepares is made once for each.
    key = longest_first if hasattr(config, "workerinput") else database_of
    items.sort(key=lambda item: key(item.nodeid))


@contextmanager
def new_database() -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database that is dropped afterwards; runs at once have one each."""
    name = f"marktbuero_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(SERVER + "postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:5432/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of this run, which its processes share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def _application(folder: Path, url: str, shared: Path) -> Iterator[Flask]:
    made = create_app(**settings(folder, url))
    # A template is compiled once, not by each application of each process.
    templates = shared / "templates"
    templates.mkdir(exist_ok=True)
    made.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(templates))
    made.test_client_class = Browser
    with made.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _for_tests)
        upgrade()
        with everything("tests"):
            users.keep_roles()
            db.session.commit()
    # An application is a million objects that stay: looking through them for rubbish took an eighth of the time.
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    yield made
    with made.app_context():
        db.engine.dispose()


def _for_tests(connection: Any, _record: Any) -> None:
    """Give rows that nobody ordered backwards: what relies on their order fails here, not once in a while elsewhere.

    PostgreSQL puts new rows where old ones were, whenever it has tidied up. And wait for no disk.
    """
    connection.execute("PRAGMA reverse_unordered_selects=ON")
    connection.execute("PRAGMA synchronous=OFF")


def settings(folder: Any, url: str) -> dict[str, Any]:
    """Give the settings of a test application. Forms need no token here; test_security.py tests that they do."""
    return {
        "TESTING": True,
        "DATA_DIR": folder,
        "UPLOAD_FOLDER": str(folder / "files"),
        "SQLALCHEMY_DATABASE_URI": url,
        "SECRET_KEY": "for tests only, and long enough to sign tokens",
        "SESSION_TYPE": "cachelib",
        "DEMO": False,
        "WTF_CSRF_ENABLED": False,
        "RATELIMIT_ENABLED": False,
        "SERVER_NAME": "localhost",
        # A crowded machine is slow. Who asks what happens to those who wait too long sets less.
        "DOWNLOAD_PATIENCE": 20,
        "PREVIEW_PATIENCE": 20,
    }


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    """Compile the catalogues, as ``flask init`` does."""
    catalogue.compile_all(ROOT / "translations")


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords with a thirtieth of the work; tests/services/test_users.py asks for the whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            users, "generate_password_hash", partial(generate_password_hash, method="scrypt:1024:8:1")
        )
        yield


@pytest.fixture
def database(app: Flask) -> Iterator[Any]:
    """An application context with empty database and queue, in the scope of a command: tests narrow it themselves."""
    with app.app_context():
        _empty()
        queue.huey_of(app).flush()
        with everything("tests"):
            yield db.session
        db.session.rollback()
        db.session.remove()


def _empty() -> None:
    db.session.remove()
    tables = [table for table in reversed(db.metadata.sorted_tables) if table.name not in KEEP]
    with db.engine.begin() as connection:
        # Most tables are empty already, and PostgreSQL takes its time for each statement.
        filled = set(connection.scalars(text(" UNION ALL ".join(map(_filled, tables)))))
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        # TRUNCATE makes new files: a second for each test.
        with lifted(connection):
            for table in tables:
                if table.name in filled:
                    connection.execute(table.delete())


def _filled(table: Table) -> str:
    """Ask whether a table has a row, in text: as statements these take SQLAlchemy longer than all else that is done."""
    return f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM {table.name})"  # noqa: S608 - our own names


@pytest.fixture
def full_office(database: Any) -> Any:
    """An office with a record of every kind."""
    return make.full_office()


@pytest.fixture
def client(app: Flask, database: Any) -> FlaskClient:
    """A browser that isn't signed in."""
    return app.test_client()


@pytest.fixture
def count_statements(app: Flask) -> Any:
    """Give a way to count the SQL statements of a block."""
    from tests.counting import counting

    with app.app_context():
        engine = db.engine
    return lambda: counting(engine)
