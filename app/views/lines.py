"""The rows of a list as its template prints them: what is the same in each row is worked out once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from app.core.values import display
from app.views.cells import cell, wrapping

#: Longer texts are cut off with an ellipsis.
LONG = 160
# Stands for what differs from row to row; it needs no escaping, in an address or elsewhere.
_KEY, _NAME = "0000", "\ufffc"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, the classes of its cell, the title of its column, and whether it's cut off."""

    html: Markup
    css: str
    label: str
    long: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its key and name, the address of its page, what its link shows, and its other cells.

    ``title`` is empty where the first column has nothing. ``edit`` is the address of its form, "" where there is none.
    """

    id: int
    name: str
    address: str
    title: Markup
    foreign: bool
    cells: Sequence[Cell]
    edit: str
    edit_label: str


def lines(table: dict[str, Any], back: str | None) -> Iterator[Line]:
    """Give the lines of a table. ``back`` is where editing a row leads back to; without it, no row can be edited."""
    view, columns = table["view"], table["columns"]
    datamodel = view.datamodel
    written: Collection[Any] = table.get("written", ()) if back is not None else ()
    labels = {column: str(view.label_columns[column]) for column in columns}
    stored = {column for column in columns if column in datamodel.list_columns}
    shown = url_for(f"{view.endpoint}.show", pk=_KEY)
    edited = url_for(f"{view.endpoint}.edit", pk=_KEY, back=f"{back}#row-{_KEY}") if written else ""
    said = gettext("Edit: %(name)s", name=_NAME) if written else ""
    for row in table["rows"]:
        name, key = str(row), str(row.id)
        first = datamodel._get_attr_value(row, columns[0])  # noqa: SLF001 - FAB's name
        text = display(first)
        may = row in written
        yield Line(
            row.id,
            name,
            shown.replace(_KEY, key),
            wrapping(text) if text else Markup(""),
            view.foreign(row),
            [_cell(datamodel, row, column, labels[column], column in stored) for column in columns[1:]],
            edited.replace(_KEY, key) if may else "",
            said.replace(_NAME, name) if may else "",
        )


def _cell(datamodel: Any, row: Any, column: str, label: str, stored: bool) -> Cell:  # noqa: FBT001 - of a column
    value = datamodel._get_attr_value(row, column)  # noqa: SLF001 - FAB's name
    html = cell(value, column)
    number = "number" if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else ""
    return Cell(
        html,
        number if html else f"{number} is-empty",
        label,
        stored and isinstance(value, str) and len(html) > LONG,
    )
