"""Somebody else, at the worst moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from app.core.db import db


@contextmanager
def racing(statement: str, *, before: str = "", **values: Any) -> Iterator[None]:
    """Let somebody else commit a statement when a request begins to write, or right ``before`` a kind of one."""
    todo, engine = [statement], db.engine

    def interfere(*_more: Any) -> None:
        if todo:
            with engine.begin() as other:
                other.execute(text(todo.pop()), values)

    def interfere_late(_connection: Any, _cursor: Any, running: str, *_more: Any) -> None:
        if running.startswith(before):
            interfere()

    target, moment, act = (
        (engine, "before_cursor_execute", interfere_late)
        if before
        else (db.session, "before_flush", interfere)
    )
    event.listen(target, moment, act)
    yield
    event.remove(target, moment, act)
    assert not todo
