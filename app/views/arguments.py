"""What the URL of a list may ask for. Anything else is answered with 400, never with an error of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask, abort, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.core.db import key_of
from app.queries.pages import Neighbour
from app.views.fields import EnumInput, RemoteSelect, find
from app.views.rows import Rows

_FILTER = re.compile(r"_flt_(\d{1,2})_(\w+)")
#: A link to the page behind a row, or before it, names that row besides the page's number.
AFTER, BEFORE = "after", "before"
_OURS = re.compile(r"q|view|(_flt_\d{1,2}|_oc|_od|page|psize)_\w+")
#: The ends of endpoints whose forms take files.
TAKE_FILES = (
    ".add",
    ".edit",
    "DeskPage.scan",
    "ReportPages.report",
    "AnswersView.answer",
    "AnswersView.decide",
)
MAX_OFFSET = 1_000_000
LONGEST_TEXT = 500  # longer than any name
LONGEST = 8_000  # signs of an address that is kept


def register(app: Flask) -> None:
    """Refuse bodies that pages don't take, before a form tries to read them."""
    app.before_request(_check_body)


def _check_body() -> None:
    if request.path.startswith("/api/") or request.method == "GET":
        return
    takes_files = str(request.endpoint).endswith(TAKE_FILES)
    if request.is_json or (request.files and not takes_files):
        abort(415)


@dataclass
class Arguments:
    """Filters as (column, index of the filter, values), the search box, order and page."""

    filters: list[tuple[str, int, list[str]]] = field(default_factory=list)
    search: str = ""
    order_column: str = ""
    order_direction: str = ""
    page: int = 0
    page_size: int = 0


def read(view: Any, sent: MultiDict[str, str] | None = None) -> Arguments:
    """Read and check the arguments of a view's list: those of the address, or others that were ``sent``."""
    name = type(view).__name__
    args = request.args if sent is None else sent
    asked = Arguments(
        search=text(args.get("q", "")),
        order_column=args.get(f"_oc_{name}", ""),
        order_direction=args.get(f"_od_{name}", "asc"),
        page=number(f"page_{name}", args),
        page_size=number(f"psize_{name}", args),
    )
    if asked.order_column and asked.order_column not in view.order_columns:
        abort(400)
    if asked.order_direction not in {"asc", "desc"}:
        abort(400)
    offered = view._filters.get_search_filters()  # noqa: SLF001 - FAB's name for it
    for key in args:
        match = _FILTER.fullmatch(key)
        if match is None:
            if key.startswith("_flt_"):
                abort(400)
            continue
        index, column = int(match[1]), match[2]
        if column not in offered or index >= len(offered[column]):
            abort(400)
        asked.filters.append((column, index, [text(value) for value in args.getlist(key)]))
    return asked


def beside(view: Any) -> Neighbour | None:
    """Read which row lies beside the page, as the link to it says; 400 for what can't be one."""
    for name in (AFTER, BEFORE):
        said = request.args.get(f"{name}_{type(view).__name__}")
        if said is not None:
            key, version = (key_of(part) for part in said.partition(".")[::2])
            if key is None or version is None:
                abort(400)
            return Neighbour(key, version, before=name == BEFORE)
    return None


def kept() -> dict[str, list[str]]:
    """Give what the page's address asks of lists, for links to more of the same; nothing else goes on."""
    return {name: values for name, values in request.args.lists() if _OURS.fullmatch(name)}


def parsed(query: str) -> MultiDict[str, str]:
    """Read what stands after the "?" of a list's address, without what no list knows, and without the page."""
    if len(query) > LONGEST:
        abort(400)
    pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=200)
    return MultiDict(pair for pair in pairs if _OURS.fullmatch(pair[0]) and not pair[0].startswith("page_"))


def written(sent: Mapping[str, Sequence[str]] | MultiDict[str, str]) -> str:
    """Write arguments as they stand in an address."""
    return urlencode(list(MultiDict(sent).items(multi=True)))


def fits(view: Any, query: str) -> bool:
    """Whether a list still understands what was once its address: columns come and go."""
    try:
        read(view, parsed(query))
    except HTTPException:
        return False
    return True


def prefill(form: Any) -> None:
    """Set what the URL names: ?organisation=5 or ?parties.organisation=5, as far as it can be seen; ?kind=task."""
    for name, value in request.args.items():
        collection, _dot, column = name.rpartition(".")
        where = form
        if collection:
            parts = form._fields.get(collection)
            if not isinstance(parts, Rows) or not parts.entries:
                continue
            where = parts.entries[0].form
        form_field = where._fields.get(column)
        if isinstance(form_field, RemoteSelect):
            form_field.data = find(form_field.model, value)
        elif isinstance(form_field, EnumInput):
            named = [member for member in form_field.members if member.value == value]
            form_field.data = named[0] if named else form_field.data


def text(value: str) -> str:
    """Refuse what no database takes: PostgreSQL has no NUL."""
    if "\x00" in value or len(value) > LONGEST_TEXT:
        abort(400)
    return value


def number(name: str, sent: MultiDict[str, str] | None = None) -> int:
    """Read a number that isn't negative, 0 where there's none; 400 for what is none."""
    value = (request.args if sent is None else sent).get(name, "0")
    plain = value.isascii() and value.isdecimal() and len(value) <= len(str(MAX_OFFSET))
    if not plain or int(value) > MAX_OFFSET:
        abort(400)
    return int(value)
