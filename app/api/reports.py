"""Reports for programs: which there are, what narrows them, and their rows, a page at a time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, cast

from flask import Response, abort, request
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.security.decorators import permission_name, protect
from flask_babel import gettext
from flask_babel.speaklater import LazyString

from app.access import Section, Verb
from app.api.base.arguments import LAST_PAGE, refuse, unknown
from app.api.base.operations import RESPONSES, describe_report
from app.api.base.refusals import Refusals
from app.core import clock
from app.core.db import db
from app.core.excel import Kind
from app.core.values import Quantity, display
from app.labels import SECTIONS
from app.reports import REPORTS
from app.reports.base import Parameter, Report, Table
from app.reports.declared import LANGUAGE, strange
from app.services import receipts

PAGE, MOST = 100, 1_000  # rows of a page
_BESIDE = ("page", "page_size", LANGUAGE)  # what may be asked for beside a report's parameters


class ReportApi(Refusals, BaseApi):
    """The catalogue of reports. Who takes rows needs the right to take them out, and leaves a receipt for each page."""

    resource_name = "reports"
    openapi_spec_tag = "reports"
    heading: ClassVar[LazyString] = SECTIONS["reports"]
    class_permission_name = Section.REPORTS.value
    method_permission_name = {"index": "read", "show": "read", "rows": "export"}
    responses = RESPONSES
    _apispec_parameter_schemas: Any = {}

    @expose("/", methods=("GET",))
    @protect()
    @permission_name("index")
    def index(self) -> Response:
        """Name the reports that the person may read."""
        found = [_named(report) for report in REPORTS.values() if report.allows(Verb.READ)]
        return self.response(200, result=found)

    @expose("/<name>", methods=("GET",))
    @protect()
    @permission_name("show")
    def show(self, name: str) -> Response:
        """Tell by what a report is narrowed, and which tables of it the person may take."""
        report = _report(name, Verb.READ)
        tables = report.tables(report.build(**report.values({}))) if report.allows(Verb.EXPORT) else ()
        told = {
            **_named(report),
            "parameters": [_told(one) for one in report.parameters],
            "tables": [
                {"name": one.name, "title": str(one.title), "columns": _columns(one)} for one in tables
            ],
        }
        return self.response(200, result=told)

    @expose("/<name>/<table>", methods=("GET",))
    @protect()
    @permission_name("rows")
    def rows(self, name: str, table: str) -> Response:
        """Give a page of a table's rows, and write down who took it."""
        report = _report(name, Verb.EXPORT)
        page, size = _paging(request.args)
        values = _values(report)
        try:
            found = report.table(values, table)
        except KeyError:
            abort(404)
        rows = list(found.part(page * size, size + 1))
        lines = [
            [_plain((one.raw or one.value)(row), one.kind) for one in found.columns] for row in rows[:size]
        ]
        told = {"columns": _columns(found), "result": lines, "more": len(rows) > size}
        said = report.asked(clock.now(), values).words
        sent = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "rows.json"
            file.write_bytes(sent)
            receipts.write(
                title=f"{report.title} – {found.title}",
                sections=report.sections,
                fmt="json",
                rows=len(lines),
                file=file,
                filters="\n".join([said, f"{gettext('Page')}: {page}"]).strip(),
            )
        db.session.commit()
        return Response(sent, mimetype="application/json; charset=utf-8")

    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        methods: Any = (),
        func: Any = None,
        **_more: Any,
    ) -> None:
        """Describe a route in the OpenAPI document."""
        for method in methods:
            cast("dict[str, Any]", operations)[method.lower()] = describe_report(func.__name__)


def _report(name: str, verb: Verb) -> Report:
    """Give a report by its name: 404 where there is none, 403 where it isn't for this person."""
    report = REPORTS.get(name) or abort(404)
    if not report.allows(verb):
        abort(403)
    return report


def _values(report: Report) -> dict[str, Any]:
    """Read the parameters; 400 for a value that can't be one, and for one that the report doesn't have."""
    for name in strange(report.parameters, request.args):
        if name not in _BESIDE:
            refuse(400, unknown(name))
    try:
        return report.values(request.args)
    except ValueError as error:
        refuse(400, unknown(str(error)))


def _paging(given: Mapping[str, str]) -> tuple[int, int]:
    page, size = given.get("page", "0"), given.get("page_size", str(PAGE))
    for name, text, most in (("page", page, LAST_PAGE), ("page_size", size, MOST)):
        if not (
            text.isascii() and text.isdecimal() and len(text) < len(str(LAST_PAGE)) + 1 and int(text) <= most
        ):
            refuse(400, unknown(f"{name} {text}"))
    return int(page), max(int(size), 1)


def _named(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "title": str(report.title),
        "summary": str(report.summary),
        "may_take": report.allows(Verb.EXPORT),
    }


def _told(one: Parameter) -> dict[str, Any]:
    options = [{"value": str(one.key(value)), "title": display(value)} for value in one.options()]
    return {"name": one.name, "title": str(one.title), "options": options}


def _columns(table: Table) -> list[dict[str, str]]:
    return [{"title": str(column.heading), "type": column.kind.type} for column in table.columns]


def _plain(value: Any, kind: Kind) -> Any:  # noqa: PLR0911 - one line a type
    """Write a value as the API does everywhere: sets by their stored values, decimals as text, moments in UTC."""
    if isinstance(value, Quantity):
        value = Decimal(value.number)
    match value:
        case Decimal() if kind is Kind.INTEGER and not value % 1:
            return int(value)
        case None | bool() | int() | str():
            return value
        case Enum():
            return value.value
        case list():
            return [_plain(one, kind) for one in value]
        case Decimal():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return display(value)
