"""How the API reads rows: filters of its own, capped counts, a stable order, no statement for each row."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy.orm import Query

from app.api.base.filters import FilterConverter
from app.core.db import find
from app.queries import rows


class Source(SQLAInterface):
    """A model as the API sees it. ``loads`` are the relations that its lists show, as dotted paths."""

    filter_converter_class: Any = FilterConverter

    def __init__(self, model: type[Any], *loads: str) -> None:
        """Take the model and what to load with it: "event", "parties.organisation"."""
        super().__init__(model)
        self.loads = loads

    def all(self) -> Query[Any]:
        """Give all rows that there are for the API."""
        return self.session.query(self.obj)

    def query(  # type: ignore[override]  # FAB's further arguments choose columns, which the schemas do
        self,
        filters: Filters | None = None,
        order_column: str = "",
        order_direction: str = "",
        page: int | None = None,
        page_size: int | None = None,
        **_more: Any,
    ) -> tuple[int, list[Any]]:
        """Give the count of all rows, up to one more than the cap, and the rows of a page."""
        query = self.apply_filters(self.all(), filters)
        count = int(rows.counting(query, self.obj).scalar() or 0)
        query = rows.ordered(query, self.obj, order_column, order_direction)
        query = query.options(*rows.loading(self.obj, *self.loads))
        return count, self.apply_pagination(query, page, page_size).all()

    def get(self, id: Any, *_more: Any, **_options: Any) -> Any:  # type: ignore[override]  # neither filters nor columns
        """Give a row by its key as far as the scope shows it; None for a key that can't be one."""
        return find(self.obj, str(id))
