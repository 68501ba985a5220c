"""The search box."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Enum, String, inspect, or_
from sqlalchemy.orm import Query, RelationshipDirection

from app.core.text import like, search_terms
from app.models.base import Searchable, quotes
from app.queries import rows, trigrams
from app.views.filters.base import Filter


class Search(Filter):
    """The search box: each word occurs in the row's folded search text.

    A row that has none, such as a figure, is found by its own short texts and by the rows that it belongs to.
    """

    name = _("contains")

    def terms(self, value: str) -> list[str]:
        """Give the terms that the rows' search texts must hold; none where the rows have no such texts."""
        return search_terms(value) if issubclass(self.model, Searchable) else []

    def apply(self, query: Any, value: str) -> Any:
        """Narrow a query, or a statement, by every term."""
        if issubclass(self.model, Searchable):
            return rows.holding(query, self.model, self.terms(value))
        for term in search_terms(value):
            query = query.where(or_(*self._places(like(term))))
        return query

    def hits(self, query: Query[Any], value: str) -> Query[Any]:
        """Go by the index of search texts, which not every database goes by itself."""
        return trigrams.narrowed(query, self.model, self.terms(value))

    def _places(self, pattern: str) -> Iterator[Any]:
        """Yield the conditions of which one must hold where the rows have no search texts."""
        for relation in inspect(self.model).relationships:
            target = relation.mapper.class_
            if relation.direction is RelationshipDirection.MANYTOONE and issubclass(target, Searchable):
                yield relation.class_attribute.has(target.search.like(pattern, escape="\\"))
        for column in inspect(self.model).columns:
            if (
                isinstance(column.type, String)
                and not isinstance(column.type, Enum)
                and not quotes(self.model, column.key)
            ):
                yield column.ilike(pattern, escape="\\")
