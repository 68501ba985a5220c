"""The REST API as a page to read, made from its OpenAPI document: FAB's own loads a bundle larger than all else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_appbuilder import BaseView, expose
from flask_appbuilder.api import BaseApi
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.access import RECORDS
from app.api.base.document import document
from app.labels import SECTIONS, label
from app.security import signed_in

VERSION = "v1"
_TITLES: dict[tuple[str, str], LazyString] = {
    ("get", ""): _("List records"),
    ("post", ""): _("Add a record"),
    ("get", "{pk}"): _("Read a record"),
    ("put", "{pk}"): _("Change a record"),
    ("delete", "{pk}"): _("Delete a record"),
    ("get", "_info"): _("Columns, filters and your rights"),
    ("get", "{name}"): _("Parameters, tables and columns"),
    ("get", "{name}/{table}"): _("Take rows, page by page"),
}


@dataclass(frozen=True)
class Chapter:
    """What the API offers for one kind of record."""

    name: str
    title: LazyString
    operations: list[tuple[str, str, LazyString]]
    fields: list[tuple[str, LazyString, str, bool]]


class DocumentationView(BaseView):
    """The page for who writes a program."""

    route_base = "/rest-api"
    default_view = "index"

    @expose("/")
    @signed_in
    def index(self) -> Any:
        """Show the addresses and the fields; nothing of it is secret, but it's for those who may sign in."""
        spec = document(VERSION)
        apis = current_app.extensions["appbuilder"].baseviews
        chapters = [
            chapter(spec, api) for api in apis if isinstance(api, BaseApi) and hasattr(api, "heading")
        ]
        return self.render_template("rest_api.html", title=_("REST API"), chapters=chapters, version=VERSION)


def chapter(spec: dict[str, Any], api: Any) -> Chapter:
    """Describe one API from the document."""
    model = api.datamodel.obj.__name__ if hasattr(api, "datamodel") else ""
    found = (
        (method.upper(), path, title)
        for path, operations in spec["paths"].items()
        for method in operations
        if (title := _TITLES.get((method, path.removeprefix(f"{api.route_base}/"))))
    )
    schema = spec["components"]["schemas"].get(f"{type(api).__name__}.post", {})
    title = api.heading or SECTIONS[RECORDS[model]]
    return Chapter(api.resource_name, title, sorted(found, key=_reading), list(_fields(model, schema)))


def _reading(operation: tuple[str, str, LazyString]) -> tuple[int, int]:
    method, path, _title = operation
    return len(path), ("GET", "POST", "PUT", "DELETE").index(method)


def _fields(model: str, schema: dict[str, Any]) -> Iterator[tuple[str, LazyString, str, bool]]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        kind = "/".join(filter(None, (one.get("type", "object"), one.get("format", ""))))
        yield name, label(model, name), kind, name in required
