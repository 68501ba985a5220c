"""Quick add: the forms for new records that the person may use, from the menu."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, url_for
from jinja2 import Undefined

from app.access import Scope, Verb, current
from app.views.addresses import fixed


@dataclass(frozen=True)
class AddForm:
    """A form for a new record."""

    title: Any
    icon: str
    address: str


@dataclass(frozen=True)
class Group:
    """The forms of a section of the menu."""

    title: Any
    forms: tuple[AddForm, ...]


def quick_adds(view: Any = None, item: Any = None) -> Iterator[Group]:
    """Give the forms by the sections of the menu; on the page of a record they are told what they belong to."""
    scope = current()
    if not scope.works:
        return
    record = item if view and item and not isinstance(item, Undefined) and view.writes(item) else None
    for group in current_app.extensions["appbuilder"].menu.get_list():
        views = [entry.baseview for entry in group.childs]
        forms = tuple(_form(one, record) for one in views if _may_add(scope, one))
        if forms:
            yield Group(group.label, forms)


def _may_add(scope: Scope, view: Any) -> bool:
    section = view.section.value
    return bool(getattr(view, "add_columns", None)) and all(
        scope.may(verb, section) for verb in (Verb.MENU, Verb.WRITE)
    )


def _form(view: Any, record: Any) -> AddForm:
    # Only a relation that is called as the record's kind says that it belongs there: a "parent" says something else.
    relation = type(record).__name__.lower()
    belongs = relation in view.add_columns and isinstance(record, view.datamodel.get_related_model(relation))
    endpoint = f"{view.endpoint}.add"
    address = url_for(endpoint, **{relation: record.id}) if belongs else fixed(endpoint)
    return AddForm(view.add_title, view.icon, address)


def register(app: Flask) -> None:
    """Tell templates the forms."""
    app.jinja_env.globals.update(quick_adds=quick_adds)
