"""Which columns a list may show, and by which it may be sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.access import AUTHORS, current
from app.core.db import FileColumn, SetOf
from app.models.base import quotes


def choices(view: Any) -> list[str]:
    """Give the columns that a person may choose for a list: its own first, then those of the record's page.

    Parts that are tables themselves and files make no sense in a cell.
    """
    more = (
        name
        for name in view.show_columns
        if name not in view.rows and not isinstance(_kind(view, name), FileColumn)
    )
    return list(dict.fromkeys((*view.list_columns, *more)))


def offered(view: Any, shown: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give the columns that a list shows, and all from which a person chooses, those first."""
    return {"shown": tuple(shown), "columns": tuple(dict.fromkeys((*shown, *choices(view))))}


def standard(view: Any) -> list[str]:
    """Give the columns of a list as it's declared. Who works in one office isn't told its name in every row."""
    scope = current()
    alone = not scope.everywhere and len(scope.offices) == 1
    return [name for name in view.list_columns if not (alone and name == "office")]


def sortable(view: Any) -> list[str]:
    """Give the columns by which a list may be sorted: those of its table, without long texts, and its relations.

    Who worked on a row isn't among them, unless the list shows it: the order would tell the names that are
    hidden from other offices.
    """
    return [
        name
        for name in choices(view)
        if (name in view.datamodel.list_columns or _sorts(view, name))
        and not quotes(view.datamodel.obj, name)
        and (
            name in view.list_columns
            or not (name in AUTHORS or isinstance(_kind(view, name), (sa.Text, SetOf)))
        )
    ]


def sort_choices(table: Any) -> tuple[str, ...]:
    """Give the columns by which a table can be sorted, of those that it shows; and by which it is."""
    shown = {*table["columns"], table["order"][0]}
    return tuple(name for name in table["view"].order_columns if name in shown)


def chosen(view: Any, names: Sequence[str]) -> list[str]:
    """Give those of the names that the list can show; the standard where none is left."""
    known = set(choices(view))
    return [name for name in dict.fromkeys(names) if name in known] or standard(view)


def moved(names: Sequence[str], name: str, step: int) -> list[str]:
    """Give the names with one of them a place further up (-1) or down (1)."""
    if name not in names:
        return list(names)
    place = names.index(name)
    rest = [one for one in names if one != name]
    target = min(max(place + step, 0), len(rest))
    return [*rest[:target], name, *rest[target:]]


def _sorts(view: Any, name: str) -> bool:
    table = view.datamodel
    return bool(table.is_relation_many_to_one(name) and table.get_related_model(name).sorts_by)


def _kind(view: Any, name: str) -> Any:
    column = view.datamodel.list_columns.get(name)
    return getattr(column, "type", None)
