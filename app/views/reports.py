"""Reports: on screen for who may read them, as a workbook with a receipt for who may export."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock
from app.core.values import Qualifier
from app.labels import label
from app.reports import REPORTS
from app.reports.base import DEFINITIONS, Asked, Report
from app.views import documents


class ReportView(BaseView):
    """The list of reports, each report's page, and its workbook."""

    route_base = "/reports"
    default_view = "list"
    section: ClassVar[Section] = Section.REPORTS
    icon = "report-analytics"
    list_title: ClassVar[LazyString] = _("Reports")
    method_permission_name = {"list": "read", "show": "read", "export": "export"}

    def __init__(self) -> None:
        """Ask for the rights of the section."""
        self.class_permission_name = self.section.value
        super().__init__()

    @expose("/")
    @has_access
    def list(self) -> str:
        """Name the reports that the person may read."""
        found = [report for report in REPORTS.values() if current().may(Verb.READ, report.section)]
        return self.render_template("reports/list.html", title=self.list_title, view=self, reports=found)

    @expose("/<name>")
    @has_access
    def show(self, name: str) -> str:
        """Show a report."""
        report = _report(name, Verb.READ)
        values = _values(report)
        return self.render_template(
            f"reports/{report.name}.html",
            title=report.title,
            view=self,
            report=report,
            values=values,
            result=report.build(**values),
            may_export=self.may(Verb.EXPORT) and current().may(Verb.EXPORT, report.section),
            may_open=current().may(Verb.READ, Section.EVENTS),
            label=label,
            mixed=Qualifier.MIXED,
            definitions=DEFINITIONS,
        )

    @expose("/<name>/export")
    @has_access
    def export(self, name: str) -> Response:
        """Give a report as a workbook, and write down who took it."""
        report = _report(name, Verb.EXPORT)
        values = _values(report)
        asked = Asked(current().actor, clock.now(), _in_words(report, values))
        return documents.give(
            str(report.title),
            {self.section, report.section},
            "xlsx",
            documents.workbook(lambda book: report.write(book, report.build(**values), asked, report)),
            "\n".join(f"{title}: {value}" for title, value in asked.filters),
        )

    def may(self, verb: Verb) -> bool:
        """Whether the person has a right in this section."""
        return current().may(verb, self.section)


def _report(name: str, verb: Verb) -> Report:
    """Give a report by its name: 404 where there is none, 403 where it isn't for this person."""
    report = REPORTS.get(name) or abort(404)
    if not current().may(verb, report.section):
        abort(403)
    return report


def _values(report: Report) -> dict[str, Any]:
    """Read a report's parameters from the address; 400 for a value that can't be one."""
    try:
        return {one.name: one.read(request.args.get(one.name, "")) for one in report.parameters}
    except ValueError:
        abort(400)


def _in_words(report: Report, values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(one.title), one.said(values[one.name])) for one in report.parameters)
