"""What the OpenAPI document says about the routes that every entity has."""

from __future__ import annotations

from typing import Any

from app.api.base import arguments

Schema = dict[str, Any]

_MESSAGE: Schema = {
    "type": "object",
    "required": ["message"],
    "properties": {"message": {"type": "string"}},
}
# Texts by field; within a list of parts by index, and "_schema" for what belongs to no field.
_MESSAGES: Schema = {
    "type": "object",
    "required": ["message"],
    "properties": {"message": {"type": "object", "additionalProperties": True}},
}


def json(schema: Schema, description: str) -> Schema:
    """Describe a body."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


#: Answers that all entities share, as components of the document.
RESPONSES: Schema = {
    "400": json(_MESSAGE, "The argument q or the body can't be read, or asks for what doesn't exist."),
    "401": json(_MESSAGE, "There is no token, or it has ended."),
    "403": json(_MESSAGE, "The account has no right to do this, or the record belongs to another office."),
    "404": json(_MESSAGE, "There is no such record in the offices of the account."),
    "422": json(_MESSAGES, "The record breaks a rule: messages by field."),
    "500": json(_MESSAGE, "Something went wrong on our side. Nothing was saved."),
}

_KEY: Schema = {"in": "path", "name": "pk", "required": True, "schema": {"type": "integer", "minimum": 1}}
_ID: Schema = {"type": "integer"}


def _query(schema: Schema) -> Schema:
    return {
        "in": "query",
        "name": "q",
        "description": "Arguments, as JSON or in Rison.",
        "content": {"application/json": {"schema": schema}},
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _responses(*codes: str, **ours: Schema) -> Schema:
    shared = {code: {"$ref": f"#/components/responses/{code}"} for code in (*codes, "401", "403")}
    return {code.removeprefix("_"): body for code, body in ours.items()} | shared


def _record(name: str) -> Schema:
    properties = {"id": _ID, "result": _ref(f"{name}.get")}
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(name: str) -> Schema:
    result = {"type": "array", "items": _ref(f"{name}.get_list")}
    capped = {"type": "boolean", "description": "Whether there are more rows than were counted."}
    properties = {
        "count": {"type": "integer", "description": "All rows that the filters find, counted up to 10,000."},
        "capped": capped,
        "ids": {"type": "array", "items": _ID},
        "result": result,
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def _info() -> Schema:
    objects = {"type": "array", "items": {"type": "object"}}
    properties = {
        "permissions": {"type": "array", "items": {"type": "string"}},
        "add_columns": objects,
        "edit_columns": objects,
        "filters": {"type": "object", "additionalProperties": objects},
        "order_columns": {"type": "array", "items": {"type": "string"}},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def describe(api: str, method: str) -> Schema:
    """Describe one of the six methods of an API class: OpenAPI's operation object."""
    sent = {"required": True, **json(_ref(f"{api}.{method}"), "The record.")}
    match method:
        case "info":
            said: Schema = {
                "summary": "Columns, filters and own rights",
                "responses": _responses(_200=json(_info(), "What can be asked for and written.")),
            }
        case "get_list":
            said = {
                "summary": "List records",
                "parameters": [_query(arguments.LIST_TOLD)],
                "responses": _responses("400", _200=json(_list(api), "A page of records.")),
            }
        case "get":
            said = {
                "summary": "Read a record",
                "parameters": [_KEY, _query(arguments.ITEM)],
                "responses": _responses("400", "404", _200=json(_record(api), "The record.")),
            }
        case "post":
            said = {
                "summary": "Add a record",
                "requestBody": sent,
                "responses": _responses("400", "422", _201=json(_record(api), "The record as it was saved.")),
            }
        case "put":
            stale = {**_MESSAGE, "properties": {**_MESSAGE["properties"], "result": _ref(f"{api}.get")}}
            said = {
                "summary": "Change the fields that are sent",
                "parameters": [_KEY],
                "requestBody": sent,
                "responses": _responses(
                    "400",
                    "404",
                    "422",
                    _200=json(_record(api), "The record as it was saved."),
                    _409=json(stale, "Somebody else has changed the record: here is what is stored now."),
                ),
            }
        case "delete":
            said = {
                "summary": "Delete a record that nothing refers to",
                "parameters": [_KEY],
                "responses": _responses("404", "422", _200=json(_MESSAGE, "It was deleted.")),
            }
        case _:
            raise KeyError(method)
    return {**said, "operationId": f"{api}.{method}", "security": [{"jwt": []}]}


def _text(name: str, place: str, description: str = "", kind: str = "string") -> Schema:
    return {
        "in": place,
        "name": name,
        "required": place == "path",
        "description": description,
        "schema": {"type": kind},
    }


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": list(properties), "properties": properties}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_STRING: Schema = {"type": "string"}
_REPORT = _object(name=_STRING, title=_STRING, summary=_STRING, may_take={"type": "boolean"})
_COLUMNS = _array(_object(title=_STRING, type=_STRING))
_WHOLE_REPORT = _object(
    **_REPORT["properties"],
    parameters=_array(
        _object(name=_STRING, title=_STRING, options=_array(_object(value=_STRING, title=_STRING)))
    ),
    tables=_array(_object(name=_STRING, title=_STRING, columns=_COLUMNS)),
)
_CELL: Schema = {
    "nullable": True,
    "anyOf": [{"type": kind} for kind in ("string", "integer", "number", "boolean")],
}
_ROWS = _object(columns=_COLUMNS, result=_array(_array(_CELL)), more={"type": "boolean"})


def describe_report(method: str) -> Schema:
    """Describe one of the methods that give reports."""
    name = _text("name", "path", "Of the report.")
    match method:
        case "index":
            body, said = _object(result=_array(_REPORT)), "List reports"
            more: Schema = {
                "responses": _responses(_200=json(body, "The reports that the account may read."))
            }
        case "show":
            body, said = _object(result=_WHOLE_REPORT), "Parameters, tables and columns of a report"
            responses = _responses("404", _200=json(body, "What can be asked for and taken."))
            more = {"parameters": [name], "responses": responses}
        case "rows":
            said = "Take rows of a report; its parameters are arguments, too"
            asked = [
                name,
                _text("table", "path", "Of the report."),
                _text("page", "query", "From 0.", "integer"),
                _text("page_size", "query", "100 without it, 1,000 at most.", "integer"),
            ]
            responses = _responses("400", "404", _200=json(_ROWS, "A page of rows."))
            more = {"parameters": asked, "responses": responses}
        case _:
            raise KeyError(method)
    return {"summary": said, **more, "operationId": f"ReportApi.{method}", "security": [{"jwt": []}]}
