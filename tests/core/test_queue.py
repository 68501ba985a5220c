"""Background work: handed over with the commit, tried again, and never lost with its worker."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import current_app
from huey.utils import utcnow

from app.access import current, everything, scope
from app.core import holding, queue
from app.core.db import db
from config import ROOT
from tests.background import run_all
from tests.conftest import answers
from tests.core import worker

REDIS = "redis://127.0.0.1:6379/0"


@pytest.fixture(params=["sqlite", "redis"])
def redis(request):
    """The server's address; none for the queue in a file."""
    if request.param == "sqlite":
        return ""
    if not answers(6379) and os.environ.get("CI") != "true":
        pytest.skip("no Redis answers on 127.0.0.1:6379")
    return REDIS


@pytest.fixture
def app(redis, tmp_path, monkeypatch):
    """An application with a queue of its own, and nothing else."""
    monkeypatch.setattr(queue, "EACH_MINUTE", [])
    made = worker.made(tmp_path, redis, f"test{uuid.uuid4().hex}")
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    storage = queue.huey_of(made).storage
    storage.flush_all()
    storage.close()
    if redis:
        storage.conn.close()


@pytest.fixture
def ran(monkeypatch):
    """Two tasks, and what they did: one takes note, one fails as often as it's told."""
    monkeypatch.setattr(queue, "TASKS", {})
    done = []

    @queue.task("tests.note")
    def _note(*arguments):
        done.append(arguments[0] if len(arguments) == 1 else arguments)

    @queue.task("tests.fail", delay=0)
    def _fail(times):
        done.append("tried")
        if done.count("tried") <= times:
            raise RuntimeError("not yet")

    return done


def huey(app):
    return queue.huey_of(app)


def make_due(app):
    """Let the time come for all that waits, also for what is held by a worker that is gone."""
    huey(app).storage.read_schedule(utcnow() + timedelta(days=1))


# --- Enqueueing -----------------------------------------------------------------------------------------------
def test_a_task_runs_with_its_arguments(app, ran):
    queue.enqueue("tests.note", 1, "two", True, None)
    assert ran == []
    assert run_all(app) == 1
    assert ran == [(1, "two", True, None)]
    assert run_all(app) == 0
    assert huey(app).scheduled_count() == 0


def test_tasks_run_in_their_order(app, ran):
    for number in range(5):
        queue.enqueue("tests.note", number)
    run_all(app)
    assert ran == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("put", [queue.enqueue, queue.after_commit])
def test_a_task_that_nobody_declared_is_refused_at_once(app, ran, put):
    with pytest.raises(LookupError):
        put("tests.unknown", 1)


@pytest.mark.parametrize("put", [queue.enqueue, queue.after_commit])
@pytest.mark.parametrize("argument", [1.5, b"x", ["x"], {"name": "Anna"}, object()])
def test_only_keys_are_enqueued(app, ran, put, argument):
    with pytest.raises(TypeError):
        put("tests.note", argument)
    assert huey(app).pending_count() == 0


def test_a_name_is_declared_once(ran):
    with pytest.raises(ValueError, match=r"tests\.note"):
        queue.task("tests.note")(print)


# --- With the commit ------------------------------------------------------------------------------------------
@pytest.fixture
def session(app):
    """A session that has begun: without a statement it would open no savepoint."""
    db.session.connection()
    return db.session


def test_the_commit_hands_over_once(app, ran, session):
    queue.after_commit("tests.note", 1)
    session.flush()
    assert huey(app).pending_count() == 0
    session.commit()
    assert huey(app).pending_count() == 1
    session.commit()
    assert run_all(app) == 1


def test_a_commit_hands_over_where_nothing_else_was_done(app, ran):
    queue.after_commit("tests.note", 1)
    db.session.commit()
    assert run_all(app) == 1


@pytest.mark.parametrize("end", ["rollback", "close", "remove"])
def test_what_is_not_committed_is_forgotten(app, ran, session, end):
    queue.after_commit("tests.note", 1)
    getattr(session, end)()
    session.commit()
    assert run_all(app) == 0


@pytest.mark.parametrize("end", ["rollback", "close"])
def test_it_is_forgotten_without_a_statement_too(app, ran, end):
    queue.after_commit("tests.note", 1)
    getattr(db.session, end)()
    db.session.commit()
    assert run_all(app) == 0


def test_the_end_of_a_savepoint_is_no_commit(app, ran, session):
    with session.begin_nested():
        queue.after_commit("tests.note", "inside")
    assert huey(app).pending_count() == 0
    session.commit()
    run_all(app)
    assert ran == ["inside"]


