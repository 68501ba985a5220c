"""A worker as a process of its own, for test_queue.py to stop and to kill. It has a short lease."""

from __future__ import annotations

import logging
import sys
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask

from app.core import holding, queue
from app.core.db import db

LEASE = 6  # seconds: on a crowded machine a worker may be late by some


def made(folder: Path, redis: str, name: str) -> Flask:
    """Give an application that has a queue and a session, and nothing else."""
    app = Flask("worker")
    app.config.update(
        DATA_DIR=folder,
        REDIS_URL=redis,
        QUEUE_NAME=name,
        SECRET_KEY="for tests only, and long enough to sign tasks",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'test.sqlite'}",
        WORKERS=1,
    )
    db.init_app(app)
    queue.init_app(app)
    return app


def note(folder: Path, word: str) -> None:
    """Write down what happens, where the test reads it."""
    with (folder / "notes").open("a", encoding="utf-8") as file:
        file.write(f"{word}\n")


def main() -> None:
    folder, redis, name = sys.argv[1:]
    holding.LEASE = timedelta(seconds=LEASE)
    app = made(Path(folder), redis, name)
    queue.EACH_MINUTE.clear()  # what the product looks for has no table here

    @queue.task("tests.linger")
    def linger(seconds: int) -> None:
        note(app.config["DATA_DIR"], "began")
        time.sleep(seconds)
        note(app.config["DATA_DIR"], "ended")

    logging.basicConfig(level=logging.INFO)
    queue.work(app)


if __name__ == "__main__":
    main()
