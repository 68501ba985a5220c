"""Reports: on screen for who may read them, as a workbook with a receipt for who may export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from flask import abort, current_app, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock
from app.core.patience import TooSlowError, within
from app.core.values import Qualifier
from app.labels import label
from app.reports import REPORTS
from app.reports.base import DEFINITIONS, Asked, Report
from app.reports.declared import LANGUAGE, strange
from app.reports.tables.base import Preview
from app.reports.tables.cells import numeric
from app.reports.tables.parameters import MOST
from app.services import downloads
from app.views import arguments, documents
from app.views.background import asked_later
from app.views.lookups import PAGE, offered

SLOWER = 2  # times fewer rows are printed at once: a thousand take up to a second


class ReportView(BaseView):
    """The list of reports, each report's page, and its workbook."""

    route_base = "/reports"
    default_view = "list"
    section: ClassVar[Section] = Section.REPORTS
    icon = "report-analytics"
    list_title: ClassVar[LazyString] = _("Reports")
    method_permission_name = {
        "list": "read",
        "choices": "read",
        "show": "read",
        "export": "export",
        "table": "export",
        "paper": "export",
    }

    def __init__(self) -> None:
        """Ask for the rights of the section."""
        self.class_permission_name = self.section.value
        super().__init__()

    @expose("/")
    @has_access
    def list(self) -> str:
        """Name the reports that the person may read."""
        found = [report for report in REPORTS.values() if report.allows(Verb.READ)]
        return self.render_template("reports/list.html", title=self.list_title, view=self, reports=found)

    @expose("/<name>")
    @has_access
    def show(self, name: str) -> str:
        """Show a report."""
        report = _report(name, Verb.READ)
        values = _values(report)
        may_export = report.allows(Verb.EXPORT)
        read = _read(report, values)
        result, previews = read or (None, ())
        return self.render_template(
            (report.template or f"reports/{report.name}.html") if read else "reports/late.html",
            title=report.title,
            view=self,
            report=report,
            values=values,
            most=MOST,
            keys=report.keys(values),
            result=result,
            previews=previews,
            charts=any(one.drawn for one in previews),
            may_export=may_export,
            tables=report.tables(result) if may_export and read else (),
            may_open=current().may(Verb.READ, Section.EVENTS),
            label=label,
            mixed=Qualifier.MIXED,
            definitions=DEFINITIONS,
            numeric=numeric,
        )

    @expose("/<name>/choices/<parameter>")
    @has_access
    def choices(self, name: str, parameter: str) -> Response:
        """Give a page of the records by which a report is narrowed, as a remote select asks for them."""
        found = {one.name: one.find for one in _report(name, Verb.READ).parameters}
        find = found.get(parameter) or abort(404)
        typed, page = arguments.text(request.args.get("q", "")), arguments.number("page")
        return offered(find(typed, page * PAGE, PAGE + 1))

    @expose("/<name>/export")
    @has_access
    def export(self, name: str) -> Response:
        """Give a report as a workbook, and write down who took it."""
        report = _report(name, Verb.EXPORT)
        values = _values(report)
        asked = report.asked(clock.now(), values)
        locale = str(get_locale() or "de")
        return _later(report, values, "xlsx", asked) or self._give(
            report, "xlsx", asked, lambda target: report.write_workbook(target, values, asked, locale)
        )

    @expose("/<name>/export.pdf")
    @has_access
    def paper(self, name: str) -> Response:
        """Give a report as a PDF, where print is usual, and write that down."""
        report = _report(name, Verb.EXPORT)
        if report.prints is None:
            abort(404)
        values = _values(report)
        asked = report.asked(clock.now(), values)
        return _later(report, values, "pdf", asked) or self._give(
            report, "pdf", asked, lambda target: report.write_paper(target, values, asked)
        )

    @expose("/<name>/export/<table>.csv")
    @has_access
    def table(self, name: str, table: str) -> Response:
        """Give one of its tables as a .csv, and write that down, too."""
        report = _report(name, Verb.EXPORT)
        values = _values(report)
        asked = report.asked(clock.now(), values)
        try:
            later = _later(report, values, "csv", asked, table)
            if later:
                return later
            found = report.table(values, table)
        except KeyError:
            abort(404)
        return self._give(report, "csv", asked, found.write, f"{report.title} – {found.title}")

    @staticmethod
    def _give(
        report: Report, fmt: str, asked: Asked, write: Callable[[Path], int], title: str = ""
    ) -> Response:
        return documents.give(title or str(report.title), report.sections, fmt, write, asked.words)


def _read(report: Report, values: dict[str, Any]) -> tuple[Any, Sequence[Preview]] | None:
    """Read what a report's page shows; None where that takes longer than a page may."""
    try:
        with within(current_app.config["PREVIEW_PATIENCE"]):
            result = report.build(**values)
            return result, result.previews() if report.stream else ()
    except TooSlowError:
        return None


def _later(
    report: Report, values: dict[str, Any], fmt: str, asked: Asked, sheet: str = ""
) -> Response | None:
    """Have a report made in the background where that takes longer than a moment. Raises KeyError for a strange sheet.

    One of rows is judged by their number; any other is read to see how long that takes.
    """
    title = str(report.title)
    if report.stream is not None and sheet:
        title = f"{title} – {report.table(values, sheet).title}"
    parameters = {name: str(key) for name, key in report.keys(values).items() if key is not None}
    wanted = downloads.Asked(
        title, report.name, parameters, fmt, str(get_locale() or "de"), sheet, asked.words
    )

    def count(most: int) -> int:
        found = report.build(**values)
        return 0 if report.stream is None else int(found.size(most, sheet))

    limit = current_app.config["DOWNLOAD_ROWS"] // (SLOWER if fmt == "pdf" else 1)
    return asked_later(wanted, count, limit)


def _report(name: str, verb: Verb) -> Report:
    """Give a report by its name, which reads once: 404 where there is none, 403 where it isn't for this person."""
    report = REPORTS.get(name) or abort(404)
    if not report.allows(verb):
        abort(403)
    return replace(report, build=cache(report.build))


def _values(report: Report) -> dict[str, Any]:
    """Read a report's parameters from the address; 400 for a value that can't be one, or a strange parameter."""
    if strange(report.parameters, request.args.keys() - {LANGUAGE}):
        abort(400)
    try:
        return report.values(request.args)
    except ValueError:
        abort(400)
