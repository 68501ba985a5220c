"""Search filters: what a list can be narrowed by, each parsed in the person's own way of writing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask_appbuilder.models.filters import BaseFilter, BaseFilterConverter, FilterRelation
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Enum, String, inspect, or_, type_coerce
from sqlalchemy.orm import Query, RelationshipDirection

from app.core.db import Exact
from app.core.text import like, search_terms
from app.core.values import parse_date, parse_decimal
from app.models.base import Searchable
from app.views.cells import may_choose
from app.views.fields import find

DIGITS = 18  # both databases compare whole numbers of that many


# FAB's annotations are narrower than what it takes: lazy names, names of arguments, tables of conversions.
_Filter: Any = BaseFilter
_Relation: Any = FilterRelation
_Converter: Any = BaseFilterConverter


class BadFilterError(ValueError):
    """A filter was given something that it can't read; the message is for the person."""


class ColumnFilter(_Filter):  # type: ignore[misc]
    """A filter on one column of the model itself."""

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query."""
        column = getattr(self.model, self.column_name)
        return query.filter(self.condition(column, self.read(str(value).strip())))

    def read(self, text: str) -> Any:
        """Turn the text of the URL into a value."""
        return text

    def condition(self, column: Any, value: Any) -> Any:
        """Give the SQL condition."""
        raise NotImplementedError


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

    def read(self, text: str) -> Any:
        """Parse by the locale; no column holds more digits than the forms take."""
        kind = self.datamodel.list_columns[self.column_name].type
        digits, places = (kind.digits, kind.places) if isinstance(kind, Exact) else (DIGITS, 0)
        try:
            number = parse_decimal(text)
        except ValueError:
            raise BadFilterError(gettext("“%(text)s” is no number.", text=text)) from None
        if abs(number) >= Decimal(10) ** (digits - places) or -int(number.as_tuple().exponent) > places:
            raise BadFilterError(gettext("No such number can stand here: “%(text)s”.", text=text))
        return number if places else int(number)


class DayFilter(ColumnFilter):
    """A comparison with a date of the person's locale."""

    def read(self, text: str) -> Any:
        """Parse by the locale."""
        try:
            return parse_date(text)
        except ValueError:
            raise BadFilterError(gettext("“%(text)s” is no date.", text=text)) from None


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


class Member(ColumnFilter):
    """The row has this member of a closed set."""

    name, arg_name = _("is"), "eq"

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

    def condition(self, column: Any, value: Any) -> Any:
        """Compare."""
        return column == value


class NotMember(Member):
    """The row has another member, or none."""

    name, arg_name = _("is not"), "neq"

    def condition(self, column: Any, value: Any) -> Any:
        """Negate, NULL included."""
        return or_(column.is_(None), column != value)


class HasMember(Member):
    """The row's set holds this member."""

    name, arg_name = _("includes"), "ct"

    def read(self, text: str) -> Any:
        """Keep the stored value: the column compares as text."""
        return super().read(text).value

    def condition(self, column: Any, value: Any) -> Any:
        """Look for the value between its commas."""
        return type_coerce(column, String).like(f"%,{value},%")


class YesNo(ColumnFilter):
    """The row is so, or not."""

    name, arg_name = _("is"), "eq"

    def read(self, text: str) -> bool:
        """Take the values that a checkbox and a select send."""
        if text.lower() not in {"y", "yes", "1", "true", "n", "no", "0", "false", ""}:
            raise BadFilterError(gettext("“%(text)s” is neither yes nor no.", text=text))
        return text.lower() in {"y", "yes", "1", "true"}

    def condition(self, column: Any, value: bool) -> Any:  # noqa: FBT001 - a value like any other
        """Compare."""
        return column.is_(value)


class Related(_Relation):  # type: ignore[misc]
    """The row belongs to that one. One that can't be seen has no rows."""

    name, arg_name = _("is"), "rel_o_m"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Compare the key, once the row was found through the scoped session."""
        target = self.datamodel.get_related_model(self.column_name)
        row = find(target, str(value).strip())
        if row is None or not may_choose(target):
            raise BadFilterError(gettext("This record can't be found in your office."))
        return query.filter(self.datamodel.get_relation_fk(self.column_name) == row.id)


class Search(_Filter):  # type: ignore[misc]
    """The search box: each word occurs in the row's folded search text.

    A row that has none, such as a figure, is found by its own short texts and by the rows that it belongs to.
    """

    name = _("contains")

    def apply(self, query: Query[Any], value: str) -> Query[Any]:
        """Narrow by every term."""
        for term in search_terms(value):
            query = query.filter(or_(*self.places(like(term))))
        return query

    def places(self, pattern: str) -> Iterator[Any]:
        """Yield the conditions of which one must hold."""
        if issubclass(self.model, Searchable):
            yield self.model.search.like(pattern, escape="\\")
            return
        for relation in inspect(self.model).relationships:
            target = relation.mapper.class_
            if relation.direction is RelationshipDirection.MANYTOONE and issubclass(target, Searchable):
                yield relation.class_attribute.has(target.search.like(pattern, escape="\\"))
        for column in inspect(self.model).columns:
            if isinstance(column.type, String) and not isinstance(column.type, Enum):
                yield column.ilike(pattern, escape="\\")


_NUMBERS = [
    _comparison(NumberFilter, _("is"), "eq", _equal),
    _comparison(NumberFilter, _("at least"), "gt", _least),
    _comparison(NumberFilter, _("at most"), "lt", _most),
]
_DAYS = [
    _comparison(DayFilter, _("is on"), "eq", _equal),
    _comparison(DayFilter, _("from"), "gt", _least),
    _comparison(DayFilter, _("until"), "lt", _most),
]


class FilterConverter(_Converter):  # type: ignore[misc]
    """Which filters a column offers. Positions are part of URLs: add at the end."""

    conversion_table = (
        ("is_relation_many_to_one", [Related]),
        ("is_set", [HasMember]),
        ("is_enum", [Member, NotMember]),
        ("is_boolean", [YesNo]),
        ("is_text", [Contains, NotContains, StartsWith, Is]),
        ("is_string", [Contains, NotContains, StartsWith, Is]),
        ("is_integer", _NUMBERS),
        ("is_numeric", _NUMBERS),
        ("is_date", _DAYS),
    )

    def convert(self, col_name: str) -> list[BaseFilter] | None:
        """Give the filters of a column, or None: collections and moments aren't searched."""
        for test, filters in self.conversion_table:
            if getattr(self.datamodel, test)(col_name):
                return [item(col_name, self.datamodel) for item in filters]
        return None
