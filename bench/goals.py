"""Which ratios of what is measured count, and how good they must be: the goals of issue 6."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pages import LETTERS, LISTS, WHO, allowed, title
from table import Ratio

LIMIT = "limit"
FIRST_BYTE, MEMORY = 100, 100  # ms, MB

#: Told without a goal, beside the tuned admin, and beside what one gets as it is.
TOLD = ("far", "search, many", "search, many, sorted", "filter", "add", "edit")
TOLD_OF_PLAIN = ("list", "sort by last_name", "add")

Found = Mapping[str, Mapping[str, float]]
Page = Mapping[str, Mapping[str, float]]
Pages = Mapping[str, Page]


def of_workbooks(database: str, found: Found) -> Iterator[Ratio]:
    """Compare workbooks with plain XlsxWriter, with a writer in Rust, and with reading alone."""
    ours = found["ours_xlsx"]["seconds"]

    def beside(key: str, peer: str, **goal: Any) -> Iterator[Ratio]:
        if key in found:
            yield Ratio(6, "workbook", database, ours, "s", peer, found[key]["seconds"], **goal)

    stretch = 10 if database == "postgresql" else None
    yield from beside(
        "xlsxwriter_rows", "plain XlsxWriter", goal=6, stretch=stretch, at_least=True, turned=True
    )
    yield from beside("rustpy", "rustpy-xlsxwriter", goal=1)
    yield from beside("fetch", "fetch alone", goal=3, stretch=2)
    yield from beside("django_import_export", "django-import-export", at_least=True, turned=True)
    yield from _limits(6, "workbook", database, found["ours_xlsx"])


def of_csv(database: str, found: Found) -> Iterator[Ratio]:
    """Compare CSV with what the database's own program gives, and with the module csv."""
    ours = found["ours_csv"]["seconds"]
    for key, peer, goal in (
        ("bare_copy", "bare COPY", 1.3), ("sqlite_shell", "sqlite3 shell", 3), ("csv_writer", "csv.writer", None),
    ):  # fmt: skip
        if key in found:
            yield Ratio(7, "CSV", database, ours, "s", peer, found[key]["seconds"], goal)
    yield from _limits(7, "CSV", database, found["ours_csv"])


def of_growth(database: str, small: Found, large: Found, many: str) -> Iterator[Ratio]:
    """Compare the memory of ten times as many rows."""
    for key, point, what in (("ours_xlsx", 6, "workbook"), ("ours_csv", 7, "CSV")):
        yield Ratio(
            point, f"memory of {many} rows, {what}", database, large[key]["memory"], "MB", "a tenth of the rows",
            small[key]["memory"], 1.1,
        )  # fmt: skip


def _limits(point: int, what: str, database: str, one: Mapping[str, float]) -> Iterator[Ratio]:
    first = one["first"] * 1000
    yield Ratio(point, f"first byte, {what}", database, first, "ms", LIMIT, FIRST_BYTE, 1)
    yield Ratio(point, f"memory, {what}", database, one["memory"], "MB", LIMIT, MEMORY, 1)


def of_pages(database: str, found: Pages, contacts: int) -> Iterator[Ratio]:
    """Compare pages with the tuned admin and the bare SQL, and one office with all."""
    mine, tuned, sql = found["agency"], found.get("tuned", {}), found.get("sql", {})
    plain = [
        name for name in mine if name in ("list", "search, few", "search, none") or name.startswith("sort")
    ]
    peer = WHO["tuned"]
    yield from _worst("list, sorts, rare searches", database, mine, tuned, plain, peer, 0.7)
    limits = {name: {"ms": allowed(one)} for name, one in sql.items()}
    yield from _worst("list, sorts, rare searches", database, mine, limits, plain, "2 SQL by hand + 12 ms", 1)
    name = max((name for name in LISTS if name in mine), key=lambda one: mine[one]["statements"])
    yield Ratio(8, f"most statements: {name}", database, mine[name]["statements"], "", LIMIT, 5, 1)
    far, after = title("far", contacts), title("far, next", contacts)
    yield Ratio(8, far, database, mine["far"]["ms"], "ms", LIMIT, 60, 1)
    for name, what in (("next", "next"), ("far, next", after)):
        yield Ratio(8, what, database, mine[name]["ms"], "ms", "list", mine["list"]["ms"], 1.2)
    words = [f"search, {word}" for word in LETTERS]
    name = max(words, key=lambda one: mine[one]["sql"])
    yield Ratio(8, f"SQL of three letters: {name}", database, mine[name]["sql"], "ms", LIMIT, 25, 1)
    name = max(words, key=lambda one: mine[one]["ms"])
    yield Ratio(8, f"three letters, sorted by name: {name}", database, mine[name]["ms"], "ms", LIMIT, 200, 1)
    for who in ("tuned", "django", "fab"):
        for name in TOLD if who == "tuned" else TOLD_OF_PLAIN:
            if name in found.get(who, {}):
                theirs = found[who][name]["ms"]
                yield Ratio(8, title(name, contacts), database, mine[name]["ms"], "ms", WHO[who], theirs)
    reader = found.get("reader", {})
    # Of few rows there is no page far behind.
    both = [name for name in LISTS if name in mine and "far" not in name and name != "next"]
    yield from _worst("lists of a small office", database, reader, mine, both, "all offices", 1, point=9)


def of_size(database: str, found: Mapping[int, float]) -> Iterator[Ratio]:
    """Compare the list of few with the list of many."""
    few, many = min(found), max(found)
    yield Ratio(8, f"list of {many:,}", database, found[many], "ms", f"of {few:,}", found[few], 1.3)


def _worst(  # noqa: PLR0913 - what is compared, and where
    what: str,
    database: str,
    mine: Page,
    theirs: Page,
    names: list[str],
    peer: str,
    goal: float,
    *,
    point: int = 8,
) -> Iterator[Ratio]:
    """Compare pages that both have: tell how many reach the goal, and the one that is furthest from it."""
    both = [
        Ratio(point, name, database, mine[name]["ms"], "ms", peer, theirs[name]["ms"], goal)
        for name in names
        if name in mine and name in theirs
    ]
    if both:
        worst = max(both, key=lambda one: one.ratio)
        good = sum(bool(one.meets(goal)) for one in both)
        yield replace(worst, what=f"{what}: {good} of {len(both)}, the worst: {worst.what}")


def of_load(database: str, found: Mapping[str, Any], seconds: int) -> Iterator[Ratio]:
    """Compare requests per second, and look at what people wait for."""
    for key, how in (("plain", "list page 1"), ("packed", "list page 1, compressed where it can be")):
        ours, theirs = found["ours"][key], found["tuned"][key]
        yield Ratio(10, how, database, ours, "/s", WHO["tuned"], theirs, 1.8, at_least=True)
    people = found["people"]
    who = f"{people['people']} people, {seconds} s"
    yield Ratio(10, f"{who}: p95", database, people["p95"], "ms", LIMIT, 400, 1)
    yield Ratio(
        10, f"{who}: errors of {people['requests']} clicks", database, people["errors"], "", LIMIT, 0, 0
    )
    before, after = people["memory"][0], people["memory"][-1]
    yield Ratio(10, f"{who}: memory at the end", database, after, "MB", "at the start", before, 1.1)
