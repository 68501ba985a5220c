"""Which pages of a long list are one click away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.models.base import Entity
from app.queries import rows
from app.views.arguments import AFTER, BEFORE

AROUND = 2  # pages before and after the one that is shown


def numbers(page: int, size: int, count: int) -> list[int | None]:
    """Give the pages to offer, the first being 0, with None for those left out between; [] where one page is all.

    Where rows aren't counted to the end, nobody knows the last page.
    """
    last = max((count - 1) // size, 0)
    if last == 0:
        return []
    last = max(last, page) if count > rows.COUNT_CAP else last
    near = range(max(page - AROUND, 0), min(page + AROUND, last) + 1)
    known = sorted({0, *near} if count > rows.COUNT_CAP else {0, *near, last})
    return list(_with_gaps(known))


def steps(name: str, page: int, size: int, count: int, shown: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """Give what the addresses of the pages before this one and behind it say of a list, as far as there are any.

    To where rows aren't counted any more, many would be passed over. From there on an address also names the row
    beside its page, from which the page is found.
    """
    far = page * size >= rows.COUNT_CAP and shown and isinstance(shown[0], Entity)
    found: dict[str, dict[str, Any]] = {}
    if page > 0:
        found["back"] = {f"page_{name}": page - 1} | ({f"{BEFORE}_{name}": _as_seen(shown[0])} if far else {})
    if (page + 1) * size < count:
        found["on"] = {f"page_{name}": page + 1} | ({f"{AFTER}_{name}": _as_seen(shown[-1])} if far else {})
    return found


def _as_seen(row: Entity) -> str:
    return f"{row.id}.{row.version}"


def _with_gaps(pages: list[int]) -> Iterator[int | None]:
    before = -1
    for page in pages:
        gap = page - before - 1
        if gap == 1:
            yield page - 1  # a sign for one page is no shorter than the page
        elif gap:
            yield None
        yield page
        before = page
