"""The one way in which a download gets from one state into another."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.sql.elements import ColumnElement

from app.core.db import db
from app.models.downloads import FOLLOWS, Download, DownloadState


def move(key: int, to: DownloadState, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Let a download take a state, and say whether it did: not where that can't follow, or a condition doesn't hold.

    It's one statement, so that of two who want something of the same row only one gets it.
    """
    before = [state for state, following in FOLLOWS.items() if to in following]
    return changed(key, Download.state.in_(before), *conditions, state=to, **values)


def changed(key: int, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Change a download where the conditions hold, and say whether they did."""
    statement = (
        update(Download)
        .where(Download.id == key, *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    found = cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1
    if found:
        db.session.expire_all()
    return found
