"""What every list of records needs: parts that come along, a stable order, a count that isn't slow."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, inspect
from sqlalchemy.orm import Query, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

COUNT_CAP = 10_000


def loading(model: type[Any], *paths: str) -> list[LoaderOption]:
    """Load relations ("positions.organisation") with a statement each: joins make deep pages slow."""
    return [_loading(model, *path.split(".")) for path in paths]


def _loading(model: type[Any], first: str, *more: str) -> LoaderOption:
    attribute = getattr(model, first)
    option = selectinload(attribute)
    for name in more:
        attribute = getattr(inspect(attribute).mapper.class_, name)
        option = option.selectinload(attribute)
    return option


def ordered(query: Query[Any], model: Any, column: str = "", direction: str = "") -> Query[Any]:
    """Order by a column, and by the key, so that the order is the same on every page."""
    down = direction == "desc"
    if column:
        attribute = getattr(model, column)
        query = query.order_by(attribute.desc() if down else attribute.asc())
    return query.order_by(model.id.desc() if down else model.id.asc())


def counting(query: Query[Any], model: Any) -> Query[Any]:
    """Count keys, up to one more than COUNT_CAP: nobody pages further, and a full count is slow."""
    keys = query.with_entities(model.id).order_by(None).limit(COUNT_CAP + 1).subquery()
    return query.session.query(func.count()).select_from(keys)
