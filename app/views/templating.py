"""What templates may call besides Jinja's own."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for
from flask_appbuilder.filemanager import uuid_originalname
from flask_appbuilder.models.mixins import FileColumn
from flask_babel import gettext
from markupsafe import Markup

from app.access import Verb, current, demo
from app.core.values import display, format_decimal
from app.queries import rows
from app.views import arguments
from app.views.cells import cell
from app.views.fields import find
from app.views.filters import Member, YesNo


def register(app: Flask) -> None:
    """Add our functions and tests to the templates."""
    app.jinja_env.globals.update(
        cell=cell,
        plain=display,
        spoken=spoken,
        position=position,
        file_link=file_link,
        here=here,
        counted=counted,
        grouped=format_decimal,
        kept_arguments=arguments.kept,
    )
    app.jinja_env.tests["may_open"] = may_open

    @app.context_processor
    def _frame() -> dict[str, Any]:
        # Error pages are rendered outside a view, and have the menu too.
        frame = {"appbuilder": app.extensions["appbuilder"]}
        return {**frame, "demo_accounts": demo.accounts} if app.config["DEMO"] else frame


def may_open(item: Any) -> bool:
    """Whether a menu entry is for this person."""
    return current().may(Verb.MENU, item.baseview.section.value)


def spoken(view: Any, one: Any, value: str) -> str:
    """Give a filter's value as a person reads it: the title of a choice, the name of a record."""
    if view.datamodel.is_relation(one.column_name):
        row = find(view.datamodel.get_related_model(one.column_name), value)
        return "" if row is None else str(row)
    if isinstance(one, Member):
        titles = {member.value: display(member) for member in one.members()}
        return titles.get(value, value)
    if isinstance(one, YesNo):
        return gettext("yes") if value.lower() in {"y", "yes", "1", "true"} else gettext("no")
    return value


def position(offered: list[Any], one: Any) -> int:
    """Give the place of a filter among those of its column: it's part of the URL."""
    return next(index for index, candidate in enumerate(offered) if type(candidate) is type(one))


def file_link(view: Any, item: Any, column: str, name: Any) -> Markup | None:
    """Link the file of a record; None for a column that holds none."""
    known = view.datamodel.list_columns.get(column)
    if known is None or not isinstance(known.type, FileColumn):
        return None
    address = url_for(f"{view.endpoint}.file", pk=item.id, column=column)
    return Markup('<a href="{}">{}</a>').format(address, uuid_originalname(name))


def here(changes: dict[str, Any]) -> str:
    """Give this page's address with some of its arguments changed."""
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **arguments.kept(), **changes})


def counted(count: int) -> str:
    """Write how many rows there are; they are counted up to a cap."""
    return f"{format_decimal(rows.COUNT_CAP)}+" if count > rows.COUNT_CAP else format_decimal(count)
