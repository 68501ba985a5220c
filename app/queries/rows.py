"""What every list of records needs: parts that come along, a stable order, a count that isn't slow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Column, Select, func, inspect, select
from sqlalchemy.orm import Query, aliased, defer, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from app.core.text import LIKE_ESCAPE, like
from app.models.base import OfficeScoped

#: A statement or a query, of whatever rows.
Narrowed = TypeVar("Narrowed")

COUNT_CAP = 10_000


class About(int):
    """So many rows, by the database's statistics."""


class Sure(int):
    """So many rows, beyond what is counted: the last of them was seen."""


#: What a list shows of a row only where its column was chosen.
ASIDE = ("search", "created_at", "created_by", "changed_at", "changed_by")


def loading(model: type[Any], *paths: str) -> list[LoaderOption]:
    """Load relations ("positions.organisation"), a statement for each first step: joins make deep pages slow.

    What a step further leads to one row comes with it: there, a join is of the page's rows alone.
    """
    return [_loading(model, path) for path in paths]


def along(model: type[Any], *paths: str, shown: Collection[str] = ()) -> list[LoaderOption]:
    """Load relations of the rows of a page with them, in one statement: rows that are found by keys are few.

    Of two lists of parts each row of one comes with each of the other, so a list shows two of them where they're short.
    What stands aside is left where it is unless it's ``shown``: to read it takes as long as what a list is for.
    """
    own = [defer(getattr(model, name)) for name in _aside(model) if name not in shown]
    return [*own, *(_loading(model, path, along=True) for path in paths)]


def _loading(model: Any, path: str, *, along: bool = False) -> LoaderOption:
    option: Any = None
    for name in path.split("."):
        attribute = getattr(model, name)
        if option is None:
            option = joinedload(attribute) if along else selectinload(attribute)
        elif attribute.property.uselist:
            option = option.selectinload(attribute)
        else:
            option = option.joinedload(attribute)
        model = inspect(attribute).mapper.class_
        for left in (*_counted_for(model), *(_aside(model) if along else ())):
            option = option.defer(getattr(model, left))
    loading: LoaderOption = option
    return loading


def _counted_for(model: type[Any]) -> list[str]:
    """Name what has to be counted for each row; it's counted when somebody asks for it."""
    return [one.key for one in inspect(model).column_attrs if not isinstance(one.columns[0], Column)]


def _aside(model: type[Any]) -> list[str]:
    known = inspect(model).column_attrs
    return [name for name in ASIDE if name in known]


def holding(statement: Narrowed, model: Any, terms: Iterable[str]) -> Narrowed:
    """Narrow a statement, or a query, to the rows whose search text holds each of some terms."""
    return fitting(statement, model, map(like, terms))


def fitting(statement: Narrowed, model: Any, patterns: Iterable[str | BindParameter[str]]) -> Narrowed:
    """Do so by the patterns that `like` makes of terms; they may also be told when it's sent."""
    found: Any = statement
    for pattern in patterns:
        found = found.where(model.search.like(pattern, escape=LIKE_ESCAPE))
    narrowed: Narrowed = found
    return narrowed


def ordered(query: Query[Any], model: Any, column: str = "", direction: str = "") -> Query[Any]:
    """Order by a column, and by the key, so that the order is the same on every page.

    A relation to one row is ordered by what sorts that kind of row, and the rows of each stay together.
    """
    query, by = keys(query, model, column)
    return query.order_by(*directed(by, direction))


def keys(query: Query[Any], model: Any, column: str) -> tuple[Query[Any], list[Any]]:
    """Give by what rows are ordered, and the query in which that can be found."""
    if column not in inspect(model).relationships:
        return query, [getattr(model, column), model.id] if column else [model.id]
    relation = getattr(model, column)
    target = aliased(relation.property.mapper.class_)
    # Who sees a row that is never shared sees its office. Then the offices can be gone through in their order.
    sure = column == "office" and issubclass(model, OfficeScoped)
    query = query.join(relation.of_type(target), isouter=not sure)
    return query, [getattr(target, target.sorts_by), target.id, model.id]


def directed(keys: Iterable[Any], direction: str) -> Iterator[Any]:
    """Say for each key in which direction the rows are ordered by it."""
    return (key.desc() if direction == "desc" else key.asc() for key in keys)


def counting(query: Query[Any], model: Any, cap: int | None = None) -> Query[Any]:
    """Count keys, up to one more than ``cap``, or COUNT_CAP: nobody pages further, and a full count is slow."""
    most = COUNT_CAP if cap is None else cap
    keys = query.with_entities(model.id).order_by(None).limit(most + 1).subquery()
    return query.session.query(func.count()).select_from(keys)


def counted(statement: Select[Any], cap: int = COUNT_CAP) -> Select[int]:
    """Count what a statement gives, up to one more than ``cap``."""
    some = statement.order_by(None).limit(cap + 1).subquery()
    return select(func.count()).select_from(some)
