"""The process that reads a workbook: ``python reader.py FILE MEMORY SECONDS ROWS COLUMNS`` writes CSV.

Each row begins with its number; one that begins with a word says why nothing more comes. It imports nothing of ours:
it starts in a moment, and knows neither database nor keys.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, WorksheetNotFound

try:
    import resource
except ImportError:  # Windows knows no such limits
    resource = None  # type: ignore[assignment]


def main(path: str, memory: int, seconds: int, most_rows: int, most_columns: int) -> list[Any]:
    """Write the rows of the first sheet; give the reason where that can't be, else nothing."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        with CalamineWorkbook.from_path(path) as book:
            return copy(book.get_sheet_by_index(0), most_rows, most_columns)
    except PasswordError:
        return ["locked"]
    except (WorksheetNotFound, IndexError):
        return ["empty"]
    except Exception:  # noqa: BLE001 - a file can be damaged in any way
        return ["broken"]


def copy(sheet: CalamineSheet, most_rows: int, most_columns: int) -> list[Any]:
    """Write the rows of a sheet, unless it's too large."""
    if sheet.start is None:
        return ["empty"]
    if sheet.width > most_columns:
        return ["columns", sheet.width]
    # Empty rows count nothing, but nobody has a million of them.
    if sheet.height > 20 * most_rows:
        return ["rows"]
    writer = csv.writer(sys.stdout)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > sheet.start[0]:
            writer.writerow([number, *map(written, cells)])
    return []


def written(value: object) -> str:
    """Write a cell as a person reads it; a number of postal codes has no ".0"."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    refusal = main(sys.argv[1], *map(int, sys.argv[2:]))
    if refusal:
        csv.writer(sys.stdout).writerow(refusal)
