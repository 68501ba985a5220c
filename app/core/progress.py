"""How far a long piece of work is: what reads many rows says so as it goes, and whoever waits may break it off.

The reader needn't know who listens: ``for row in counted(rows)`` costs nothing where nobody does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

EVERY = 250  # rows

Step = Callable[[int], None]
T = TypeVar("T")

_listening: ContextVar[Step | None] = ContextVar("progress", default=None)


@contextmanager
def told_to(step: Step) -> Iterator[None]:
    """Within the block, ``step`` is told after each so many rows; what it raises breaks the work off."""
    token = _listening.set(step)
    try:
        yield
    finally:
        _listening.reset(token)


def tell(count: int) -> None:
    """Say that so many more rows have been read."""
    step = _listening.get()
    if step is not None:
        step(count)


def counted(rows: Iterable[T]) -> Iterator[T]:
    """Give the rows, and tell how many have been read."""
    step = _listening.get()
    if step is None:
        yield from rows
        return
    count = 0
    for row in rows:
        count += 1
        if count == EVERY:
            step(count)
            count = 0
        yield row
    step(count)
