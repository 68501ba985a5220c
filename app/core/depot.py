"""The folder of files that were made in the background: no server gives it out, and nobody can guess a name in it."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flask import current_app

_NAME = re.compile(r"[A-Za-z0-9_-]{43}")
_DRAFT = ".draft"


def folder() -> Path:
    """Give the folder, which all machines share that make files or give them out; only its owner reads it."""
    path = Path(current_app.config["DOWNLOADS"])
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def name() -> str:
    """Give a new name for a file, which nobody can guess."""
    return secrets.token_urlsafe(32)


def place(token: str) -> Path:
    """Give the path of a file. Raises ValueError for what can't be a name."""
    if _NAME.fullmatch(token) is None:
        raise ValueError("no file has such a name")
    return folder() / token


@contextmanager
def making(token: str) -> Iterator[Path]:
    """Give a path to write to. The file gets its name when it's whole and on the disk; else nothing of it is left."""
    target = place(token)
    draft = target.with_name(token + _DRAFT)
    try:
        draft.touch(mode=0o600)
        yield draft
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def remove(token: str | None) -> None:
    """Delete a file, where there is one."""
    if token:
        place(token).unlink(missing_ok=True)


def sweep(kept: Collection[str], before: datetime) -> int:
    """Delete what no name of ``kept`` stands for, and hasn't been written to since a moment; give how many went."""
    gone = 0
    for path in folder().iterdir():
        if path.name.removesuffix(_DRAFT) in kept:
            continue
        try:
            if path.is_file() and path.stat().st_mtime < before.timestamp():
                path.unlink()
                gone += 1
        except FileNotFoundError:
            continue  # another worker tidies, too
    return gone
