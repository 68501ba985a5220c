"""How the cells of a report read outside of a workbook."""

from __future__ import annotations

from typing import Any

from app.core.excel import Column, Kind
from app.core.values import Quantity, display, format_decimal


def numeric(kind: Kind) -> bool:
    """Whether a kind of cells are numbers that are compared: a year is a name."""
    return kind in {Kind.INTEGER, Kind.NUMBER, Kind.MONEY}


def said(column: Column, row: Any) -> str | None:
    """Write a value as it's read; None where nothing is known."""
    value = column.value(row)
    if value is None or value == "":
        return None
    if column.kind is Kind.MONEY:
        return Quantity(value).text("€")
    return format_decimal(value) if numeric(column.kind) else display(value)
