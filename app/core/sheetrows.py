"""Rows of a sheet as the XML that XlsxWriter would write, made a column and a thousand rows at a time.

A call per cell is what a large workbook costs. Here each column of a batch is looked at as a whole, by what Python does
in C: where all of its values are plain, they stand as they are between the same two pieces of markup. Where one isn't,
the column's cells are made one by one, each escape in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from typing import Any

from app.core.excel import Column
from app.core.sheetcells import Rest, Styles, cells_of
from app.core.sheetrest import Links

#: Takes the values of each column, and gives the height of each row in points, None where one line is enough.
Heights = Callable[[Sequence[Sequence[Any]]], Iterable[float | None]]


class Rows:
    """Writes the rows of a sheet with these columns."""

    def __init__(
        self,
        columns: Sequence[Column],
        styles: Styles,
        rest: Rest,
        links: Links,
        heights: Heights | None = None,
    ) -> None:
        self._heights = heights
        self._cells = [cells_of(column, index, styles, rest, links) for index, column in enumerate(columns)]

    def write(self, rows: Sequence[Any], first: int) -> str:
        """Write rows, of which the first stands in this row of the sheet, counted from 1.

        Raises TypeError where a value is not of its column's kind.
        """
        numbers = [str(number) for number in range(first, first + len(rows))]
        pieces: list[Iterable[str]] = [repeat('<row r="'), numbers]
        columns = [cells.read(rows) for cells in self._cells]
        if self._heights is not None:
            pieces.append(map(_tall, self._heights(columns)))
        pieces.append(repeat('">'))
        for values, cells in zip(columns, self._cells, strict=True):
            pieces += cells.pieces(values, rows, numbers)
        pieces.append(repeat("</row>"))
        return "".join(chain.from_iterable(zip(*pieces)))  # noqa: B905 - most of them never end


def _tall(height: float | None) -> str:
    return "" if height is None else f'" ht="{height:g}" customHeight="1'
