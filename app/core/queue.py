"""Background work: tasks are enqueued by name, so that only the worker knows what they do.

A task is declared with ``@task("subscriptions.confirm")`` in ``app/jobs``, and asked for with
``after_commit("subscriptions.confirm", 17)`` from anywhere. Its arguments are keys (int, str, bool, None), never
personal data: the queue is no place from which an erased person would be erased. A task reads what it needs.

A task that raises is tried again after 1, 5, 25 and 125 minutes, then it's logged as failed for good. It may run twice
where its worker was killed, see ``app.core.holding``. huey keeps the queue: in a SQLite file of the data folder, or in
Redis where ``REDIS_URL`` is set. What is enqueued is signed, so that whoever writes there can't make a worker run code.
"""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from flask import Flask, current_app
from huey import crontab, signals
from huey.api import Task, TaskWrapper
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from app.core.db import db
from app.core.holding import HoldingHuey, HoldingRedis, HoldingSqlite

log = logging.getLogger(__name__)

Argument = int | str | bool | None
Function = Callable[..., None]

RETRIES = 4
FIRST_DELAY = 60  # seconds
GROWTH = 5  # each delay is so many times the one before
LONGEST_POLL = 1.0  # seconds until an idle worker looks again
MINUTE = "17"  # of each hour, for what is done hourly
PATIENCE = 30  # seconds that a stopping worker gives to running tasks

_KEY = "queue"
_NOTED = "tasks to be enqueued after the commit"


# --- Declaring ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Declared:
    """A task: what it does, and how often it's tried again, first after ``delay`` seconds."""

    function: Function
    retries: int
    delay: int


TASKS: dict[str, Declared] = {}
HOURLY: list[str] = []
EACH_MINUTE: list[str] = []


def task(name: str, *, retries: int = RETRIES, delay: int = FIRST_DELAY) -> Callable[[Function], Function]:
    """Declare a task. It runs within an application context, with a session of its own and no scope opened.

    ``retries=0`` is for what must never be done twice: it's given up rather than tried again.
    """

    def declare(function: Function) -> Function:
        if name in TASKS:
            raise ValueError(f"there is a task {name} already")
        TASKS[name] = Declared(function, retries, delay)
        return function

    return declare


def every_hour(name: str) -> Callable[[Function], Function]:
    """Declare a task that every worker does once an hour, without arguments. Done twice, it must do no more."""

    def declare(function: Function) -> Function:
        HOURLY.append(name)
        return task(name, retries=0)(function)

    return declare


def every_minute(name: str) -> Callable[[Function], Function]:
    """Declare a task that every worker does when it starts and once a minute: a quick look for what was left."""

    def declare(function: Function) -> Function:
        EACH_MINUTE.append(name)
        return task(name, retries=0)(function)

    return declare


# --- Enqueueing -----------------------------------------------------------------------------------------------
def enqueue(name: str, *arguments: Argument) -> None:
    """Enqueue a task now, for who has nothing to commit.

    Raises LookupError for a name that nothing is declared under, TypeError for an argument that isn't plain.
    """
    _check(name, arguments)
    _put(name, arguments)


def enqueue_later(seconds: int, name: str, *arguments: Argument) -> None:
    """Enqueue a task that begins after so many seconds. Raises like ``enqueue``."""
    _check(name, arguments)
    _put(name, arguments, delay=seconds)


def after_commit(name: str, *arguments: Argument) -> None:
    """Enqueue a task once the transaction of the session has committed; with a rollback it's forgotten.

    Raises like ``enqueue``. Where the queue can't be reached after the commit, that is logged and the task lost, as it
    is with a process that dies between the two: work that must not be missed is also kept in a row, and looked for.
    """
    _check(name, arguments)
    session = db.session()
    if not session.in_transaction():
        session.begin()
    within = session.get_nested_transaction() or session.get_transaction()
    session.info.setdefault(_NOTED, []).append((within, name, arguments))


def _check(name: str, arguments: tuple[Argument, ...]) -> None:
    if name not in TASKS:
        raise LookupError(f"there is no task {name}")
    for argument in arguments:
        if type(argument) not in {int, str, bool, type(None)}:
            raise TypeError(f"{name} takes plain keys, not {type(argument).__name__}")


def _put(name: str, arguments: tuple[Argument, ...], delay: int = 0) -> None:
    declared = TASKS[name]
    tries = {"retries": declared.retries, "retry_delay": declared.delay, "retry_backoff": GROWTH}
    _performer(current_app)(name, *arguments, **tries, delay=delay or None)


