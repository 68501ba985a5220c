"""Rows that the open transaction has made: nobody else can have moved or deleted them, so they needn't be read."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, SessionTransaction

from app.models.base import Shareable

_KEPT = "rows that this transaction has made"


def here(row: Any, key: int) -> bool:
    """Whether a row is the one with this key, made by this transaction, and unchanged since it was written."""
    state = inspect(row)
    names = ("id", "office_id", "shared") if isinstance(row, Shareable) else ("id", "office_id")
    if not state.persistent or any(name not in state.dict for name in names):
        return False
    changed = any(state.attrs[name].history.has_changes() for name in names)
    return row.id == key and not changed and row in state.session.info.get(_KEPT, ())


@event.listens_for(Session, "pending_to_persistent")
def _keep(session: Session, row: Any) -> None:
    session.info.setdefault(_KEPT, WeakSet()).add(row)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_KEPT, None)
