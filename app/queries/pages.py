"""A page of a list: the keys of its rows are found, and all rows counted up to a cap, in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    TableClause,
    and_,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    inspect,
    select,
    table,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Query

from app.access import current
from app.core.db import db
from app.models.base import OfficeScoped, Shareable
from app.queries import rows

#: PostgreSQL's statistics lag behind, by a fifth or so. They're believed where they tell of so many times the cap.
SURELY = 2


#: One that is known, or is told when the statement is sent.
Number = int | BindParameter[int]


@dataclass(frozen=True)
class Neighbour:
    """The row beside a page, as it was seen: the page begins behind it, or ends ``before`` it."""

    key: Number
    version: Number
    before: bool = False


@dataclass(frozen=True)
class Cut:
    """Which rows a page has: the number of the first, from 0, how many, and what lies beside them, if that's known."""

    start: Number
    size: Number
    beside: Neighbour | None = None


@dataclass(frozen=True)
class Order:
    """The order of a list: by a column, or by the key, forwards or backwards."""

    model: Any
    column: str = ""
    direction: str = ""

    @property
    def tells(self) -> bool:
        """Whether a row tells by its own columns where it stands."""
        return self.column not in inspect(self.model).relationships

    def turned(self) -> Order:
        """Give it the other way round."""
        return Order(self.model, self.column, "asc" if self.direction == "desc" else "desc")


def keys(query: Query[Any], order: Order, cut: Cut, hits: Query[Any] | None = None) -> Query[Any]:
    """Give the keys of a page's rows, in whatever order, each with the count of all rows.

    All rows are gone through in their order until the page is full: what is passed over costs little. That would be
    long where few of them fit. So of a list that is narrowed up to one more than COUNT_CAP are found first, by
    ``hits``, which may know a shorter way to the same rows. If these are all, they are sorted; else enough will fit.
    """
    session = query.session
    if hits is None:
        count = _all(query, order.model)
        sought = _walked(query, order, cut)
    else:
        found, by = rows.keys(hits, order.model, order.column)
        some = _labelled(found, by).limit(rows.COUNT_CAP + 1).cte("hits").prefix_with("MATERIALIZED")
        counted = select(func.count().label("count")).select_from(some).cte("counted")
        count = select(counted.c.count).scalar_subquery()
        few = session.query(list(some.c)[-1].label("id")).order_by(*rows.directed(some.c, order.direction))
        few = _limited(few, cut, count <= rows.COUNT_CAP)
        sought = _together(few, _walked(query, order, cut, count > rows.COUNT_CAP))
    page: Query[Any] = session.query(sought.subquery("page").c.id, count)
    return page


def among(order: Order) -> Query[Any]:
    """Give rows in an order, those of some ``keys`` that are told when it's sent: a list of numbers."""
    key = order.model.id
    if on_sqlite():
        told = key.in_(bindparam("keys", expanding=True))
    else:
        # By a list of values, a statement would be prepared for each number of them.
        told = key == any_(bindparam("keys", type_=ARRAY(Integer)))
    return rows.ordered(
        db.session.query(order.model).filter(told), order.model, order.column, order.direction
    )


def as_known(count: int, end: int, *, more: bool) -> int:
    """Say what is known of the count of all rows, once those up to ``end`` were seen, and whether there are ``more``.

    One that goes on beyond COUNT_CAP is a number that's larger by one than what is certain, or else About or Sure.
    """
    if count <= rows.COUNT_CAP:
        return count
    if not more:
        return rows.Sure(end)
    # Nothing but statistics tells of more than one beyond the cap.
    known = max(count, end + 1)
    return rows.About(known) if count > rows.COUNT_CAP + 1 else known


def told_by() -> tuple[bool, bool, int]:
    """Say on what it depends how a page of all rows is asked for: whether all offices are seen, SQLite, and the cap."""
    return current().works_everywhere, on_sqlite(), rows.COUNT_CAP


