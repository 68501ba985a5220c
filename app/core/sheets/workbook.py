"""Workbooks (.xlsx), read by python-calamine in a process of its own.

A workbook is a packed folder, and a few bytes of it can stand for a table of 17 thousand million cells, for which
the reader asks the system: the process that does so ends. Here that is one which does nothing else, and may
take so much memory and time.
"""

from __future__ import annotations

import contextlib
import csv
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.core.sheets.limits import MESSAGES, MOST_COLUMNS, MOST_ROWS, UnreadableError, too_long, too_wide

MEMORY = 1 << 30  # bytes
SECONDS = 60
UNPACKED = 1 << 29  # bytes that the parts of a workbook may have in all
_READER = Path(__file__).with_name("reader.py")
#: What the reader is told of this process's surroundings: where Python finds its parts, and no secret.
_KNOWN = ("HOME", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "SYSTEMROOT")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def is_one(head: bytes) -> bool:
    """Whether a file that begins so is a workbook, or what a password or an old Excel makes of it."""
    return head.startswith((_ZIP, _OLE))


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the rows of the first sheet with their numbers. A formula counts by its result.

    Raises UnreadableError for what is no workbook, is protected, or too large.
    """
    with path.open("rb") as stream:
        if stream.read(len(_OLE)) == _OLE:
            raise UnreadableError("locked")
    _weigh(path)
    command = [
        sys.executable,
        "-P",  # its folder is no place to import from
        str(_READER),
        str(path),
        *map(str, (MEMORY, SECONDS, MOST_ROWS, MOST_COLUMNS)),
    ]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "encoding": "utf-8"}
    known = {name: os.environ[name] for name in _KNOWN if name in os.environ}
    with subprocess.Popen(command, env=known, **pipes) as reader:  # noqa: S603 - our own reader, and a file of ours
        if reader.stdout is None:  # it's a pipe
            raise RuntimeError
        finished = False
        try:
            for number, *cells in csv.reader(reader.stdout):
                if not number.isdecimal():
                    raise _refusal(number, cells)
                yield int(number), cells
            finished = True
        finally:
            if not finished:
                with contextlib.suppress(ProcessLookupError):
                    reader.kill()
        if reader.wait():
            # Out of memory it aborts, out of time it's stopped.
            ended = -reader.returncode
            limits = {signal.SIGABRT, signal.SIGKILL, getattr(signal, "SIGXCPU", signal.SIGKILL)}
            raise UnreadableError("large" if ended in limits else "broken")


def _weigh(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise UnreadableError("broken") from None
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise UnreadableError("binary")
    if sum(part.file_size for part in parts) > UNPACKED:
        raise UnreadableError("large")


def _refusal(reason: str, details: list[str]) -> UnreadableError:
    """Say in our words why the reader refused."""
    if reason == "columns":
        return too_wide(int(details[0]))
    if reason == "rows":
        return too_long()
    return UnreadableError(reason if reason in MESSAGES else "broken")