def test_a_savepoint_that_ended_is_rolled_back_with_the_whole(app, ran, session):
    with session.begin_nested():
        queue.after_commit("tests.note", "inside")
    session.rollback()
    session.commit()
    assert run_all(app) == 0


def test_a_savepoint_that_is_rolled_back_takes_along_what_was_noted_in_it(app, ran, session):
    queue.after_commit("tests.note", "before")
    outer = session.begin_nested()
    queue.after_commit("tests.note", "inside")
    with session.begin_nested():
        queue.after_commit("tests.note", "deeper")
    outer.rollback()
    queue.after_commit("tests.note", "after")
    session.commit()
    run_all(app)
    assert ran == ["before", "after"]


def test_a_commit_stands_where_the_queue_can_not_be_reached(app, ran, session, monkeypatch, caplog):
    monkeypatch.setattr(huey(app).storage, "enqueue", lambda *_more: 1 / 0)
    queue.after_commit("tests.note", 17)
    session.commit()
    assert "lost, the queue can't be reached: tests.note(17,)" in caplog.text


# --- Running --------------------------------------------------------------------------------------------------
def test_a_task_runs_in_a_context_where_nothing_is_left(app, monkeypatch):
    """No scope and no session of the one before it on the same thread, nor of the test."""
    monkeypatch.setattr(queue, "TASKS", {})
    seen = []

    @queue.task("tests.look")
    def _look():
        seen.append((current().actor, current().everywhere, db.session(), current_app.name))
        scope._opened.set(scope.Scope("left open", everywhere=True))

    queue.enqueue("tests.look")
    queue.enqueue("tests.look")
    with everything("tests"):
        mine = db.session()
        assert run_all(app) == 2
    first, second = seen
    assert first[:2] == second[:2] == ("", False)
    assert len({mine, first[2], second[2]}) == 3
    assert first[3] == app.name


def test_a_task_that_fails_is_tried_until_it_succeeds(app, ran, caplog):
    queue.enqueue("tests.fail", 2)
    run_all(app)
    assert ran == ["tried"] * 3
    assert "failed for good" not in caplog.text
    assert huey(app).scheduled_count() == 0


def test_a_task_that_goes_on_failing_is_given_up_and_that_is_said(app, ran, caplog):
    queue.enqueue("tests.fail", 99)
    run_all(app)
    assert ran == ["tried"] * (1 + queue.RETRIES)
    said = [record for record in caplog.records if "failed for good" in record.message]
    assert len(said) == 1
    assert said[0].levelname == "ERROR"
    assert "tests.fail" in said[0].message
    assert said[0].exc_info
    make_due(app)
    assert run_all(app) == 0


def test_each_try_waits_longer_than_the_one_before(app, monkeypatch):
    monkeypatch.setattr(queue, "TASKS", {})

    @queue.task("tests.broken")
    def _broken():
        raise RuntimeError("for ever")

    queue.enqueue("tests.broken")
    waits = []
    for _attempt in range(queue.RETRIES):
        run_all(app)
        (waiting,) = huey(app).scheduled()
        waits.append(round((waiting.eta - utcnow()).total_seconds() / 60))
        make_due(app)
        monkeypatch.setattr(holding.HoldingHuey, "ready_to_run", lambda *_more: True)
    assert waits == [1, 5, 25, 125]


def test_a_task_of_a_newer_release_waits_for_it(app, ran):
    queue.enqueue("tests.note", 1)
    declared = queue.TASKS.pop("tests.note")
    run_all(app)
    assert huey(app).scheduled_count() == 1
    queue.TASKS["tests.note"] = declared
    make_due(app)
    task = huey(app).dequeue()
    huey(app).execute(task, task.eta)
    assert ran == [1]


def test_nothing_runs_that_was_not_signed_here(app, ran, tmp_path):
    """Who can write into the queue could else run any code: huey's messages are pickles."""

    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "trapped"),))

    huey(app).storage.enqueue(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match="not found"):
        huey(app).dequeue()
    assert not (tmp_path / "trapped").exists()
    make_due(app)
    assert run_all(app) == 0


# --- A worker that is gone ------------------------------------------------------------------------------------
def test_a_task_that_was_taken_and_not_ended_comes_again(app, ran):
    queue.enqueue("tests.note", 17)
    assert huey(app).dequeue()  # and then its worker is killed
    assert run_all(app) == 0
    make_due(app)
    assert run_all(app) == 1
    assert ran == [17]


