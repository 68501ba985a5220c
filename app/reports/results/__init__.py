"""The result of an event in one click: what was counted or reported, as a sheet, a PDF, and a text for the press."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.reports.base import Report
from app.reports.results import workbook
from app.reports.results.facts import Line, Result, build
from app.reports.results.paper import print_result
from app.reports.results.press import paragraph

#: It's of one event, so it stands on the event's page and not among the reports.
REPORT = Report(
    name="result",
    title=_("Result"),
    summary=_("What the gong counted, or was reported, with its sources."),
    build=build,
    write=workbook.write,
    section=Section.CONTRACTS,
)

__all__ = ["REPORT", "Line", "Result", "build", "paragraph", "print_result"]
