"""What a request may say: the argument ``q``, in Rison or JSON, and a JSON body. Anything else is 400."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import prison
from flask import abort, jsonify, make_response, request
from flask_babel import gettext
from jsonschema import Draft202012Validator
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

# The parser of Rison has an error of its own, and beside it fails in whichever way its input makes it fail.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
LONGEST = 10_000
LAST_PAGE = 1_000_000

_NAMES = {"type": "array", "items": {"type": "string"}}


def _list(nothing: dict[str, Any]) -> dict[str, Any]:
    """Describe the arguments of a list. Nothing, as a filter's value, is spelled in two ways."""
    kinds = [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}, nothing]
    condition = {
        "type": "object",
        "additionalProperties": False,
        "required": ["col", "opr", "value"],
        "properties": {"col": {"type": "string"}, "opr": {"type": "string"}, "value": {"anyOf": kinds}},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "columns": _NAMES,
            "filters": {"type": "array", "maxItems": 20, "items": condition},
            "order_column": {"type": "string"},
            "order_direction": {"type": "string", "enum": ["asc", "desc"]},
            "page": {"type": "integer", "minimum": 0, "maximum": LAST_PAGE},
            "page_size": {"type": "integer"},
        },
    }


LIST = _list({"type": "null"})
#: The same for the document: OpenAPI 3.0 knows no type "null".
LIST_TOLD = _list({"type": "string", "nullable": True})
ITEM: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": {"columns": _NAMES}}


@dataclass
class Asked:
    """The arguments of a list: columns, filters, order and page."""

    columns: Sequence[str] = ()
    filters: Sequence[dict[str, Any]] = ()
    order_column: str = ""
    order_direction: str = "asc"
    page: int = 0
    page_size: int = 0


def refuse(code: int, message: Any, **more: Any) -> NoReturn:
    """End the request with a message: text, or texts by field."""
    abort(make_response(jsonify(message=message, **more), code))


def read(schema: dict[str, Any]) -> Asked:
    """Read and check ``q``."""
    text = request.args.get("q", "")
    found = _parsed(text) if text else {}
    if not Draft202012Validator(schema).is_valid(found):
        refuse(400, gettext("The argument q can't be read, or asks for something that doesn't exist."))
    return Asked(**found)


def _parsed(text: str) -> Any:
    if len(text) <= LONGEST:
        try:
            return json.loads(text) if text.lstrip().startswith("{") else prison.loads(text)
        except (*_UNREADABLE, prison.decoder.ParserException):
            pass
    return None


def body() -> dict[str, Any]:
    """Give the JSON object of the request."""
    try:
        found = request.get_json()
    except (BadRequest, UnsupportedMediaType, RecursionError):
        found = None
    if not isinstance(found, dict):
        refuse(400, gettext("The body must be a JSON object, sent as application/json."))
    return found


def chosen(asked: Sequence[str], offered: Sequence[str]) -> tuple[str, ...]:
    """Give the columns that were asked for, in the order of the declaration; all where none was named."""
    for name in asked:
        if name not in offered:
            refuse(400, unknown(name))
    return tuple(name for name in offered if name in asked or not asked)


def unknown(name: str) -> str:
    """Say that a column can't be asked for."""
    return gettext("“%(name)s” can't be asked for here.", name=name)
