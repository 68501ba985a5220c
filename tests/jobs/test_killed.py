"""Real workers, of which one is killed in the middle of a download: another makes it, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid

import pytest
from redis import Redis
from sqlalchemy import select

from app.access import Role, everything, of_staff, opened
from app.core import depot
from app.core.db import db
from app.core.files import sha256
from app.models.downloads import Download, DownloadState
from app.models.receipts import Receipt
from app.services import downloads
from config import ROOT
from tests import factories as make
from tests.conftest import answers

REDIS = "redis://127.0.0.1:6379/0"
PATIENCE = 90  # seconds: on a crowded machine


@pytest.fixture
def workers(app, database, tmp_path):
    """Start workers on the database of the test; the queue is in Redis for PostgreSQL, in a file for SQLite."""
    postgresql = db.engine.dialect.name == "postgresql"
    if postgresql and not answers(6379) and os.environ.get("CI") != "true":
        pytest.skip("no Redis answers on 127.0.0.1:6379")
    name = f"test{uuid.uuid4().hex}"
    given = {
        "DATA_DIR": str(tmp_path),
        "DOWNLOADS": app.config["DOWNLOADS"],
        "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": app.config["SECRET_KEY"],
        "REDIS_URL": REDIS if postgresql else "",
        "SESSION_TYPE": "cachelib",
        "QUEUE_NAME": name,
    }
    started = []

    def start(hang=0):
        with (tmp_path / "log").open("ab") as log:
            command = [sys.executable, "-m", "tests.jobs.worker", json.dumps({**given, "hang": hang})]
            started.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
    if postgresql:
        with Redis.from_url(REDIS) as server:
            server.delete(*server.keys(f"huey.*{name}*") or ["none"])


@pytest.fixture
def person(app, database, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DOWNLOADS", str(tmp_path / "made"))
    office = make.office("LAG", parent=make.office("Servicestelle"))
    for number in range(5):
        make.organisation(office, f"Verein {number}")
    return make.staff(Role.OFFICE_MANAGER, offices=(office,))


def ask(person, *languages):
    """Ask for the same in several languages, which are different files."""
    db.session.commit()
    with opened(of_staff(person.id)):
        for language in languages:
            asked = downloads.Asked("Organisationen", "organisations", {}, "csv", language)
            downloads.ask(asked)
        db.session.commit()


def states():
    db.session.rollback()
    with everything("tests"):
        return db.session.scalars(select(Download.state).order_by(Download.id)).all()


def until(happened):
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, states()
        time.sleep(0.1)


def test_a_download_whose_worker_is_killed_is_made_by_another_once(app, person, workers):
    ask(person, "de", "en", "fr")
    first = workers(hang=2)
    until(lambda: states().count(DownloadState.RUNNING) == 1)
    (running,) = db.session.scalars(select(Download).where(Download.state == DownloadState.RUNNING))
    until((depot.folder() / f"{running.token}.draft").exists)
    lost = running.token
    second = workers()
    until(lambda: states().count(DownloadState.READY) == 2)
    time.sleep(2 * 2)  # leases; what is held isn't taken, however long it takes
    assert states().count(DownloadState.RUNNING) == 1
    first.kill()
    first.wait()
    until(lambda: set(states()) == {DownloadState.READY})
    assert second.poll() is None
    db.session.expire_all()
    made = db.session.scalars(select(Download).order_by(Download.id)).all()
    assert sorted(one.attempts for one in made) == [1, 1, 2]
    assert lost not in {one.token for one in made}
    receipts = db.session.scalars(select(Receipt).order_by(Receipt.id)).all()
    assert sorted(one.sha256 for one in receipts) == sorted(sha256(depot.place(one.token)) for one in made)
    assert {len(depot.place(one.token).read_text("utf-8-sig").splitlines()) for one in made} == {6}
    assert {one.rows for one in made} == {5}
