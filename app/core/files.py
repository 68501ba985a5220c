"""Files of records: they lie in one folder, and go with the record or the column that names them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from app.core.db import FileColumn, Model, db

_GONE = "files that nothing names any more"


def folder() -> Path:
    """Give the folder of all uploads; their names in it can't be guessed."""
    path = Path(current_app.config["UPLOAD_FOLDER"])
    path.mkdir(parents=True, exist_ok=True)
    return path


def sha256(path: Path) -> str:
    """Give the fingerprint of a file: 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remove_after_commit(name: str) -> None:
    """Remove a file once what took its place is kept; with a rollback it stays."""
    session = db.session()
    if not session.in_transaction():
        session.begin()
    session.info.setdefault(_GONE, set()).add(name)


def sweep(before: datetime) -> int:
    """Remove what was uploaded before a moment and never became a record's file: a form that nobody sent again.

    All offices' rows have to be in scope. Gives how many files went.
    """
    kept: set[str] = set()
    for mapper in Model.registry.mappers:
        for column in mapper.column_attrs:
            if isinstance(column.columns[0].type, FileColumn):
                named = getattr(mapper.class_, column.key)
                kept.update(map(str, db.session.scalars(select(named).where(named.is_not(None)))))
    stale = [
        path
        for path in folder().iterdir()
        if path.name not in kept and path.is_file() and path.stat().st_mtime < before.timestamp()
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


@event.listens_for(Session, "after_flush")
def _note(session: Session, _context: UOWTransaction) -> None:
    """Remember the files of deleted rows, and those that others took the place of."""
    names = [*_of_deleted(session), *_replaced(session)]
    if names:
        session.info.setdefault(_GONE, set()).update(names)


@event.listens_for(Session, "after_commit")
def _remove(session: Session) -> None:
    """Remove them once nothing can bring the rows back."""
    for name in session.info.pop(_GONE, ()):
        (folder() / Path(name).name).unlink(missing_ok=True)


@event.listens_for(Session, "after_soft_rollback")
def _keep(session: Session, _previous: SessionTransaction) -> None:
    session.info.pop(_GONE, None)


def _of_deleted(session: Session) -> Iterator[str]:
    for row in session.deleted:
        yield from filter(None, (getattr(row, name) for name in _columns(row)))


def _replaced(session: Session) -> Iterator[str]:
    for row in session.dirty:
        for name in _columns(row):
            yield from filter(None, inspect(row).attrs[name].history.deleted or ())


def _columns(row: Any) -> Iterator[str]:
    mapper = inspect(row).mapper
    return (one.key for one in mapper.column_attrs if isinstance(one.columns[0].type, FileColumn))
