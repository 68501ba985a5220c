"""What was done to a record."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from app.models.history import Change


def of_record(row: Any) -> Select[Change]:
    """The saves of a record, the latest first."""
    return (
        select(Change)
        .where(Change.kind == type(row).__name__, Change.key == row.id)
        .order_by(Change.at.desc(), Change.id.desc())
    )
