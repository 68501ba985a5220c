"""What filters have in common: how each reads its values, narrows a query, and says what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from flask_appbuilder.models.filters import BaseFilter
from flask_babel import gettext
from sqlalchemy.orm import Query

from app.core.values import display

# FAB's annotations are narrower than what it takes: lazy names, names of arguments, tables of conversions.
_Filter: Any = BaseFilter

#: FAB hands the values of a filter with this name over together, and of another one by one.
TOGETHER = "in"


class BadFilterError(ValueError):
    """A filter was given something that it can't read; the message is for the person."""


class Filter(_Filter):  # type: ignore[misc]
    """A filter of a list. The page asks it what it needs, and how it reads."""

    #: What a person enters: text, number, day, days, choices, yesno, record, or nothing.
    asks: ClassVar[str] = "text"

    def hits(self, query: Query[Any], _value: Any) -> Query[Any]:
        """Find rows that are narrowed by it already in a shorter way, where there is one: all of them, in no order."""
        return query

    @property
    def takes_several(self) -> bool:
        """Whether it takes several values, of which one must fit."""
        return bool(self.arg_name == TOGETHER)

    def spoken(self, value: str) -> str:
        """Give a value of the URL as a person reads it."""
        return value

    def choices(self) -> Iterator[tuple[str, str]]:
        """Yield what can be picked: the value of the URL, and its title."""
        yield from ()

    def sentence(self, label: object, values: Sequence[str]) -> str:
        """Say what is filtered: "City contains Berlin"."""
        word = gettext("or")
        shown = f" {word} ".join(filter(None, map(self.spoken, values)))
        return f"{label} {self.name} {shown}".strip()


class ColumnFilter(Filter):
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

    def shown(self, text: str) -> str:
        """Write a value that could be read as pages do; what can't be read stays as it was typed."""
        try:
            return display(self.read(text.strip()))
        except BadFilterError:
            return text


class Anyone(ColumnFilter):
    """A filter that takes several values, of which one must fit."""

    arg_name = TOGETHER

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query by all values at once."""
        texts = [value] if isinstance(value, str) else value
        read = [self.read(str(text).strip()) for text in texts]
        return query.filter(self.condition(getattr(self.model, self.column_name), read))