@event.listens_for(Session, "after_commit")
def _hand_over(session: Session) -> None:
    """Enqueue what was noted, once nothing can take it back: a savepoint that ends is no commit."""
    if session.in_nested_transaction():
        return
    for _within, name, arguments in session.info.pop(_NOTED, ()):
        try:
            _put(name, arguments)
        except Exception:
            # The transaction has committed: its caller must not believe that it failed.
            log.exception("lost, the queue can't be reached: %s%s", name, arguments)


@event.listens_for(Session, "after_soft_rollback")
def _forget_some(session: Session, ended: SessionTransaction) -> None:
    """Forget what was noted within a savepoint that is rolled back, or within one inside it."""
    if noted := session.info.get(_NOTED):
        session.info[_NOTED] = [one for one in noted if ended not in _outwards(one[0])]


@event.listens_for(Session, "after_transaction_end")
def _forget_all(session: Session, ended: SessionTransaction) -> None:
    """Forget what a transaction leaves that neither committed nor was rolled back, but closed."""
    if ended.parent is None:
        session.info.pop(_NOTED, None)


def _outwards(transaction: SessionTransaction | None) -> Iterator[SessionTransaction]:
    while transaction is not None:
        yield transaction
        transaction = transaction.parent


# --- Working --------------------------------------------------------------------------------------------------
def init_app(app: Flask) -> None:
    """Give the application its queue. The storage opens when it's first needed: by then a server has forked."""
    app.extensions[_KEY] = cache(partial(_open, app))


def huey_of(app: Flask) -> HoldingHuey:
    """Give the application's queue as huey knows it: to look into it, and for tests to empty it."""
    huey: HoldingHuey = _performer(app).huey
    return huey


def work(app: Flask) -> None:
    """Run tasks until SIGTERM: those that run then have ``PATIENCE`` seconds to end. Others come again elsewhere."""
    _look(app)
    Consumer(huey_of(app), **_options(app), graceful_signal="TERM").run()


@contextmanager
def working(app: Flask) -> Iterator[None]:
    """Run tasks in threads beside what the block does: for the embedded server."""
    _look(app)
    consumer = _Beside(huey_of(app), **_options(app))
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)


def _look(app: Flask) -> None:
    """Enqueue what is due at each start: another process may have died with its work."""
    with app.app_context():
        for name in EACH_MINUTE:
            _put(name, ())


class _Beside(Consumer):
    """A consumer that leaves the process's signals to the server."""

    def _set_signal_handlers(self) -> None:
        pass


def _options(app: Flask) -> dict[str, Any]:
    return {
        "workers": app.config["WORKERS"],
        "periodic": True,
        "max_delay": LONGEST_POLL,
        "shutdown_timeout": PATIENCE,
    }


def _performer(app: Flask) -> TaskWrapper:
    performer: TaskWrapper = app.extensions[_KEY]()
    return performer


def _open(app: Flask) -> TaskWrapper:
    """Open the storage, and give huey's side of all tasks: one function, which looks for the task by its name.

    A worker of an older release, which doesn't know a new task yet, thereby fails and tries again; huey itself would
    drop what it doesn't know.
    """
    storage: dict[str, Any] = (
        {"storage_class": HoldingRedis, "url": app.config["REDIS_URL"]}
        if app.config["REDIS_URL"]
        else {
            "storage_class": HoldingSqlite,
            "filename": str(app.config["DATA_DIR"] / "queue.sqlite"),
            "timeout": 30,
        }
    )
    serializer = SignedSerializer(secret=app.config["SECRET_KEY"], salt=_KEY)
    huey = HoldingHuey(app.config["QUEUE_NAME"], results=False, serializer=serializer, **storage)
    huey.signal(signals.SIGNAL_ERROR)(_complain)

    def perform(name: str, *arguments: Argument) -> None:
        """Run a task: in a context where nothing is left of the one before."""
        if name not in TASKS:
            raise LookupError(f"there is no task {name} in this release")
        log.info("running %s%s", name, arguments)
        contextvars.Context().run(_run, app, TASKS[name].function, arguments)

    performer: TaskWrapper = huey.task(name="task")(perform)

    def hourly() -> None:
        """Run what is due every hour; one that fails keeps none of the others from it."""
        for name in HOURLY:
            with app.app_context():
                _put(name, ())

    huey.periodic_task(crontab(minute=MINUTE), name="hourly")(hourly)
    if EACH_MINUTE:
        huey.periodic_task(crontab(), name="each minute")(lambda: _look(app))
    return performer


def _run(app: Flask, function: Function, arguments: tuple[Argument, ...]) -> None:
    # The session ends with the application context.
    with app.app_context():
        function(*arguments)


def _complain(_signal: str, failed: Task, error: Exception) -> None:
    """Say it where nothing will be tried any more; huey logs each attempt."""
    if not failed.retries:
        log.error("failed for good: %s", failed.args, exc_info=error)
