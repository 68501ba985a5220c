"""Do background work within a test: now, in this thread, and told how much it was."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from app.core import queue


def run_all(app: Flask, at: datetime | None = None) -> int:
    """Run what is enqueued, and what that enqueues, until nothing is left; what waits for another try stays.

    With a moment, as if it had come: what waits until then is run, too.
    """
    huey, done = queue.huey_of(app), 0
    moment = at and at.replace(tzinfo=None)
    if moment:
        huey.read_schedule(moment)
    while task := huey.dequeue():
        huey.execute(task, moment)
        done += 1
    return done
