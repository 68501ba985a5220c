"""How large a table may be, and how it's said that one can't be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

MOST_ROWS = 25_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000  # characters

MESSAGES: dict[str, LazyString] = {
    "binary": _("This is no table. Please save it as .xlsx or .csv."),
    "empty": _("There is no row in this file."),
    "locked": _(
        "This file is protected by a password, or of an old kind (.xls). "
        "Please save it as .xlsx without a password."
    ),
    "broken": _("This workbook is damaged. Please open it in your program, and save it once more."),
    "large": _("Unpacked, this workbook is too large. Please save the one sheet that counts as .csv."),
}


class UnreadableError(Exception):
    """A file that can't be taken as a table; the message is for the person."""

    def __init__(self, reason: str, message: LazyString | str = "") -> None:
        """Take the key of the reason, and the message where it isn't one of ours."""
        super().__init__(reason)
        self.message = message or MESSAGES[reason]


class TooManyError(UnreadableError):
    """A table with more rows or columns, or a longer cell, than are taken."""


def refuse_long_rows(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Pass rows on that hold something, as long as there aren't too many and none is too long."""
    count = -1
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if len(cells) > MOST_COLUMNS:
            raise too_wide(len(cells))
        if count > MOST_ROWS:
            raise too_long()
        if max(map(len, cells)) > LONGEST_CELL:
            text = _(
                "Row %(number)s has a cell of more than %(most)s characters.",
                number=number,
                most=f"{LONGEST_CELL:_}".replace("_", " "),
            )
            raise TooManyError("cell", text)
        yield number, cells


def too_wide(columns: int) -> TooManyError:
    """Say that there are too many columns."""
    return TooManyError(
        "columns",
        _(
            "The file has %(columns)s columns; at most %(most)s are taken. Please delete those that aren't needed.",
            columns=columns,
            most=MOST_COLUMNS,
        ),
    )


def too_long() -> TooManyError:
    """Say that there are too many rows."""
    most = f"{MOST_ROWS:_}".replace("_", " ")
    return TooManyError(
        "rows", _("The file has more than %(most)s rows. Please split it into several files.", most=most)
    )
