"""SQLite's own shell, in CSV mode, read through a pipe."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from sqlalchemy.engine import make_url

PACKAGE = ""


def blocks(source: Any) -> Iterator[bytes]:
    """Yield what the shell prints."""
    command = [
        shutil.which("sqlite3") or "sqlite3",
        "-csv",
        "-header",
        "-separator",
        ";",
        str(make_url(source.url).database),
    ]
    with subprocess.Popen([*command, source.sql], stdout=subprocess.PIPE) as shell:  # noqa: S603
        while block := shell.stdout.read(1 << 16):  # type: ignore[union-attr]
            yield block
