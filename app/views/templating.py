"""What templates may call besides Jinja's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, url_for
from flask_appbuilder.filemanager import uuid_originalname
from flask_babel import gettext
from markupsafe import Markup

from app.access import Verb, current, demo
from app.core.pictures import quantity
from app.core.values import display, format_decimal
from app.labels import MODELS, actor, label
from app.queries import rows
from app.reports.pictures import stated
from app.views import arguments
from app.views.addresses import fixed
from app.views.building import cleared
from app.views.cells import cell, wrapping
from app.views.columns import offered, sort_choices
from app.views.lines import lines
from app.views.parsed import day_hints
from app.views.uploads import has_file

#: What stands for itself in the arguments of an address, as Flask writes them.
_PLAIN = "!$'()*,/:;?@"
_DIGITS = 3  # of a number that isn't known exactly


def register(app: Flask) -> None:
    """Add our functions and tests to the templates."""
    app.jinja_env.globals.update(
        actor=actor,
        cell=cell,
        plain=display,
        wrapping=wrapping,
        cleared=cleared,
        column_choices=offered,
        day_hints=day_hints,
        address_of=arguments.written,
        kinds=kinds,
        lines=lines,
        file_link=file_link,
        fixed=fixed,
        here=here,
        label=label,
        menu=menu,
        counted=counted,
        grouped=format_decimal,
        kept_arguments=arguments.kept,
        my_roles=my_roles,
        quantity=quantity,
        sort_choices=sort_choices,
        stated=stated,
        my_offices=my_offices,
    )
    app.jinja_env.tests.update(filled_in=filled_in)

    @app.context_processor
    def _frame() -> dict[str, Any]:
        # Error pages are rendered outside a view, and have the menu too.
        frame = {"appbuilder": app.extensions["appbuilder"]}
        return {**frame, "demo_accounts": demo.accounts} if app.config["DEMO"] else frame


def my_roles() -> str:
    """Name the roles of who is signed in."""
    return ", ".join(str(role) for role in current().roles)


def my_offices() -> str:
    """Name the offices for which the person works."""
    return ", ".join(current().workplaces)


def filled_in(column: str, rows: Sequence[Any]) -> bool:
    """Whether one of the rows has something in a column."""
    return any(getattr(row, column) not in (None, "", False) for row in rows)


def menu() -> Iterator[tuple[Any, list[Any]]]:
    """Yield the sections of the menu, each with the entries that this person may open."""
    scope = current()
    for group in current_app.extensions["appbuilder"].menu.get_list():
        entries = [one for one in group.childs if scope.may(Verb.MENU, one.baseview.section.value)]
        if entries:
            yield group, entries


def kinds(view: Any) -> str:
    """Name what a list is of: "organisations"."""
    return str(MODELS.get(view.datamodel.obj.__name__, view.list_title))


def file_link(view: Any, item: Any, column: str, part: Any = None) -> Markup | None:
    """Link the file of a record, or of one of its parts; None for a column that holds none.

    A part's column is named with its collection: "versions.file".
    """
    collection, _dot, name = column.rpartition(".")
    owner = item if part is None else part
    stored = getattr(owner, name) if has_file(owner, name) else None
    if not stored:
        return None
    path = name if part is None else f"{collection}-{part.id}-{name}"
    address = url_for(f"{view.endpoint}.file", pk=item.id, column=path)
    return Markup('<a href="{}">{}</a>').format(address, uuid_originalname(stored))


def here(changes: dict[str, Any]) -> str:
    """Give this page's address with some of its arguments changed."""
    known: tuple[str, dict[str, list[str]]] | None = g.get("here")
    if known is None:
        g.here = known = url_for(str(request.endpoint), **(request.view_args or {})), arguments.kept()
    address, sent = known
    query = urlencode({**sent, **changes}, doseq=True, safe=_PLAIN)
    return f"{address}?{query}" if query else address


def counted(count: int) -> str:
    """Write how many rows there are; they are counted up to a cap."""
    match count:
        case rows.About():
            return gettext("about %(number)s", number=format_decimal(round(count, _DIGITS - len(str(count)))))
        case rows.Sure():
            return format_decimal(count)
        case _:
            return f"{format_decimal(count - 1)}+" if count > rows.COUNT_CAP else format_decimal(count)
