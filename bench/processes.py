"""Those compared, each in a process of its own, asked in turn: what others do on the machine strikes them alike.

A process says that it's ready, and then answers each line that it's sent with a line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any, TextIO

READY = "ready"


class Process:
    """One of those compared; ``name`` is what the tables call it."""

    def __init__(self, key: str, name: str, arguments: list[str]) -> None:
        self.key, self.name = key, name
        # A pipe that nobody reads would fill up, and stop it.
        self.complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115 - it lives as long as the process
        self.process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.complaints, text=True,
        )  # fmt: skip

    def said(self) -> str:
        """Give what it has complained about."""
        self.complaints.seek(0)
        return self.complaints.read()[-2000:]

    def ready(self) -> bool:
        """Wait until it can be asked; False where it can't run here."""
        assert self.process.stdout  # noqa: S101 - for the type
        if self.process.stdout.readline() == f"{READY}\n":
            return True
        self.process.wait()
        print(f"  {self.name} is left out: {(self.said().strip().splitlines() or ['?'])[-1]}", flush=True)
        return False

    def ask(self, text: str) -> Any:
        """Have something measured; raises RuntimeError where the process has ended."""
        assert self.process.stdin and self.process.stdout  # noqa: S101, PT018 - for the type
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name}, {text}: {self.said()}")
        return json.loads(line)

    def end(self) -> None:
        """Let it end."""
        assert self.process.stdin  # noqa: S101 - for the type
        self.process.stdin.close()
        self.process.wait(30)


def quiet() -> TextIO:
    """Give where to answer; what a framework prints from now on is no answer."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return out


def answer(measure: Callable[[str], Any], out: TextIO) -> None:
    """Say that it's ready, and answer until nobody asks any more."""
    print(READY, file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(line.rstrip("\n"))), file=out, flush=True)
