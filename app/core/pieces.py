"""Rows in pieces: as many at once as are read, or written, together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

ROWS_AT_ONCE = 1000


def batches(rows: Iterable[Any], size: int = ROWS_AT_ONCE) -> Iterator[list[Any]]:
    """Take rows in batches."""
    found = iter(rows)
    while batch := list(islice(found, size)):
        yield batch


class Pieces:
    """Rows in pieces of the size that is asked for."""

    def __init__(self, batches: Iterable[Sequence[Any]]) -> None:
        self._batches = iter(batches)
        self._rows: Sequence[Any] = ()
        self._at = 0

    def left(self) -> bool:
        """Whether there are more rows."""
        while self._at >= len(self._rows):
            batch = next(self._batches, None)
            if batch is None:
                return False
            self._rows, self._at = batch, 0
        return True

    def next(self, most: int) -> Sequence[Any]:
        """Give the next rows; none where there are no more."""
        if not self.left():
            return ()
        rows = self._rows[self._at : self._at + min(most, ROWS_AT_ONCE)]
        self._at += len(rows)
        return rows
