"""How the generated views read rows: capped counts, a stable order, no statement for each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy.orm import Query
from sqlalchemy.orm.interfaces import LoaderOption

from app.access import Scope, current
from app.core.db import SetOf, db, find
from app.labels import actor
from app.models.base import Shareable
from app.queries import pages, rows
from app.queries.pages import Cut, Neighbour, Order
from app.views import statements
from app.views.filters import FilterConverter
from app.views.filters.presence import Mine

# FAB's signatures carry arguments of its REST API, which isn't used.
_Interface: Any = SQLAInterface

#: Columns that name who acted.
NAMING = frozenset({"actor", "created_by", "changed_by"})


class Table(_Interface):  # type: ignore[misc]
    """A model as the views see it. ``loads`` are the relations that a list shows, as dotted paths."""

    #: The same for the page of one record: its parts, and what each of them leads to.
    parts: Sequence[str] = ()

    filter_converter_class = FilterConverter

    def __init__(self, model: type[Any], *loads: str) -> None:
        """Take the model and what to load with it: "organisation", "positions.organisation"."""
        super().__init__(model)
        self.loads = loads

    def options(self, columns: Sequence[str] = ()) -> list[LoaderOption]:
        """Load what a list shows with the rows; columns that were chosen for it, too, with what names them."""
        return rows.loading(self.obj, *self._shown(columns))

    def along(self, columns: Sequence[str]) -> list[LoaderOption]:
        """Load the same with the few rows of a page, in one statement."""
        return rows.along(self.obj, *self._shown(columns), shown=columns)

    def _shown(self, columns: Sequence[str]) -> list[str]:
        more = (path for column in columns for path in self._paths(column))
        return list(dict.fromkeys((*self.loads, *more)))

    def _paths(self, column: str) -> Iterator[str]:
        if not self.is_relation(column) or any(load.split(".")[0] == column for load in self.loads):
            return
        yield column
        yield from (f"{column}.{path}" for path in self.get_related_model(column).named_by)

    def statement(
        self, filters: Filters | None, order_column: str = "", order_direction: str = ""
    ) -> Query[Any]:
        """Give the filtered rows in an order that is the same on every page."""
        return rows.ordered(self._narrowed(filters), self.obj, order_column, order_direction)

    def writable(self, query: Query[Any]) -> Query[Any]:
        """Leave out what another office shares: it's read with everybody, and changed by its office alone."""
        return Mine("office", self).apply(query, None) if issubclass(self.obj, Shareable) else query

    def count(self, query: Query[Any], cap: int | None = None) -> int:
        """Count, up to one more than the cap, or COUNT_CAP."""
        return int(rows.counting(query, self.obj, cap).scalar() or 0)

    def query(
        self,
        filters: Filters | None = None,
        order_column: str = "",
        order_direction: str = "",
        page: int | None = None,
        page_size: int | None = None,
        columns: Sequence[str] = (),
        beside: Neighbour | None = None,
        **_more: Any,
    ) -> tuple[int, list[Any]]:
        """Give the count of all rows and the rows of a page, with what these columns show.

        The page is found from the row ``beside`` it, or by its number where that row isn't what it was.
        """
        if page_size is None:
            query = self._narrowed(filters)
            ordered = rows.ordered(query, self.obj, order_column, order_direction)
            return self.count(query), ordered.options(*self.options(columns)).all()
        order, start = Order(self.obj, order_column, order_direction), (page or 0) * page_size
        before = beside is not None and beside.before
        # Where nobody counts any more, the row behind a page tells that there is another one.
        looks = start + page_size > rows.COUNT_CAP and not before
        size = page_size + looks

        found = self._keys(filters, order, Cut(start, size, beside))
        if beside is not None and len(found) < (page_size if before else 1):
            found = self._keys(filters, order, Cut(start, size))
        if not found:
            # A page behind the last one has no row that could tell.
            return self.count(self._hits(self._narrowed(filters), filters)) if start else 0, []
        end = start + min(len(found), page_size)
        count = pages.as_known(found[0][1], end, more=not looks or len(found) == size)
        return count, self.read([key for key, _count in found], order, columns)[:page_size]

    def read(self, keys: Sequence[int], order: Order, columns: Sequence[str] = ()) -> list[Any]:
        """Read the rows of some keys in an order, with what these columns show; what can't be seen is missing."""
        shown = statements.shown(self, order, columns)
        return list(db.session.execute(shown, {"keys": keys}).unique().scalars())

    def _keys(self, filters: Filters | None, order: Order, cut: Cut) -> Sequence[Any]:
        """Find the keys of a page's rows, each with the count of all."""
        kept = statements.keys(filters, order, cut)
        if kept is not None:
            return db.session.execute(*kept).all()
        query = self._narrowed(filters)
        return pages.keys(query, order, cut, self._hits(query, filters)).all()

    def _narrowed(self, filters: Filters | None) -> Query[Any]:
        query: Query[Any] = self.apply_filters(self.session.query(self.obj), filters)
        return query

    def _hits(self, query: Query[Any], filters: Filters | None) -> Query[Any]:
        """Find the rows by the shortest way that the filters know."""
        one: Any
        for one, value in filters.get_filters_values() if filters is not None else ():
            query = one.hits(query, value)
        return query

    def get(self, id: Any, _filters: Any = None, **_more: Any) -> Any:
        """Give a row by its key as far as the scope shows it; None for a key that can't be one."""
        return find(self.obj, str(id), *rows.loading(self.obj, *self.parts))

    def is_set(self, col_name: str) -> bool:
        """Whether the column holds several members of a closed set."""
        column = self.list_columns.get(col_name)
        return column is not None and isinstance(column.type, SetOf)

    @staticmethod
    def _get_attr_value(item: Any, col: str) -> Any:
        """Keep values as they are, enums too: how they look is decided where they are shown."""
        hidden = Scope.may_hide(item, col) and current().hides(item, col)
        value = None if hidden else getattr(item, col)
        if col in NAMING and isinstance(value, str):
            return actor(value)
        return value() if callable(value) else value

    def get_values(self, lst: Sequence[Any], list_columns: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Give the values of a list's columns, row by row."""
        for item in lst:
            yield {column: self._get_attr_value(item, column) for column in list_columns}
