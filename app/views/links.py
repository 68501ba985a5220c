"""Links to lists that are narrowed already: what they say is what the list counts."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_appbuilder.models.filters import Filters

from app.views.cells import view_of
from app.views.filters import Filter, argument, position


@dataclass(frozen=True)
class Condition:
    """A filter of a list: its column, the kind of comparison, and values as the address holds them."""

    column: str
    kind: type[Filter]
    values: Sequence[str] = ("",)


@dataclass(frozen=True)
class Narrowed:
    """The list of a model, narrowed. Its address is made of the view's own filters, never typed."""

    model: type[Any]
    asked: Sequence[Condition]

    @property
    def view(self) -> Any:
        """The view of the model."""
        return view_of(self.model)

    def address(self) -> str:
        """Give the address of the list."""
        arguments: dict[str, Any] = {
            argument(column, at): list(values) for column, at, values in self._placed()
        }
        return url_for(f"{self.view.endpoint}.list", **arguments)

    def count(self) -> int:
        """Count the rows as the list does: up to one more than its cap."""
        table = self.view.datamodel
        return int(table.count(table.statement(self._filters())))

    def _filters(self) -> Filters:
        filters = copy.copy(self.view._prototype)  # noqa: SLF001 - a view of ours
        filters.clear_filters()
        for column, at, values in self._placed():
            filters.add_filter_index(column, at, list(values))
        return filters

    def _placed(self) -> list[tuple[str, int, Sequence[str]]]:
        """Give each filter with its place among those of its column."""
        offered = self.view._prototype.get_search_filters()  # noqa: SLF001 - FAB's name for it
        return [(one.column, position(offered[one.column], one.kind), one.values) for one in self.asked]


def narrowed(model: type[Any], *asked: Condition) -> Narrowed:
    """Narrow the list of a model."""
    return Narrowed(model, asked)


def is_in(column: str, kind: type[Filter], *members: Any) -> Condition:
    """Ask for members of a closed set, of which one must fit."""
    return Condition(column, kind, [member.value for member in members])
