"""The statements of pages of lists that are kept: to write one takes longer than to send it.

Who sends one has it narrowed, as any other. What differs from page to page is told then.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_appbuilder.models.filters import Filters
from sqlalchemy import Executable, Integer, bindparam

from app.core.db import db
from app.core.text import like
from app.queries import pages, rows, trigrams
from app.queries.pages import Cut, Neighbour, Order
from app.views.filters.search import Search

if TYPE_CHECKING:
    from app.views.tables import Table

KEPT = 200  # of each kind: one for each list, order and choice of columns
TERMS = 5  # of a search; more are rare


class _Known(NamedTuple):
    """What the statement of a page depends on: the list, and what `pages.told_by` says of who looks at it.

    ``before`` says on which side of the page a row is known, and is None where none is.
    """

    order: Order
    before: bool | None
    told_by: tuple[bool, bool, int]

    def cut(self) -> Cut:
        """Give the page as it's told: ``start`` and ``size``, the row beside it by ``key`` and ``version``."""
        start, size, key, version = (
            bindparam(name, type_=Integer) for name in ("start", "size", "key", "version")
        )
        return Cut(start, size, None if self.before is None else Neighbour(key, version, self.before))


def keys(filters: Filters | None, order: Order, cut: Cut) -> tuple[Executable, dict[str, Any]] | None:
    """Give how the keys of a page are found, of all rows or by a search, and what it's told; None for other filters."""
    before = None if cut.beside is None else cut.beside.before
    known = _Known(order, before, pages.told_by())
    told: dict[str, Any] = {"start": cut.start, "size": cut.size}
    if cut.beside is not None:
        told |= {"key": cut.beside.key, "version": cut.beside.version}
    if filters is None or not filters.values:
        return _of_all(known), told
    terms = _searched(filters)
    if not 0 < len(terms) <= TERMS:
        return None
    told |= {_term(place): like(term) for place, term in enumerate(terms)}
    pieces = trigrams.pieces(terms)
    if pieces:
        told["pieces"] = pieces
    return _of_search(known, len(terms), in_pieces=bool(pieces)), told


def shown(table: Table, order: Order, columns: Sequence[str]) -> Executable:
    """Give how rows are read in an order, by ``keys``, with what these columns show."""
    return _shown(table, order, tuple(columns), pages.on_sqlite())


def _searched(filters: Filters) -> list[str]:
    """Give the terms of the search box where nothing else narrows a list; none otherwise."""
    (one, value), *more = filters.get_filters_values()
    return one.terms(value) if isinstance(one, Search) and not more else []


def _term(place: int) -> str:
    return f"term_{place}"


@lru_cache(KEPT)
def _of_all(known: _Known) -> Executable:
    found = pages.keys(db.session.query(known.order.model), known.order, known.cut())
    return found.statement.execution_options(kept=True, prepared=True)


@lru_cache(KEPT)
def _of_search(known: _Known, terms: int, *, in_pieces: bool) -> Executable:
    """Select rows that hold so many terms. It isn't prepared: how many they are decides how it's best gone about."""
    model = known.order.model
    found = rows.fitting(db.session.query(model), model, [bindparam(_term(place)) for place in range(terms)])
    hits = trigrams.joined(found, model, bindparam("pieces")) if in_pieces else found
    return pages.keys(found, known.order, known.cut(), hits).statement.execution_options(kept=True)


@lru_cache(KEPT)
def _shown(table: Table, order: Order, columns: tuple[str, ...], _on_sqlite: bool) -> Executable:  # noqa: FBT001
    asked = pages.among(order).options(*table.along(columns))
    return asked.statement.execution_options(kept=True, prepared=True)
