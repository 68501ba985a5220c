"""Which pages of a long list are one click away."""

from __future__ import annotations

from collections.abc import Iterator

from app.queries.rows import COUNT_CAP

AROUND = 2  # pages before and after the one that is shown


def numbers(page: int, size: int, count: int) -> list[int | None]:
    """Give the pages to offer, the first being 0, with None for those left out between; [] where one page is all.

    Where rows aren't counted to the end, nobody knows the last page.
    """
    last = max((count - 1) // size, 0)
    if last == 0:
        return []
    near = range(max(page - AROUND, 0), min(page + AROUND, last) + 1)
    known = sorted({0, *near} if count > COUNT_CAP else {0, *near, last})
    return list(_with_gaps(known))


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
