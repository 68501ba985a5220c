"""How a value looks on a page: escaped, in the person's language, linked where that helps."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import current_app
from markupsafe import Markup, escape

from app.access import Verb, current
from app.core.values import countries, display, format_decimal
from app.models.base import Entity
from app.models.users import Staff
from app.views.addresses import of_record

LONG = 25
_LONG = re.compile(rf"\S{{{LONG + 1},}}")
_PIECE = re.compile(rf"[@.]?[^@.]{{1,{LONG}}}|[@.]")
# Nothing in such an address means something in HTML, or elsewhere in an address.
_PLAIN_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")


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


def cell(value: Any, column: str = "") -> Markup:
    """Give the HTML of a value."""
    if value is None or value == "":
        return Markup("")
    if isinstance(value, list):
        return Markup("<br>").join(cell(part, column) for part in value)
    if isinstance(value, Entity):
        return _record(value)
    if isinstance(value, Decimal) and column == "value":
        return escape(format_decimal(value, places=2))
    write = _TEXTS.get(column)
    return write(str(value)) if write is not None else wrapping(display(value))


def _country(code: str) -> Markup:
    return escape(countries().get(code, code))


def _mail(address: str) -> Markup:
    # A line may end before the "@" or a dot, not within a word.
    if _PLAIN_MAIL.fullmatch(address):
        shown = address.replace("@", "<wbr>@").replace(".", "<wbr>.")
        return Markup(f'<a href="mailto:{address}">{shown}</a>')  # noqa: S704 - as the pattern says
    shown = Markup("<wbr>").join(re.split("(?=[@.])", address))
    return _link(f"mailto:{quote(address, safe='@+')}", shown)


def _call(number: str) -> Markup:
    return _link("tel:" + "".join(sign for sign in number if sign.isdigit() or sign == "+"), wrapping(number))


def _website(text: str) -> Markup:
    address = text if "://" in text else f"https://{text}"
    safe = address.startswith(("https://", "http://"))
    return _link(address, wrapping(text), ' rel="noopener noreferrer"') if safe else wrapping(text)


#: Columns whose texts are more than texts.
_TEXTS = {
    "country": _country,
    "email": _mail,
    "sender_email": _mail,
    "phone": _call,
    "fax": _call,
    "website": _website,
    "link": _website,
    "source_url": _website,
}


def _link(address: str, text: Markup, more: str = "") -> Markup:
    # Not by Markup.format, which takes longer than all the rest: lists have hundreds of links.
    return Markup(f'<a href="{escape(address)}"{more}>{text}</a>')  # noqa: S704 - both are escaped


def wrapping(text: str) -> Markup:
    """Let very long words go on in the next line: a column is as wide as its longest word.

    Addresses do so before their "@" and their dots, rather than within a word.
    """
    if len(text) <= LONG:
        return escape(text)
    return Markup("<wbr>").join(_LONG.sub(lambda word: "\0".join(_PIECE.findall(word[0])), text).split("\0"))


def _record(row: Entity) -> Markup:
    """Link a record to its page, or the page of the record that it is a part of."""
    page: Any = getattr(row, row.part_of) if row.part_of else row
    view = view_of(type(page)) if page is not None else None
    if view is None or not current().may(Verb.READ, view.section.value):
        return wrapping(str(row))
    return _link(of_record(f"{view.endpoint}.show", page.id), wrapping(str(row)))
