"""What every list of records needs: parts that come along, a stable order, a count that isn't slow."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Query, aliased, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

COUNT_CAP = 10_000


def loading(model: type[Any], *paths: str) -> list[LoaderOption]:
    """Load relations ("positions.organisation"), a statement for each first step: joins make deep pages slow.

    What a step further leads to one row comes with it: there, a join is of the page's rows alone.
    """
    options = []
    for path in paths:
        owner: Any = model
        option: Any = None
        for name in path.split("."):
            attribute = getattr(owner, name)
            if option is None:
                option = selectinload(attribute)
            elif attribute.property.uselist:
                option = option.selectinload(attribute)
            else:
                option = option.joinedload(attribute)
            owner = inspect(attribute).mapper.class_
        options.append(option)
    return options


def ordered(query: Query[Any], model: Any, column: str = "", direction: str = "") -> Query[Any]:
    """Order by a column, and by the key, so that the order is the same on every page.

    A relation to one row is ordered by what sorts that kind of row, and the rows of each stay together.
    """
    keys = [model.id]
    if column in inspect(model).relationships:
        relation = getattr(model, column)
        target = aliased(relation.property.mapper.class_)
        query = query.outerjoin(relation.of_type(target))
        keys = [getattr(target, target.sorts_by), target.id, model.id]
    elif column:
        keys = [getattr(model, column), model.id]
    return query.order_by(*(key.desc() if direction == "desc" else key.asc() for key in keys))


def counting(query: Query[Any], model: Any) -> Query[Any]:
    """Count keys, up to one more than COUNT_CAP: nobody pages further, and a full count is slow."""
    keys = query.with_entities(model.id).order_by(None).limit(COUNT_CAP + 1).subquery()
    return query.session.query(func.count()).select_from(keys)


def counted(statement: Select[Any], cap: int = COUNT_CAP) -> Select[int]:
    """Count what a statement gives, up to one more than ``cap``."""
    some = statement.order_by(None).limit(cap + 1).subquery()
    return select(func.count()).select_from(some)
