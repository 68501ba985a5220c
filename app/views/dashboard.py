"""The start page: what is due, what comes next, what is missing, and numbers, as far as the person may see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from werkzeug.wrappers import Response

from app.access import Verb, current
from app.core import clock
from app.core.patience import TooSlowError, within
from app.reports import REPORTS, pictures
from app.reports.declared import Asked, chosen_office
from app.security import signed_in
from app.views import documents
from app.views.start_panels import PANELS, Panel, panels_for
from app.views.working import alone


class DashboardView(BaseView):
    """The page behind the product's name, and its panels."""

    route_base = ""
    default_view = "index"

    @expose("/")
    @signed_in
    def index(self) -> Response | str:
        """Show the panels of the person; those that take longer ask for themselves."""
        shown = [self._context(panel, ready=panel.swift) for panel in panels_for(current())]
        return self.render_template("dashboard.html", panels=shown, alone=alone())

    @expose("/panel/<name>")
    @signed_in
    def panel(self, name: str) -> Response | str:
        """Show one panel: as a part of the start page, or as a page of its own."""
        found = _panel(name)
        page = "dashboard/panel.html" if "HX-Request" in request.headers else "dashboard/page.html"
        try:
            with within(current_app.config["PREVIEW_PATIENCE"]):
                # Some of it is read while it's rendered.
                text = self.render_template(page, **self._context(found, ready=True))
        except TooSlowError:
            report = REPORTS.get(found.report)
            more = report if report and report.allows(Verb.READ) else None
            text = self.render_template(page, late=True, report=more, **self._context(found, ready=False))
        answer = Response(text, mimetype="text/html")
        answer.headers["Vary"] = "Cookie, HX-Request"
        return answer

    @expose("/panel/<name>/export")
    @signed_in
    def export(self, name: str) -> Response:
        """Give the table of a panel as a workbook, and write down who took it.

        Where that takes longer than a page may, the panel says so.
        """
        found = _panel(name)
        if not found.may_take(current()):
            abort(403)
        asked = Asked(current().actor, clock.now(), tuple(chosen_office().items()))
        fill = documents.workbook(lambda book: pictures.write(book, found.build(), asked))

        def write(target: Path) -> int:
            with within(current_app.config["PREVIEW_PATIENCE"]):
                return fill(target)

        try:
            return documents.give(str(found.title), found.needs, "xlsx", write, asked.words)
        except TooSlowError:
            return redirect(url_for("DashboardView.panel", name=name))

    @staticmethod
    def _context(panel: Panel, *, ready: bool) -> dict[str, Any]:
        take = url_for("DashboardView.export", name=panel.name) if panel.may_take(current()) else ""
        return {
            "panel": panel,
            "title": panel.title,
            "content": panel.build() if ready else None,
            "ready": ready,
            "take": take,
        }


def _panel(name: str) -> Panel:
    """Give a panel by its name: 404 where there is none, 403 where it isn't for this person."""
    panel = PANELS.get(name) or abort(404)
    if not panel.is_for(current()):
        abort(403)
    return panel
