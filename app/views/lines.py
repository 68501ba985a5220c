"""The rows of a list as its template prints them: what is the same in each row is worked out once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from app.core.values import display
from app.views.addresses import of_record
from app.views.cells import cell, wrapping

#: Longer texts are cut off with an ellipsis.
LONG = 160
# Stands for what differs from row to row; it needs no escaping, in an address or elsewhere.
_KEY, _NAME = "0000", "\ufffc"


class Line(NamedTuple):
    """A row: its key and name, the address of its page, what its link shows, and its other cells.

    ``title`` is empty where the first column has nothing. ``edit`` is the address of its form, "" where there is none.
    """

    key: int
    name: str
    address: str
    title: Markup
    foreign: bool
    cells: Markup
    edit: str
    edit_label: str


class _Column:
    """Writes the cells of a column, each with the column's title for where rows are cards."""

    def __init__(self, view: Any, name: str) -> None:
        self._datamodel, self._name = view.datamodel, name
        self._stored = name in view.datamodel.list_columns
        self._label = escape(str(view.label_columns[name]))
        self._known: dict[Any, str] = {}

    def write(self, row: Any) -> str:
        value = self._datamodel._get_attr_value(row, self._name)  # noqa: SLF001 - FAB's name
        if isinstance(value, list):
            return self._written(value)
        # Most rows of a page have the same office, language or place as another one.
        known = self._known.get(value)
        if known is None:
            known = self._known[value] = self._written(value)
        return known

    def _written(self, value: Any) -> str:
        html = cell(value, self._name)
        css = "number" if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else ""
        if not html:
            css = f"{css} is-empty"
        elif self._stored and isinstance(value, str) and len(html) > LONG:
            html = Markup('<div class="clamp">{}</div>').format(html)
        return f'<td role="cell" class="{css}" data-label="{self._label}">{html}</td>'


def lines(table: dict[str, Any], back: str | None) -> Iterator[Line]:
    """Give the lines of a table. ``back`` is where editing a row leads back to; without it, no row can be edited."""
    view, columns = table["view"], table["columns"]
    own = {row.id for row in view.written(table["rows"])}
    rest = [_Column(view, column) for column in columns[1:]]
    shown = f"{view.endpoint}.show"
    edited = url_for(f"{view.endpoint}.edit", pk=_KEY, back=f"{back}#row-{_KEY}") if back else ""
    said = gettext("Edit: %(name)s", name=_NAME)
    for row in table["rows"]:
        name, key = str(row), str(row.id)
        text = display(view.datamodel._get_attr_value(row, columns[0]))  # noqa: SLF001 - FAB's name
        foreign = row.id not in own
        may = bool(back) and not foreign
        yield Line(
            row.id,
            name,
            of_record(shown, row.id),
            wrapping(text) if text else Markup(""),
            foreign,
            Markup("".join(column.write(row) for column in rest)),  # noqa: S704 - of escaped parts
            edited.replace(_KEY, key) if may else "",
            said.replace(_NAME, name) if may else "",
        )
