"""Sheets of a few rows as Excel tables: with a filter, links, and totals that Excel reckons and all viewers show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask import current_app

from app.core.excel import Column, Sheet, write_table, write_text
from app.core.sheetrest import whole
from app.core.values import display
from app.reports.base import style_table, write_total

STYLE = "Table Style Light 15"
LINK = {"font_color": "#0563C1", "underline": 1}

FILTERED, ALL = "SUBTOTAL(109,", "SUM("  # how formulas add up: what a filter shows, or everything

_MOST_HEADING = 255  # letters, in a table


def write_rows(sheet: Sheet, columns: Sequence[Column], rows: Iterable[Any], total: Any = None) -> int:
    """Write a table, with its ``total`` as the last row where there's one; give the number of rows.

    A total that's the sum of what stands above it follows the filter.
    """
    found = list(rows)
    headings = apart([str(column.heading) for column in columns])
    named = [replace(column, heading=heading) for column, heading in zip(columns, headings, strict=True)]
    count = write_table(sheet, named, found, filtered=False)
    sums = {} if total is None else sums_of(sheet, named, found, total)
    sheet.raw.add_table(
        0,
        0,
        max(count, 1) + (total is not None),
        len(named) - 1,
        {
            "name": table_name(sheet.raw.name),
            "title": sheet.raw.name,
            "description": sheet.raw.name,
            "style": STYLE,
            "columns": [_declared(column, at, sums, total) for at, column in enumerate(named)],
            "total_row": total is not None,
        },
    )
    style_table(sheet, named, count)
    _write_links(sheet, named, found)
    if total is not None:
        write_total(sheet, max(count, 1) + 1, named, total, sums)
    return count


def sums_of(
    sheet: Sheet, columns: Sequence[Column], rows: Sequence[Any], total: Any, function: str = FILTERED
) -> dict[int, str]:
    """Give the formulas of a total, by column: of those that are the sum of what stands in their column."""
    found = {}
    for at, column in enumerate(columns):
        value = column.value(total)
        numbers = [number for row in rows if (number := column.value(row)) is not None]
        if isinstance(value, int | Decimal) and numbers and sum(numbers) == value:
            found[at] = sum_of(table_name(sheet.raw.name), str(column.heading), function)
    return found


def sum_of(table: str, heading: str, function: str = FILTERED) -> str:
    """Add a column of a table up: all of it, or what a filter shows."""
    return f"{function}{column_of(table, heading)})"


def column_of(table: str, heading: str) -> str:
    """Name the cells of a column, as formulas do."""
    escaped = re.sub(r"(['#\[\]])", r"'\1", heading)
    return f"{table}[{escaped}]"


def table_name(sheet: object) -> str:
    """Name a table after its sheet: formulas of the person who goes on working call it that."""
    return re.sub(r"\W+", "_", str(sheet)).strip("_")


def apart(headings: Sequence[str]) -> list[str]:
    """Give columns names that differ, as a table needs them: "Date", "Date 2"."""
    seen: Counter[str] = Counter()
    found = []
    for heading in headings:
        text = heading[:_MOST_HEADING]
        seen[text.casefold()] += 1
        count = seen[text.casefold()]
        found.append(text if count == 1 else f"{text} {count}")
    return found


def _declared(column: Column, at: int, sums: Mapping[int, str], total: Any) -> dict[str, Any]:
    """Say of a column what the table says of it: the heading, and what stands below."""
    said: dict[str, Any] = {"header": str(column.heading)}
    value = None if total is None else column.value(total)
    if at in sums and value is not None:
        return said | {"total_function": sums[at], "total_value": float(value)}
    if value is None or isinstance(value, int | Decimal):
        return said
    return said | {"total_string": display(value)}


def _write_links(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Any]) -> None:
    """Let texts lead to what they name."""
    form = sheet.book.raw.add_format({**LINK, "valign": "top", "text_wrap": True})
    home = current_app.config["PUBLIC_URL"]
    for at, column in enumerate(columns):
        for row, one in enumerate(rows, 1):
            address = column.link(one) if column.link else None
            if address is not None:
                sheet.raw.write_url(row, at, whole(home, address), form)
                write_text(sheet, (row, at), display(column.value(one)), form)