def _all(query: Query[Any], model: Any) -> Any:
    """Count the rows of a list that isn't narrowed. Statistics may tell who sees them all that they're very many."""
    count = rows.counting(query, model).scalar_subquery()
    sees_all = current().works_everywhere
    if on_sqlite() or not (sees_all and issubclass(model, (OfficeScoped, Shareable))):
        return count
    known: TableClause = table("pg_class", column("oid"), column("reltuples"))
    name = func.to_regclass(model.__tablename__)
    told = select(known.c.reltuples).where(known.c.oid == name).scalar_subquery()
    return case((told > SURELY * rows.COUNT_CAP, cast(told, BigInteger)), else_=count)


def _walked(query: Query[Any], order: Order, cut: Cut, *given: ColumnElement[bool]) -> Any:
    """Go through the rows in their order to those of the page: from the row beside it, or else by number."""
    if cut.beside is not None and order.tells:
        return _from(query, order, cut.beside, cut.size, *given)
    found, keys = rows.keys(query, order.model, order.column)
    found = found.with_entities(order.model.id.label("id")).order_by(*rows.directed(keys, order.direction))
    return _limited(found, cut, *given)


def _from(
    query: Query[Any], order: Order, beside: Neighbour, size: Number, *given: ColumnElement[bool]
) -> Any:
    """Find the next rows from one, in pieces, of which each is found by the order's index.

    None at all where that row has gone, or has changed: it might stand elsewhere now.
    """
    order = order.turned() if beside.before else order
    query, keys = rows.keys(query, order.model, order.column)
    row = query.session.query(order.model).filter(
        order.model.id == beside.key, order.model.version == beside.version
    )
    values = [select(one).scalar_subquery() for one in _labelled(row, keys).cte("beside").c]
    pieces = [
        _limited(
            _labelled(query.filter(behind), keys).order_by(*rows.directed(keys, order.direction)),
            Cut(0, size),
            *given,
            *only,
        )
        for behind, *only in _behind(keys, values, order)
    ]
    found = _together(*pieces).subquery()
    last = list(found.c)[-1].label("id")
    return select(last).order_by(*rows.directed(found.c, order.direction)).limit(size)


def _behind(
    keys: Sequence[Any], values: Sequence[Any], order: Order
) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Yield what rows behind one meet, in pieces that exclude each other, each with what that row must meet itself.

    Rows without a value stand together: PostgreSQL takes nothing as the most, SQLite as the least.
    """
    down = order.direction == "desc"
    later = keys[-1] < values[-1] if down else keys[-1] > values[-1]
    if len(keys) == 1:
        yield (later,)
        return
    yield (tuple_(*keys) < tuple_(*values) if down else tuple_(*keys) > tuple_(*values),)
    key, value = keys[0], values[0]
    if not key.property.columns[0].nullable:
        return
    nothing = value.is_(None), values[-1].is_not(None)
    yield and_(key.is_(None), later), *nothing
    if on_sqlite() == down:
        yield key.is_(None), value.is_not(None)
    else:
        yield key.is_not(None), *nothing


def _labelled(query: Query[Any], keys: Sequence[Any]) -> Query[Any]:
    named: Query[Any] = query.with_entities(*(key.label(f"key_{place}") for place, key in enumerate(keys)))
    return named


def _limited(query: Query[Any], cut: Cut, *given: ColumnElement[bool]) -> Query[Any]:
    """Give the rows of a page; none, without a look for them, where it isn't so that is ``given``."""
    size: Any = cut.size
    if given and on_sqlite():
        # It would look at the condition with each row.
        size = case((and_(*given), size), else_=0)
    elif given:
        # With a limit that isn't known PostgreSQL would plan for many rows.
        query = query.filter(*given)
    return query.offset(cut.start).limit(size)


def _together(*queries: Any) -> CompoundSelect[Any]:
    """Give the rows of each."""
    return union_all(*(select(one.subquery()) for one in queries))


def on_sqlite() -> bool:
    """Whether the database is SQLite, which some things are asked of otherwise."""
    return bool(db.engine.dialect.name == "sqlite")
