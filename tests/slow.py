"""Statements that take as long as one likes, on both databases: the more often organisations are joined, the longer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select, true

from app.core.db import db
from app.models.organisations import Organisation


def counting(times: int) -> Select[int]:
    """Count the organisations multiplied by themselves."""
    first, *others = (select(Organisation.id).subquery() for _number in range(times))
    statement = select(func.count()).select_from(first)
    for other in others:
        statement = statement.join(other, true())
    return statement


def slow(*_more: Any, **_values: Any) -> int | None:
    """Stand for what reads something: of twenty organisations it takes far longer than anybody waits for it."""
    return db.session.scalar(counting(8))