def test_a_task_that_is_taken_but_not_read_comes_again(app, ran):
    """Killed between the two steps: the task has moved, its next attempt isn't written yet."""
    queue.enqueue("tests.note", 17)
    assert huey(app).storage.dequeue()
    make_due(app)
    assert run_all(app) == 1


def test_a_task_that_kills_each_worker_is_given_up(app, ran, caplog):
    queue.enqueue("tests.note", 17)
    for _attempt in range(1 + queue.RETRIES):
        assert huey(app).dequeue()
        make_due(app)
    assert huey(app).dequeue() is None
    assert "failed for good, its worker was killed at the last attempt: ('tests.note', 17)" in caplog.text
    make_due(app)
    assert run_all(app) == 0


def test_what_must_not_run_twice_is_given_up_with_its_worker(app, monkeypatch, caplog):
    monkeypatch.setattr(queue, "TASKS", {})
    queue.task("tests.once", retries=0)(lambda: None)
    queue.enqueue("tests.once")
    assert huey(app).dequeue()
    make_due(app)
    assert run_all(app) == 0
    assert "failed for good" in caplog.text


def test_a_task_whose_next_try_could_not_be_written_comes_again(app, ran, monkeypatch):
    queue.enqueue("tests.fail", 1)
    task = huey(app).dequeue()
    with monkeypatch.context() as patch:
        patch.setattr(huey(app).storage, "enqueue", lambda *_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            huey(app).execute(task)
    assert huey(app).held == {}
    make_due(app)
    assert run_all(app) == 1
    assert ran == ["tried"] * 2


def test_a_running_task_is_not_handed_on(app, ran, monkeypatch):
    """It runs for longer than the lease, which its own worker puts off; each worker hands on what is due."""
    monkeypatch.setattr(holding, "LEASE", timedelta(seconds=2))
    queue.enqueue("tests.note", 1)
    task = huey(app).dequeue()
    time.sleep(2.1)
    huey(app).read_schedule()
    with _another(app) as other:
        huey(other).read_schedule()
        assert huey(app).pending_count() == 0
        time.sleep(2.1)  # and now the worker is gone
        huey(other).read_schedule()
        assert huey(app).pending_count() == 1
    huey(app).execute(task)


def test_two_workers_share_the_work(app, ran):
    for number in range(60):
        queue.enqueue("tests.note", number)
    with _another(app) as one, _another(app) as two, queue.working(one), queue.working(two):
        _until(lambda: len(ran) >= 60)
    assert sorted(ran) == list(range(60))
    assert huey(app).scheduled_count() == 0


@contextmanager
def _another(app):
    """The same queue as in another process: with a storage of its own."""
    other = worker.made(app.config["DATA_DIR"], app.config["REDIS_URL"], app.config["QUEUE_NAME"])
    try:
        yield other
    finally:
        huey(other).storage.close()


def _until(happened, seconds=60):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it didn't happen"
        time.sleep(0.05)


# --- Processes ------------------------------------------------------------------------------------------------
@pytest.fixture
def start(app):
    """Start a worker as a process; it's killed afterwards, where it still runs."""
    started = []

    def begin():
        settings = [str(app.config["DATA_DIR"]), app.config["REDIS_URL"], app.config["QUEUE_NAME"]]
        with (app.config["DATA_DIR"] / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.core.worker", *settings], cwd=ROOT, stdout=log, stderr=log
            )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def notes(app, ran):
    """What the task of the worker's process wrote down; here it only says that it came."""
    queue.task("tests.linger")(lambda _seconds: ran.append("came here"))
    path = app.config["DATA_DIR"] / "notes"
    return lambda: path.read_text(encoding="utf-8").split() if path.exists() else []


def _left(app):
    """Give the tasks that wait, but for what comes by the clock: a worker may put that down as it ends."""
    return [task for task in [*huey(app).pending(), *huey(app).scheduled()] if task.name != "hourly"]


def test_a_task_whose_worker_is_killed_is_done_by_another(app, ran, start, notes):
    queue.enqueue("tests.linger", 60)
    process = start()
    _until(lambda: notes() == ["began"])
    process.kill()
    process.wait()
    with _another(app) as other, queue.working(other):
        _until(lambda: ran == ["came here"])
    assert notes() == ["began"]
    assert _left(app) == []


@pytest.mark.parametrize("redis", ["sqlite"], indirect=True)  # it's the process that stops
def test_a_worker_that_is_asked_to_stop_ends_its_task_first(app, start, notes):
    queue.enqueue("tests.linger", 2)
    process = start()
    _until(lambda: notes() == ["began"])
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert notes() == ["began", "ended"]
    assert _left(app) == []
