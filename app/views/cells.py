"""How a value looks on a page: escaped, in the person's language, linked where that helps."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import current_app, url_for
from markupsafe import Markup, escape

from app.access import Verb, current
from app.core.values import countries, display, format_decimal
from app.models.base import Entity
from app.models.users import Staff

_LINK = Markup('<a href="{}">{}</a>')
_LONG = re.compile(r"\S{25}(?=\S)")
_OUTSIDE = Markup('<a href="{}" rel="noopener noreferrer">{}</a>')


def view_of(model: type[Any]) -> Any:
    """Give the registered view of a model, or None."""
    known: dict[type[Any], Any] | None = current_app.extensions.get("marktbuero_views")
    if known is None:
        # The REST API has interfaces too, but no pages.
        views = [
            view
            for view in current_app.extensions["appbuilder"].baseviews
            if hasattr(view, "datamodel") and hasattr(view, "show_template")
        ]
        # Kept when it's complete: another thread would miss a view, and its rights, in a half of it.
        known = {view.datamodel.obj: view for view in reversed(views)}
        current_app.extensions["marktbuero_views"] = known
    return known.get(model)


def may_choose(model: type[Any]) -> bool:
    """Whether the person may pick a record of this kind by its name. Whoever assigns a task knows the colleagues."""
    return model is Staff or current().reads(model)


def cell(value: Any, column: str = "") -> Markup:  # noqa: PLR0911 - one line a kind of value
    """Give the HTML of a value."""
    if value is None or value == "":
        return Markup("")
    if isinstance(value, list):
        return Markup("<br>").join(cell(part, column) for part in value)
    if isinstance(value, Entity):
        return _record(value)
    text = wrapping(display(value))
    if isinstance(value, Decimal) and column == "value":
        return escape(format_decimal(value, places=2))
    if column == "country":
        return escape(countries().get(value, value))
    if column in {"email", "sender_email"}:
        # A line may end before the "@" or a dot, not within a word.
        shown = Markup("<wbr>").join(re.split("(?=[@.])", str(value)))
        return _LINK.format(f"mailto:{quote(str(value), safe='@+')}", shown)
    if column in {"phone", "fax"}:
        return _LINK.format("tel:" + "".join(c for c in str(value) if c.isdigit() or c == "+"), text)
    if column in {"website", "link", "source_url"}:
        address = str(value) if "://" in str(value) else f"https://{value}"
        if address.startswith(("https://", "http://")):
            return _OUTSIDE.format(address, text)
    return text


def wrapping(text: str) -> Markup:
    """Let very long words go on in the next line: a column is as wide as its longest word."""
    return Markup("<wbr>").join(_LONG.sub("\\g<0>\0", text).split("\0"))


def _record(row: Entity) -> Markup:
    """Link a record to its page, or the page of the record that it is a part of."""
    page: Any = getattr(row, row.part_of) if row.part_of else row
    view = view_of(type(page)) if page is not None else None
    if view is None or not current().may(Verb.READ, view.section.value):
        return wrapping(str(row))
    return _LINK.format(url_for(f"{view.endpoint}.show", pk=page.id), wrapping(str(row)))
