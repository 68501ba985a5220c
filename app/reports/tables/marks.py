"""What stands out in a report's workbook, by conditional formats: who sorts or changes a table keeps them."""

from __future__ import annotations

import enum
from typing import Any

from app.core.excel import Sheet
from app.core.values import display

_WARNING = {"bg_color": "#FBE3D6", "font_color": "#7A2E0E", "bold": True}
_BAR = "#9DC3E6"
_ALL = 100  # per cent


class Mark(enum.Enum):
    """How a column is marked: what is so ("yes"), or a percentage as a bar."""

    YES = "yes"
    SHARE = "share"

    def write(self, sheet: Sheet, at: int, rows: int) -> None:
        """Add the format to the rows of a column below the headings."""
        options: dict[str, Any]
        if self is Mark.YES:
            word = display(True).replace('"', '""')  # noqa: FBT003 - the word for it
            form = sheet.book.raw.add_format(_WARNING)
            options = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": form}
        else:
            ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": _ALL}
            # Filled evenly would be an extension that not every program reads.
            options = {"type": "data_bar", "bar_color": _BAR, **ends}
        sheet.raw.conditional_format(1, at, rows, at, options)
