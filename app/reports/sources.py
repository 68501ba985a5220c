"""What can be made in the background: a report by its name, or what the floor above makes, by "kind/name"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.access import Section, Verb
from app.core import clock
from app.reports import REPORTS
from app.reports.base import Report

MOST_ROWS = 5_000_000  # nobody needs to know more exactly how much is left


@dataclass(frozen=True)
class Work:
    """A file that is to be made within the open scope: ``words`` say by what it's narrowed, one filter a line.

    ``size`` counts its rows, 0 where nobody can tell; ``write`` writes it, and gives how many there were.
    """

    words: str
    sections: set[Section]
    size: Callable[[], int]
    write: Callable[[Path], int]


class Source(Protocol):
    """Something that makes files."""

    def allows(self, verb: Verb) -> bool:
        """Whether the person may take it out."""

    def work(self, parameters: Mapping[str, str], fmt: str, sheet: str, language: str) -> Work:
        """Make ready to write a file. Raises KeyError or ValueError for what can't be asked for any more."""


@dataclass(frozen=True)
class _OfReport:
    report: Report

    def allows(self, verb: Verb) -> bool:
        return self.report.allows(verb)

    def work(self, parameters: Mapping[str, str], fmt: str, sheet: str, language: str) -> Work:
        report = self.report
        values = report.values(parameters)
        table = report.table(values, sheet) if fmt == "csv" else None
        if fmt == "pdf" and report.prints is None:
            raise KeyError(fmt)
        asked = report.asked(clock.now(), values)

        def size() -> int:
            return 0 if report.stream is None else int(report.build(**values).size(MOST_ROWS, sheet))

        def write(target: Path) -> int:
            if fmt == "pdf":
                return report.write_paper(target, values, asked)
            return table.write(target) if table else report.write_workbook(target, values, asked, language)

        return Work(asked.words, report.sections, size, write)


_MAKERS: dict[str, Callable[[str], Source | None]] = {}


def makes(kind: str) -> Callable[[Callable[[str], Source | None]], Callable[[str], Source | None]]:
    """Declare what finds the sources of a kind by their name."""

    def declare(find: Callable[[str], Source | None]) -> Callable[[str], Source | None]:
        _MAKERS[kind] = find
        return find

    return declare


def source(name: str) -> Source | None:
    """Give a source by its name, none where there is none such any more."""
    kind, slash, rest = name.partition("/")
    if slash:
        return _MAKERS[kind](rest) if kind in _MAKERS else None
    return _OfReport(REPORTS[name]) if name in REPORTS else None
