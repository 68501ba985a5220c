"""Filters that compare a column with what a person enters, parsed in the person's own way of writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import String, or_, type_coerce
from sqlalchemy.orm import Query

from app.access import current
from app.core.db import BIGGEST_KEY, Exact
from app.core.text import like
from app.core.values import display, parse_decimal
from app.models.users import Staff
from app.views.cells import may_choose
from app.views.fields import find
from app.views.filters.base import TOGETHER, Anyone, BadFilterError, ColumnFilter, Filter
from app.views.filters.days import DayFilter

ME = "me"
#: Stands between the collection and the relation of its parts.
BETWEEN = "__"


class Contains(ColumnFilter):
    """The text occurs somewhere."""

    name, arg_name = _("contains"), "ct"

    def condition(self, column: Any, value: str) -> Any:
        """ILIKE, which PostgreSQL's trigram index serves."""
        return column.ilike(like(value), escape="\\")


class NotContains(Contains):
    """The text occurs nowhere; a row without text counts too."""

    name, arg_name = _("doesn't contain"), "nct"

    def condition(self, column: Any, value: str) -> Any:
        """Negate, NULL included."""
        return or_(column.is_(None), ~super().condition(column, value))


class StartsWith(ColumnFilter):
    """The text stands at the beginning."""

    name, arg_name = _("begins with"), "sw"

    def condition(self, column: Any, value: str) -> Any:
        """ILIKE without the leading wildcard."""
        return column.ilike(like(value)[1:], escape="\\")


class Is(ColumnFilter):
    """The text is exactly this."""

    name, arg_name = _("is"), "eq"

    def condition(self, column: Any, value: Any) -> Any:
        """Compare; an empty text asks for rows that have none."""
        return or_(column.is_(None), column == "") if value == "" else column == value


class NumberFilter(ColumnFilter):
    """A comparison with a number of the person's locale."""

    asks = "number"

    def read(self, text: str) -> Any:
        """Parse by the locale; no column holds more digits than the forms take."""
        kind = self.datamodel.list_columns[self.column_name].type
        digits, places = (kind.digits, kind.places) if isinstance(kind, Exact) else (0, 0)
        try:
            number = parse_decimal(text)
        except ValueError:
            raise BadFilterError(gettext("“%(text)s” is no number.", text=text)) from None
        most = Decimal(10) ** (digits - places) if digits else Decimal(BIGGEST_KEY + 1)
        if abs(number) >= most or -int(number.as_tuple().exponent) > places:
            raise BadFilterError(gettext("No such number can stand here: “%(text)s”.", text=text))
        return number if places else int(number)


def _comparison(base: type[ColumnFilter], title: Any, code: str, compare: Any) -> type[ColumnFilter]:
    """Make a filter class: FAB wants a class for each comparison of each type."""
    return type(
        f"{base.__name__}_{code}",
        (base,),
        {"name": title, "arg_name": code, "condition": lambda _self, column, value: compare(column, value)},
    )


def _equal(column: Any, value: Any) -> Any:
    return column == value


def _least(column: Any, value: Any) -> Any:
    return column >= value


def _most(column: Any, value: Any) -> Any:
    return column <= value


class Member(Anyone):
    """The row has this member of a closed set, or one of several."""

    name, asks = _("is"), "choices"

    def read(self, text: str) -> Any:
        """Find the member by its stored value."""
        members = self.members()
        if text not in {member.value for member in members}:
            raise BadFilterError(gettext("“%(text)s” is none of the choices.", text=text))
        return members(text)

    def members(self) -> Any:
        """Give the enum of the column."""
        kind = self.datamodel.list_columns[self.column_name].type
        return getattr(kind, "enum_class", None) or kind.members

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield the members."""
        yield from ((member.value, display(member)) for member in self.members())

    def spoken(self, value: str) -> str:
        """Give the member's title."""
        return dict(self.choices()).get(value.strip(), value)

    def condition(self, column: Any, value: Sequence[Any]) -> Any:
        """Compare."""
        return column.in_(value)


