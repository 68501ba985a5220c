"""Do background work within a test: now, in this thread, and told how much it was."""

from __future__ import annotations

from flask import Flask

from app.core import queue


def run_all(app: Flask) -> int:
    """Run what is enqueued, and what that enqueues, until nothing is left; what waits for another try stays."""
    huey, done = queue.huey_of(app), 0
    while task := huey.dequeue():
        huey.execute(task)
        done += 1
    return done
