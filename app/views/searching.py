"""What a list is asked for: filters, order and page of one request."""

from __future__ import annotations

import copy
from typing import Any

from flask import g, has_request_context
from flask_appbuilder.models.filters import Filters
from sqlalchemy.orm import Query
from werkzeug.datastructures import MultiDict

from app.views import arguments

MAX_PAGE = 200


class SearchMixin:
    """Filters of a request. Comes before FAB's own classes: a view is one object for all threads."""

    @property
    def _filters(self) -> Filters:
        """The filters of this request alone; outside a request the prototype, which has none set."""
        if not has_request_context():
            return self._prototype
        kept: dict[int, Filters] = g.setdefault("view_filters", {})
        if id(self) not in kept:
            kept[id(self)] = own = copy.copy(self._prototype)
            own.clear_filters()
        return kept[id(self)]

    @_filters.setter
    def _filters(self, prototype: Filters) -> None:
        self._prototype = prototype

    def read_arguments(self: Any, sent: MultiDict[str, str] | None = None) -> tuple[str, str, int, int]:
        """Fill the filters from the URL, or from what was ``sent`` of one; give order, direction, page, page size.

        Answers 400 where the URL asks for what the view doesn't have.
        """
        asked = arguments.read(self, sent)
        self._filters.clear_filters()
        # FAB's own way to add one knows the columns of the table alone.
        offered = self._filters.get_search_filters()
        for column, index, values in asked.filters:
            self._filters._add_filter(offered[column][index], values)  # noqa: SLF001 - FAB's name for it
        if asked.search:
            self._filters._add_filter(self.search_filter("search", self.datamodel), asked.search)  # noqa: SLF001
        order = (asked.order_column, asked.order_direction)
        if not asked.order_column and self.base_order:
            order = self.base_order
        return (*order, asked.page, min(asked.page_size or self.look().size, MAX_PAGE))

    def matches(self: Any, sent: MultiDict[str, str] | None = None) -> Query[Any]:
        """Give all rows that the URL asks for, or what was ``sent`` of one, in its order.

        Answers 400 as ``read_arguments`` does. Raises BadFilterError for a value that a filter can't read.
        """
        column, direction, _page, _size = self.read_arguments(sent)
        found: Query[Any] = self.datamodel.statement(self._filters, column, direction)
        return found
