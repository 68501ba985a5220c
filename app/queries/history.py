"""What was done to records."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
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


def latest(kinds: Collection[str]) -> Select[str, int, datetime, str]:
    """Kind and key of the records that were saved, when and by whom; the latest save first."""
    return (
        select(Change.kind, Change.key, Change.at, Change.actor)
        .where(Change.kind.in_(kinds))
        .order_by(Change.id.desc())
    )
