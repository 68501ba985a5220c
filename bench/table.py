"""One table of all ratios: the single measurements give rows to it, and it writes them as Markdown and JSON.

A part that is measured again replaces what is known of it, and the others stay: ratios are of one run, and each part
says when and on how many rows that was.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
JSON, MARKDOWN = HERE / "results.json", HERE / "results.md"
PACKAGES = (
    "SQLAlchemy", "Flask", "Flask-AppBuilder", "psycopg", "XlsxWriter", "isal", "gunicorn", "rustpy-xlsxwriter",
    "django-import-export", "Django", "locust",
)  # fmt: skip


@dataclass(frozen=True)
class Ratio:
    """What is measured, beside a peer or a limit, and how it should compare.

    ``goal`` is the most that ours / theirs may be; with ``at_least`` the least that it must be. ``turned`` gives
    theirs / ours, for goals that say how many times faster. Without a goal it's only told.
    """

    point: int  # of the goals: 6 workbooks, 7 CSV, 8 pages, 9 one office of many, 10 load, 11 data
    what: str
    database: str
    ours: float
    unit: str
    peer: str
    theirs: float
    goal: float | None = None
    at_least: bool = False
    turned: bool = False
    stretch: float | None = None

    @property
    def ratio(self) -> float:
        """Ours to theirs, or turned."""
        pair = (self.theirs, self.ours) if self.turned else (self.ours, self.theirs)
        return pair[0] / pair[1] if pair[1] else float(pair[0] > 0)

    def meets(self, goal: float | None) -> bool | None:
        """Whether the ratio, unrounded, is as good as a goal; None where there is none."""
        if goal is None:
            return None
        return self.ratio >= goal if self.at_least else self.ratio <= goal

    @property
    def verdict(self) -> str:
        """Say it in a word."""
        met = self.meets(self.goal)
        if met is None:
            return ""
        if not met:
            return "**missed**"
        return "met, stretch too" if self.meets(self.stretch) else "met"

    @property
    def aim(self) -> str:
        """Write the goal."""
        if self.goal is None:
            return "–"
        further = f" ({self.stretch:g})" if self.stretch is not None else ""
        return f"{'≥' if self.at_least else '≤'} {self.goal:g}{further}"

    def line(self) -> str:
        """Write a line of the table."""
        cells = (
            str(self.point), self.what, self.database, short(self.ours, self.unit), self.peer,
            short(self.theirs, self.unit), two(self.ratio), self.aim, self.verdict,
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


@dataclass
class Part:
    """What one measurement found: its ratios, all that it measured, and that as Markdown."""

    name: str
    rows: dict[str, int]
    ratios: list[Ratio] = field(default_factory=list)
    measured: dict[str, Any] = field(default_factory=dict)
    text: str = ""


def short(value: float, unit: str) -> str:
    """Write a measurement with three digits or so."""
    digits = 0 if value >= 100 or (unit in {"", "statements", "errors"}) else 1 if value >= 10 else 2  # noqa: PLR2004
    return f"{value:,.{digits}f} {unit}".strip()


def two(value: float) -> str:
    """Write a ratio so that small ones are told apart."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"  # noqa: PLR2004


def versions() -> dict[str, str]:
    """Name what is measured."""
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def keep(part: Part, *, full: bool, day: str, seconds: float) -> None:
    """Write what a measurement found into both files."""
    known: dict[str, Any] = json.loads(JSON.read_text("utf-8")) if JSON.exists() else {}
    parts: dict[str, Any] = known.get("parts", {})
    parts[part.name] = {
        "day": day, "mode": "full" if full else "quick", "seconds": round(seconds), "processors": os.cpu_count(),
        "rows": part.rows, "versions": versions(), "measured": part.measured, "text": part.text,
        "ratios": [
            {**asdict(one), "ratio": one.ratio, "met": one.meets(one.goal)} for one in part.ratios
        ],
    }  # fmt: skip
    JSON.write_text(json.dumps({"parts": parts}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    MARKDOWN.write_text("\n".join(markdown(parts)) + "\n", "utf-8")


def ratios(part: dict[str, Any]) -> list[Ratio]:
    """Read the ratios of a part back."""
    return [
        Ratio(**{key: value for key, value in one.items() if key not in {"ratio", "met"}})
        for one in part["ratios"]
    ]


def lines(found: Iterable[Ratio]) -> Iterator[str]:
    """Write ratios as a table."""
    yield "| | measured | on | ours | beside | theirs | ratio | goal | |"
    yield "|--:|---|---|--:|---|--:|--:|--:|---|"
    yield from (one.line() for one in found)


def markdown(parts: dict[str, Any]) -> Iterator[str]:
    """Write the table of all parts, then what each has measured."""
    known = [one for part in parts.values() for one in ratios(part)]
    yield "# What `make bench` has measured"
    yield ""
    yield from told(parts, known)
    yield ""
    yield from lines(sorted(known, key=lambda one: (one.point, one.database)))
    for name, part in parts.items():
        if part["text"]:
            yield from ("", f"## {name.capitalize()}", "", part["text"])


def told(parts: dict[str, Any], known: Sequence[Ratio]) -> Iterator[str]:
    """Say how it was measured, and how many goals are missed."""
    judged = [one for one in known if one.goal is not None]
    missed = sum(one.meets(one.goal) is False for one in judged)
    yield (
        f"{len(judged) - missed} of {len(judged)} goals are met, {missed} missed. What counts are ratios within one"
        " run: ours to theirs; theirs to ours where the goal is to be at least so many times faster. In brackets:"
        " what would be better still."
    )
    yield ""
    for name, part in parts.items():
        rows = ", ".join(f"{count:,} {what}" for what, count in part["rows"].items())
        yield (
            f"- {name}: {part['mode']} mode, {rows}; {part['day']}, {part['seconds']} s on"
            f" {part['processors']} processors"
        )
    yield ""
    of_all: dict[str, str] = {}
    for part in parts.values():
        of_all |= part["versions"]
    yield ", ".join(f"{name} {one}" for name, one in of_all.items())
