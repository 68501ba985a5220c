"""Answers that are sent while they are made, so that a million rows need no more memory than a thousand."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextvars import Context
from typing import Self

from flask import Flask


class Apart(Iterator[bytes]):
    """The blocks of an answer, made in a context of their own.

    A server asks for them when the request is over, maybe from another thread, and ``close`` when the other side has
    gone. Between two blocks nothing of the work may be left in the server's context, nor the other way round: so each
    step runs in the same context, which nothing else has, with an application and a session of its own. The work
    opens its own scope.
    """

    def __init__(self, app: Flask, work: Callable[[], Iterator[bytes]]) -> None:
        """Take the application, and what makes the blocks; it begins with the first that is asked for."""
        self._context = Context()
        self._blocks = _within(app, work)

    def __iter__(self) -> Self:
        """Give the blocks, once."""
        return self

    def __next__(self) -> bytes:
        """Make the next block."""
        return self._context.run(next, self._blocks)

    def close(self) -> None:
        """Break the work off: it sees GeneratorExit, unless it has ended or never begun."""
        self._context.run(self._blocks.close)


def _within(app: Flask, work: Callable[[], Iterator[bytes]]) -> Generator[bytes]:
    with app.app_context():
        yield from work()
