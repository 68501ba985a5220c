"""What a list can be narrowed by. A value is read as the column's own are, so a bad one is refused alike."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_appbuilder.models.filters import BaseFilter, BaseFilterConverter
from flask_babel import lazy_gettext as _
from sqlalchemy import String, or_, type_coerce
from sqlalchemy.orm import Query

from app.api.base.fields import Choice, Choices, Country, Text, Value, YesNo
from app.api.base.references import Reference
from app.api.base.schemas import field
from app.core.text import LIKE_ESCAPE, like, search_terms
from app.queries import rows

#: The box of the pages: words that a row is found by, however they are written.
SEARCH = "search"


class Filter(BaseFilter):
    """A condition on a column. ``arg_name`` is how the API calls it."""

    name: Any
    arg_name: Any
    model: Any
    datamodel: Any
    #: Whether null can be asked for: rows where nothing is known.
    null: ClassVar[bool] = False

    def __init__(self, column_name: str, datamodel: Any, *_more: Any) -> None:
        """Take FAB's arguments; the column's field reads the values."""
        super().__init__(column_name, datamodel)
        self.field: Value = field(self.model, column_name)

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query. Raises marshmallow's ValidationError for a value that the column can't have."""
        column = getattr(self.model, self.column_name)
        if isinstance(self.field, Reference):
            column = self.datamodel.get_relation_fk(self.column_name)
        return query.filter(self.condition(column, self.read(value)))

    def read(self, value: Any) -> Any:
        """Turn JSON into what the column holds."""
        if value is None and self.null:
            return None
        found = self.field.deserialize(value)
        if found is None:
            raise self.field.make_error("invalid")
        return found.id if isinstance(self.field, Reference) else found

    def condition(self, column: Any, value: Any) -> Any:
        """Give the SQL condition."""
        raise NotImplementedError


class Is(Filter):
    """Exactly this."""

    name, arg_name, null = _("is"), "eq", True

    def condition(self, column: Any, value: Any) -> Any:
        """Compare."""
        return column.is_(None) if value is None else column == value


class IsNot(Filter):
    """Something else, or nothing."""

    name, arg_name, null = _("is not"), "neq", True

    def condition(self, column: Any, value: Any) -> Any:
        """Negate, NULL included."""
        return column.is_not(None) if value is None else or_(column.is_(None), column != value)


class AtLeast(Filter):
    """This or more, this day or later."""

    name, arg_name = _("at least"), "ge"

    def condition(self, column: Any, value: Any) -> Any:
        """Compare."""
        return column >= value


class AtMost(Filter):
    """This or less, this day or earlier."""

    name, arg_name = _("at most"), "le"

    def condition(self, column: Any, value: Any) -> Any:
        """Compare."""
        return column <= value


class Contains(Filter):
    """The text occurs somewhere."""

    name, arg_name = _("contains"), "ct"

    def condition(self, column: Any, value: Any) -> Any:
        """ILIKE, which PostgreSQL's trigram index serves."""
        return column.ilike(like(value), escape=LIKE_ESCAPE)


class StartsWith(Filter):
    """The text stands at the beginning."""

    name, arg_name = _("begins with"), "sw"

    def condition(self, column: Any, value: Any) -> Any:
        """ILIKE without the leading wildcard."""
        return column.ilike(like(value).removeprefix("%"), escape=LIKE_ESCAPE)


class Includes(Filter):
    """The row's set holds this member."""

    name, arg_name = _("includes"), "ct"

    def read(self, value: Any) -> Any:
        """Read one member."""
        return super().read([value])[0]

    def condition(self, column: Any, value: Any) -> Any:
        """Look for the value between its commas."""
        return type_coerce(column, String).like(f"%,{value.value},%")


class BelongsTo(Is):
    """The row belongs to that one."""

    arg_name = "rel_o_m"


class Search(BaseFilter):
    """Each word occurs in the row's folded search text: "mueller" finds "Müller"."""

    name: Any
    arg_name: Any
    model: Any
    name, arg_name = _("contains"), "ct"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow by every term."""
        words = Text(500, allow_none=True).deserialize(value)
        return rows.holding(query, self.model, search_terms(words or ""))


class FilterConverter(BaseFilterConverter):
    """Which filters a column offers."""

    def convert(self, col_name: str) -> list[BaseFilter] | None:
        """Give the filters of a column, or None for what isn't searched: keys and collections."""
        return [made(col_name, self.datamodel) for made in self._offered(col_name)] or None

    def _offered(self, name: str) -> tuple[type[BaseFilter], ...]:  # noqa: PLR0911 - one line a kind
        if name == SEARCH:
            return (Search,)
        if self.datamodel.is_relation(name):
            return (BelongsTo,) if self.datamodel.is_relation_many_to_one(name) else ()
        if name not in self.datamodel.list_columns or self.datamodel.is_file(name):
            return ()
        match field(self.datamodel.obj, name):
            case Choices():
                return (Includes,)
            case YesNo():
                return (Is,)
            case Choice() | Country():
                return (Is, IsNot)
            case Text():
                return (Is, IsNot, Contains, StartsWith)
            case _:
                return (Is, AtLeast, AtMost)
