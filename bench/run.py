"""Measure what the goals of issue 6 are about, and write one table: bench/results.md and results.json.

    python bench/run.py                           # quick: within five minutes on two cores
    python bench/run.py --full                    # a million contacts; takes an hour
    python bench/run.py --only load --contacts 20000

Needs PostgreSQL, as tests do, and the peers of requirements.txt beside this file. A part that is left out keeps what
is known of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import data  # noqa: E402 - found by the path above
import files  # noqa: E402
import goals  # noqa: E402
import load  # noqa: E402
import pages  # noqa: E402
from table import MARKDOWN, Part, Ratio, keep  # noqa: E402

GENERATED, LIMIT = 1_000_000, 300  # so many contacts within so many seconds
TENTH = 10
PARTS = ("files", "generate", "pages", "load")


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    full: bool
    files: int
    contacts: int
    few: int  # contacts, of the list that is compared with the large one
    seconds: int  # for which people click
    loaded: tuple[str, ...]  # databases


QUICK = Size(False, 20_000, 30_000, 3_000, 15, ("postgresql",))  # noqa: FBT003 - named above
FULL = Size(True, 100_000, 1_000_000, 10_000, 600, data.DATABASES)  # noqa: FBT003


class Run:
    """Measures one after another, and writes each down when it's there."""

    def __init__(self, size: Size, names: set[str]) -> None:
        self.size, self.names = size, names
        self.spent = dict.fromkeys(PARTS, 0.0)
        many = {"contacts": size.contacts}
        self.parts = {
            "files": Part("files", {"rows": size.files, "columns": len(files.NAMES)}),
            "generate": Part("generate", many),
            "pages": Part("pages", many),
            "load": Part("load", many),
        }

    def files(self) -> None:
        """Make workbooks and CSV."""
        size, part, texts = self.size, self.parts["files"], []
        begin = time.perf_counter()
        for database in files.CSV:
            print(f"files, {database}, {size.files:,} rows", flush=True)
            found = files.run(database, size.files, alone=False)
            part.ratios += [*goals.of_workbooks(database, found), *goals.of_csv(database, found)]
            part.measured[database] = found
            texts.append(files.table(database, found, size.files))
            if size.full:
                many = TENTH * size.files
                large = files.run(database, many, alone=True)
                part.ratios += goals.of_growth(database, found, large, f"{many:,}")
                part.measured[f"{database}, {many:,}"] = large
                texts.append(files.table(database, large, many))
        self._keep(part, texts, begin)

    def on_data(self) -> None:
        """Make a country on each database, and measure what shall be measured on it."""
        texts: dict[str, list[str]] = {name: [] for name in PARTS}
        for kind in data.DATABASES if {"generate", "pages"} & self.names else self.size.loaded:
            print(f"flask generate, {self.size.contacts:,} contacts, {kind}", flush=True)
            with data.filled(kind, self.size.contacts) as database:
                self._generated(database)
                for name, measure in (("pages", self._pages), ("load", self._load)):
                    if name in self.names and (name != "load" or kind in self.size.loaded):
                        print(f"{name}, {kind}", flush=True)
                        begin = time.perf_counter()
                        texts[name] += measure(database)
                        self.spent[name] += time.perf_counter() - begin
        for name in PARTS[1:]:
            if name in self.names:
                self._keep(self.parts[name], texts[name])

    def _generated(self, database: data.Database) -> None:
        share = database.contacts / GENERATED
        self.spent["generate"] += database.seconds
        print(f"  {database.seconds:.1f} s", flush=True)
        what = f"generate {database.contacts:,} contacts" + (", the limit pro rata" if share != 1 else "")
        self.parts["generate"].ratios.append(
            Ratio(11, what, database.kind, database.seconds, "s", goals.LIMIT, LIMIT * share, 1)
        )

    def _pages(self, database: data.Database) -> Iterator[str]:
        part, kind, few = self.parts["pages"], database.kind, self.size.few
        found = pages.compare(database.folder, database.url, database.contacts)
        part.ratios += goals.of_pages(kind, found, database.contacts)
        part.measured[kind] = found
        with data.filled(kind, few) as small:
            sizes: Any = pages.sizes({few: small, database.contacts: database})
        part.ratios += goals.of_size(kind, sizes)
        part.measured[f"{kind}, sizes"] = sizes
        yield "\n".join(pages.lines(kind, found, database.contacts))

    def _load(self, database: data.Database) -> Iterator[str]:
        part = self.parts["load"]
        found = load.measure(database, self.size.seconds)
        part.ratios += goals.of_load(database.kind, found, self.size.seconds)
        part.measured[database.kind] = found
        yield from load.lines(database.kind, found)

    def _keep(self, part: Part, texts: list[str], begin: float | None = None) -> None:
        spent = self.spent[part.name] if begin is None else time.perf_counter() - begin
        part.text = "\n\n".join(texts)
        keep(part, full=self.size.full, day=f"{datetime.now(UTC):%Y-%m-%d}", seconds=spent)


def main() -> None:
    """Read what shall be measured, and measure it."""
    parser = argparse.ArgumentParser(description="Measure, and write bench/results.md and results.json.")
    parser.add_argument("--full", action="store_true", help="a million contacts, and ten minutes of load")
    parser.add_argument("--only", help=f"some of {', '.join(PARTS)}, with commas between")
    parser.add_argument("--contacts", type=int, help="so many instead")
    parser.add_argument("--rows", type=int, help="of files, instead")
    asked = parser.parse_args()
    names = set(asked.only.split(",")) if asked.only else set(PARTS)
    if names - {*PARTS}:
        parser.error(f"unknown: {', '.join(sorted(names - {*PARTS}))}")
    size = FULL if asked.full else QUICK
    size = replace(size, contacts=asked.contacts or size.contacts, files=asked.rows or size.files)
    run = Run(size, names)
    begin = time.perf_counter()
    if "files" in names:
        run.files()
    if names & {*PARTS[1:]}:
        run.on_data()
    print(MARKDOWN.read_text("utf-8"))
    print(f"{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
