"""A report's workbook beside plain XlsxWriter that writes the same: cells, formats, heights of rows and links.

    python bench/reports.py              # 20,000 contacts on SQLite and PostgreSQL
    python bench/reports.py 50000 3      # of more, and each three times in turn

Both read the same report of contacts in the same scope, in processes of their own, one after the other: what counts is
the ratio. The peer leaves out what isn't rows: totals, charts, the sheet that says what the words mean.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

QUICK, TIMES = 20_000, 2
SEED = 2006
NAME, LOCALE = "contacts", "de"
WORDS = {"fetch": "Fetch alone", "ours": "**Marktbüro**", "xlsxwriter_report": "XlsxWriter, the same cells"}


def fill(folder: Path, url: str, rows: int) -> None:
    """Make the data."""
    from files import application
    from flask_migrate import upgrade

    from app.access import everything
    from app.core.db import db
    from app.generator import generate
    from app.generator.command import add_accounts
    from app.generator.plan import Size
    from app.services import users

    with application(folder, url).app_context(), everything("bench"):
        upgrade()
        users.keep_roles()
        db.session.commit()
        add_accounts(generate(Size(rows), SEED, lambda _step: None), "bench-bench-bench")
        db.session.commit()


class Source:
    """The report, as ours and the peer make it."""

    def __init__(self, target: Path) -> None:
        from app.core import clock
        from app.reports import REPORTS

        self.target, self.locale = target, LOCALE
        self.report = REPORTS[NAME]
        self.values = self.report.values({})
        self.asked = self.report.asked(clock.now(), self.values)

    def sheets(self) -> list[Any]:
        """Give the sheets with their rows, as the person may take them out."""
        from app.access import Verb
        from app.reports.tables.workbook import Written

        found = self.report.build(**self.values).filled(Verb.EXPORT)
        return [Written(one, self.report, self.asked) for one in found]


def fetch(source: Source) -> None:
    """Read, and write nothing."""
    for sheet in source.sheets():
        for _row in sheet.filled.rows():
            pass


def ours(source: Source) -> None:
    """Make the workbook as a download does."""
    source.report.write_workbook(source.target, source.values, source.asked, source.locale)


def measure(what: str, folder: Path, url: str) -> dict[str, float]:
    """Make a workbook."""
    from files import working_as

    make = globals().get(what) or importlib.import_module(f"peers.{what}").write
    with working_as("agency", folder, url):
        source = Source(folder / f"{what}.xlsx")
        start = time.perf_counter()
        make(source)
        return {"seconds": time.perf_counter() - start}


def main() -> None:
    """Fill a database of each kind, measure, and print the ratios."""
    from data import DATABASES, empty

    numbers = [int(one) for one in sys.argv[1:]]
    rows, times = (numbers + [QUICK, TIMES][len(numbers) :])[:2]
    for kind in DATABASES:
        with tempfile.TemporaryDirectory() as name, empty(kind, Path(name)) as url:
            fill(Path(name), url, rows)
            print(table(kind, rows, measured(name, url, times)), flush=True)


def measured(name: str, url: str, times: int) -> dict[str, float]:
    """Make each in turn, so many times; the best counts: others may use the machine."""
    found: dict[str, list[float]] = {}
    for _time in range(times):
        for what in WORDS:
            command = [sys.executable, __file__, "--measure", what, name, url]
            answer = subprocess.run(command, check=True, capture_output=True, env=os.environ)  # noqa: S603
            found.setdefault(what, []).append(json.loads(answer.stdout.splitlines()[-1])["seconds"])
    return {what: min(seconds) for what, seconds in found.items()}


def table(kind: str, rows: int, found: dict[str, float]) -> str:
    """Write the measurements as Markdown."""
    lines = [f"| report of {rows:,} contacts, {kind} | s | × ours |", "|---|--:|--:|"]
    lines += [
        f"| {WORDS[what]} | {seconds:.2f} | {seconds / found['ours']:.2f} |"
        for what, seconds in found.items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]), sys.argv[4])))
    else:
        main()