class NotMember(Member):
    """The row has another member, or none."""

    name = _("is not")

    def condition(self, column: Any, value: Sequence[Any]) -> Any:
        """Negate, NULL included."""
        return or_(column.is_(None), column.not_in(value))


class HasMember(Member):
    """The row's set holds this member, or one of several."""

    name = _("includes")

    def condition(self, column: Any, value: Sequence[Any]) -> Any:
        """Look for the stored values between their commas: the column compares as text."""
        return or_(*(type_coerce(column, String).like(f"%,{member.value},%") for member in value))


class YesNo(ColumnFilter):
    """The row is so, or not."""

    name, arg_name, asks = _("is"), "eq", "yesno"

    def read(self, text: str) -> bool:
        """Take the values that a checkbox and a select send."""
        if text.lower() not in {"y", "yes", "1", "true", "n", "no", "0", "false", ""}:
            raise BadFilterError(gettext("“%(text)s” is neither yes nor no.", text=text))
        return text.lower() in {"y", "yes", "1", "true"}

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield both."""
        yield from (("y", gettext("yes")), ("n", gettext("no")))

    def spoken(self, value: str) -> str:
        """Say yes or no."""
        return self.shown(value)

    def condition(self, column: Any, value: bool) -> Any:  # noqa: FBT001 - a value like any other
        """Compare."""
        return column.is_(value)


class Related(Filter):
    """The row belongs to that one, or to one of several. One that can't be seen has no rows."""

    name, arg_name, asks = _("is"), TOGETHER, "record"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Compare the keys, once each row was found through the scoped session."""
        rows = [self.row(str(text)) for text in ([value] if isinstance(value, str) else value)]
        if None in rows:
            raise BadFilterError(gettext("This record can't be found in your office."))
        return self.narrowed(query, [row.id for row in rows])

    def narrowed(self, query: Query[Any], keys: Sequence[int]) -> Query[Any]:
        """Narrow the query to the rows that belong to one of these."""
        return query.filter(self.datamodel.get_relation_fk(self.column_name).in_(keys))

    @property
    def target(self) -> Any:
        """The model of the rows."""
        return self.datamodel.get_related_model(self.column_name)

    def row(self, text: str) -> Any:
        """Find a row that the person may choose; "me" is the person's own account, whoever opens the link."""
        target, key = self.target, text.strip()
        if target is Staff and key == ME:
            key = str(current().staff_id or "")
        return find(target, key) if may_choose(target) else None

    def spoken(self, value: str) -> str:
        """Give the row's name, or nothing where it can't be seen."""
        row = self.row(value)
        if row is not None and value.strip() == ME:
            return gettext("me")
        return gettext("(not to be seen)") if row is None else str(row)


class Through(Related):
    """One of the record's parts belongs to that row: a position at this organisation, a party of a contract.

    Its column is named by the way that leads there: "positions__organisation".
    """

    @property
    def way(self) -> tuple[Any, Any]:
        """The record's parts, and what a part belongs to."""
        collection, _between, name = self.column_name.partition(BETWEEN)
        parts = getattr(self.model, collection)
        return parts, getattr(parts.property.mapper.class_, name)

    @property
    def target(self) -> Any:
        """The model of the rows."""
        _parts, relation = self.way
        return relation.property.mapper.class_

    def narrowed(self, query: Query[Any], keys: Sequence[int]) -> Query[Any]:
        """Look for a part that can be seen."""
        parts, relation = self.way
        [key] = relation.property.local_columns
        return query.filter(parts.any(key.in_(keys)))


NUMBERS = [
    _comparison(NumberFilter, _("is"), "eq", _equal),
    _comparison(NumberFilter, _("at least"), "gt", _least),
    _comparison(NumberFilter, _("at most"), "lt", _most),
]
DAYS = [
    _comparison(DayFilter, _("is on"), "eq", _equal),
    _comparison(DayFilter, _("from"), "gt", _least),
    _comparison(DayFilter, _("until"), "lt", _most),
]
