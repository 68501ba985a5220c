"""The sign of life of a worker, in a thread of its own: a statement that takes minutes is no death."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Self

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.access import everything
from app.core import clock
from app.core.db import db
from app.services import downloads

log = logging.getLogger(__name__)

BEAT = 1.0  # seconds


class LostError(Exception):
    """The download was cancelled, or another worker has taken it up: whatever is made here, nobody wants it."""


class Heart(Thread):
    """Holds a download while the block runs. Each beat is a short transaction, which tells how far the work is."""

    def __init__(self, app: Flask, lease: downloads.Lease) -> None:
        """Take the application, and what is held."""
        super().__init__(name=f"download {lease.key}", daemon=True)
        self._app, self._lease = app, lease
        self._lasts = timedelta(seconds=app.config["DOWNLOAD_LEASE"])
        self._ended, self._lost = Event(), Event()
        self._rows = 0
        self.expected: int | None = None

    def step(self, rows: int) -> None:
        """Count rows. Raises LostError where the work has become useless."""
        self._rows += rows
        if self._lost.is_set():
            raise LostError

    def run(self) -> None:
        """Beat until the block ends, or nothing is held any more; the database may be away for less than a lease."""
        held_until = time.monotonic() + self._lasts.total_seconds()
        while not self._ended.wait(BEAT):
            now = time.monotonic()
            try:
                held = self._beat()
            except SQLAlchemyError as error:
                log.warning("no sign of life of download %s: %s", self._lease.key, type(error).__name__)
                held = now < held_until
            else:
                held_until = now + self._lasts.total_seconds()
            if not held:
                self._lost.set()
                return

    def _beat(self) -> bool:
        with self._app.app_context(), everything("Marktbüro"):
            held = downloads.renew(self._lease, clock.now() + self._lasts, self._rows, self.expected)
            db.session.commit()
        return held

    def __enter__(self) -> Self:
        """Begin to beat."""
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End; a beat that is under way ends first, so that none comes after what is written next."""
        self._ended.set()
        self.join()
