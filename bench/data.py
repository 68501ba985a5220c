"""Databases for the measurements: made by ``flask generate``, as anybody would make one, timed, and dropped."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

ROOT = Path(__file__).resolve().parents[1]
SERVER = os.environ.get("BENCH_SERVER", "postgresql+psycopg://postgres@127.0.0.1:5432/")
DATABASES = ("postgresql", "sqlite")
PASSWORD = "bench-4711-sesame"  # noqa: S105 - of invented people, in a database that lives for minutes


@dataclass(frozen=True)
class Database:
    """One that is filled, and how long that took."""

    kind: str
    folder: Path
    url: str
    contacts: int
    seconds: float

    def environment(self) -> dict[str, str]:
        """Give what a process of ours is told by."""
        return environment(self.folder, self.url)


def environment(folder: Path, url: str) -> dict[str, str]:
    """Tell a process of ours where its data are. Fifty people sign in from one address."""
    return {
        **os.environ, "MARKTBUERO_DATA": str(folder), "DATABASE_URL": url, "SECRET_KEY": "x" * 40,
        "MARKTBUERO_DEMO": "0", "MARKTBUERO_LOGIN_LIMIT": "10000 per minute", "REDIS_URL": "",
        "MARKTBUERO_HTTPS": "0", "MARKTBUERO_TRUSTED_HOSTS": "localhost,127.0.0.1",
    }  # fmt: skip


@contextmanager
def filled(kind: str, contacts: int) -> Iterator[Database]:
    """Make a database of a kind with so many contacts, and drop it afterwards."""
    with tempfile.TemporaryDirectory(prefix="marktbuero_bench_") as name, empty(kind, Path(name)) as url:
        folder = Path(name)
        flask(folder, url, "init")
        begin = time.perf_counter()
        flask(folder, url, "generate", "--contacts", str(contacts), "--password", PASSWORD)
        yield Database(kind, folder, url, contacts, time.perf_counter() - begin)


@contextmanager
def empty(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
        return
    name = f"marktbuero_bench_{uuid.uuid4().hex[:8]}"
    server(f"CREATE DATABASE {name}")
    try:
        yield SERVER + name
    finally:
        server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def server(command: str) -> None:
    """Make or drop a database."""
    import psycopg

    with psycopg.connect(
        make_url(SERVER)
        .set(drivername="postgresql", database="postgres")
        .render_as_string(hide_password=False),
        autocommit=True,
    ) as connection:
        connection.execute(command)  # type: ignore[call-overload]


def flask(folder: Path, url: str, *arguments: str) -> None:
    """Run a command of ours; raises RuntimeError with what it says where it fails."""
    command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
    done = subprocess.run(  # noqa: S603 - our own
        command, cwd=ROOT, env=environment(folder, url), check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
