"""What all entities of the REST API share. An API itself is a declaration: section, model, columns."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from flask import Response, abort, url_for
from flask_appbuilder.api import ModelRestApi, expose
from flask_appbuilder.models.filters import BaseFilter, Filters
from flask_appbuilder.security.decorators import permission_name, protect
from flask_babel import gettext
from flask_babel.speaklater import LazyString
from marshmallow import Schema, ValidationError

from app.access import Section, current
from app.api.base import arguments, saving, schemas
from app.api.base.arguments import refuse
from app.api.base.fields import Choice
from app.api.base.filters import SEARCH
from app.api.base.operations import RESPONSES, describe
from app.api.base.refusals import Refusals
from app.api.base.source import Source
from app.core.values import display
from app.labels import labels
from app.models.base import Scoped
from app.queries.rows import COUNT_CAP

__all__ = ["ADDRESS", "OfficeApi", "Source"]

ADDRESS = ["street", "postal_code", "city", "country"]

_READ = dict.fromkeys(("info", "get_list", "get"), "read")
_METHODS = {**_READ, "post": "write", "put": "write", "delete": "delete"}


class OfficeApi(Refusals, ModelRestApi):
    """List, search, read, add, change and delete rows of one model, within the scope of the token's person.

    Routes, rights and document are Flask-AppBuilder's. What goes in and out is read and written here, because
    its own way makes rows out of unknown ids, and tells SQL in its messages.
    """

    section: ClassVar[Section]
    #: What its address is called, and how people call it, where the section has several kinds of records.
    kind: ClassVar[str] = ""
    heading: ClassVar[LazyString | None] = None
    datamodel: Source
    #: Parts that come and go with the record: {"parties": ["organisation", "side"]}.
    rows: ClassVar[dict[str, Sequence[str]]] = {}

    list_columns: list[str] = []
    show_columns: list[str] = []
    add_columns: list[str] = []
    edit_columns: list[str] = []
    search_columns: list[str] = []
    order_columns: list[str] = []
    base_order: Any = None
    list_model_schema: Any = None
    show_model_schema: Any = None
    add_model_schema: Any = None
    edit_model_schema: Any = None

    method_permission_name = _METHODS
    include_route_methods = set(_METHODS)
    responses = RESPONSES
    _apispec_parameter_schemas: Any = {}

    def __init__(self) -> None:
        """Check that the declaration is complete: for FAB an empty list means all columns."""
        columns = ("list_columns", "show_columns", "add_columns", "edit_columns", "search_columns")
        if not all(getattr(self, name) for name in columns):
            message = f"{type(self).__name__} must name its columns"
            raise TypeError(message)
        self.class_permission_name = self.section.value
        self.openapi_spec_tag = self.resource_name = self.kind or self.section.value
        super().__init__()

    def _init_properties(self) -> None:
        """Name the columns from the one table of labels; order by what the list shows and has in a column."""
        known = {*self.list_columns, *self.show_columns, *self.add_columns, *self.edit_columns}
        self.label_columns = labels(self.datamodel.obj.__name__, sorted(known))
        self.order_columns = [
            "id",
            *(name for name in self.list_columns if name in self.datamodel.list_columns),
        ]
        self.list_columns = ["id", "version", *self.list_columns]
        self.show_columns = ["id", "version", *self.show_columns]
        self.search_columns = [SEARCH, *self.search_columns]
        super()._init_properties()

    def _gen_labels_columns(self, list_columns: list[str]) -> None:
        """Leave out FAB's English guesses at labels."""

    def _init_model_schemas(self) -> None:
        """Make the four schemas; FAB's own would make rows out of ids that it doesn't find."""
        model, rows = self.datamodel.obj, self.rows
        self.list_model_schema = schemas.reading(self.list_model_schema_name, model, self.list_columns, rows)
        self.show_model_schema = schemas.reading(self.show_model_schema_name, model, self.show_columns, rows)
        self.add_model_schema = schemas.writing(self.add_model_schema_name, model, self.add_columns, rows)
        self.edit_model_schema = schemas.writing(
            self.edit_model_schema_name, model, self.edit_columns, rows, change=True
        )

    # --- routes -------------------------------------------------------------------------------------------
    @expose("/_info", methods=("GET",))
    @protect()
    @permission_name("info")
    def info(self) -> Response:
        """Give the columns with their labels, the filters, and the person's rights."""
        payload: dict[str, Any] = {
            "add_columns": list(self._columns(self.add_model_schema)),
            "edit_columns": list(self._columns(self.edit_model_schema)),
            "order_columns": self.order_columns,
        }
        self.merge_current_user_permissions(payload)
        self.merge_search_filters(payload)
        return self.response(200, **payload)

    def _columns(self, schema: Any) -> Any:
        for name, field in schema.fields.items():
            column = {
                "name": name,
                "label": str(self.label_columns.get(name, name)),
                "type": type(field).__name__,
                "required": field.required,
            }
            if isinstance(field, Choice):
                column["choices"] = [{"value": one.value, "title": display(one)} for one in field.members]
            yield column

    @expose("/", methods=("GET",))
    @protect()
    @permission_name("get")
    def get_list(self) -> Response:
        """Give a page of rows."""
        asked = arguments.read(arguments.LIST)
        columns = arguments.chosen(asked.columns, self.list_columns)
        if asked.order_column and asked.order_column not in self.order_columns:
            refuse(400, arguments.unknown(asked.order_column))
        column, direction = self.base_order
        if asked.order_column:
            column, direction = asked.order_column, asked.order_direction
        page, size = self._sanitize_page_args(int(asked.page), int(asked.page_size))
        try:
            count, rows = self.datamodel.query(self._asked(asked.filters), column, direction, page, size)
        except ValidationError as error:
            refuse(400, str(error.messages[0]))
        return self.response(
            200,
            count=min(count, COUNT_CAP),
            capped=count > COUNT_CAP,
            ids=[row.id for row in rows],
            result=_dump(self.list_model_schema, rows, columns, many=True),
        )

    def _asked(self, filters: Sequence[dict[str, Any]]) -> Filters:
        """Make the filters of this request alone: an API is one object for all threads."""
        own = cast("Filters", copy.copy(self._filters))
        own.clear_filters()
        for asked in filters:
            offered: list[BaseFilter] = own.get_search_filters().get(asked["col"], [])
            # Not through FAB's own reading: it looks an operator up in a table that the last model filled.
            one = next((each for each in offered if each.arg_name == asked["opr"]), None)
            if one is None:
                refuse(400, arguments.unknown(f"{asked['col']} {asked['opr']}"))
            own._add_filter(one, asked["value"])  # noqa: SLF001 - FAB's name
        return own

    @expose("/<int:pk>", methods=("GET",))
    @protect()
    @permission_name("get")
    def get(self, pk: int) -> Response:
        """Give a row."""
        columns = arguments.chosen(arguments.read(arguments.ITEM).columns, self.show_columns)
        return self._shown(200, self.item(pk), columns)

    @expose("/", methods=("POST",))
    @protect()
    @permission_name("post")
    def post(self) -> Response:
        """Add a row."""
        try:
            values = self.add_model_schema.load(arguments.body())
            item = saving.create(self.datamodel.obj, values, self.rows)
        except ValidationError as error:
            refuse(422, saving.plain(error.messages))
        except saving.RefusedError as error:
            refuse(422, error.messages)
        answer = self._shown(201, item)
        answer.headers["Location"] = url_for(f"{self.endpoint}.get", pk=item.id)
        return answer

    @expose("/<int:pk>", methods=("PUT",))
    @protect()
    @permission_name("put")
    def put(self, pk: int) -> Response:
        """Change the fields that are sent, in the version of the row that the caller has read."""
        item = self.item(pk, writing=True)
        try:
            values = self.edit_model_schema.load(arguments.body())
            version = values.pop("version")
            saving.change(item, values, self.rows, version)
        except ValidationError as error:
            refuse(422, saving.plain(error.messages))
        except saving.RefusedError as error:
            refuse(422, error.messages)
        except saving.StaleError:
            self._stale(pk)
        return self._shown(200, item)

    def _stale(self, pk: int) -> None:
        message = gettext(
            "Somebody else has changed this record, so nothing was saved. Compare, and send again."
        )
        stored = _dump(self.show_model_schema, self.item(pk), self.show_columns)
        refuse(409, message, result=stored)

    @expose("/<int:pk>", methods=("DELETE",))
    @protect()
    @permission_name("delete")
    def delete(self, pk: int) -> Response:
        """Delete a row that nothing refers to."""
        try:
            saving.delete(self.item(pk, writing=True))
        except saving.RefusedError as error:
            refuse(422, error.messages)
        except saving.StaleError:
            abort(404)
        return self.response(200, message=gettext("Deleted."))

    # --- tools --------------------------------------------------------------------------------------------
    def item(self, key: int, *, writing: bool = False) -> Any:
        """Give a row by its key: 404 where it can't be seen, 403 where it may only be read."""
        row = self.datamodel.get(key)
        if row is None:
            abort(404)
        if writing and isinstance(row, Scoped) and not current().writes(row.office_id):
            abort(403)
        return row

    def _shown(self, code: int, item: Any, columns: Sequence[str] = ()) -> Response:
        shown = _dump(self.show_model_schema, item, columns or self.show_columns)
        return self.response(code, id=item.id, result=shown)

    # --- document -----------------------------------------------------------------------------------------
    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        methods: Sequence[str] = (),
        func: Any = None,
        **_more: Any,
    ) -> None:
        """Describe a route in the OpenAPI document."""
        for method in methods:
            cast("dict[str, Any]", operations)[method.lower()] = describe(type(self).__name__, func.__name__)


def _dump(schema: Schema, found: Any, columns: Sequence[str], *, many: bool = False) -> Any:
    """Write rows, with the chosen columns only."""
    if set(columns) != set(schema.fields):
        schema = type(schema)(only=columns)
    return schema.dump(found, many=many)
