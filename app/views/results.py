"""The result of an event: what was counted and frozen, or reported; as a sheet, as a PDF, and for the press."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import force_locale, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.models.events import Event
from app.models.figures import Figure
from app.models.languages import Language
from app.queries import figures as queries
from app.reports import results as reports
from app.reports.base import Asked
from app.services import figures
from app.services.evening import results
from app.views import documents
from app.views.cells import view_of
from app.views.eventpages import EventPage

LANGUAGES = (Language.GERMAN, Language.ENGLISH)
#: What a sheet may hold: a count of contracts, and reported figures.
ABOUT = (Section.CONTRACTS, Section.FIGURES)


class ResultPage(EventPage):
    """What became of an event in numbers, for who announces, reports and files them."""

    route_base = "/result"
    section = Section.CONTRACTS
    method_permission_name = {"show": "read", "export": "export", "report": "write"}
    page_title = _("Result")
    icon = "certificate"

    @expose("/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """Show the last count that was frozen, or else what was reported, and what is made of it."""
        event = self.event(pk)
        result, now = reports.build(event), results.count(event)
        frozen = result.frozen.count if result.frozen else None
        return self.page(
            "events/result.html",
            event,
            result=result,
            now=now,
            later=results.later(frozen, now) if frozen else 0,
            gone=results.later(now, frozen) if frozen else 0,
            reported=_reported(event),
            figures=view_of(Figure),
            press=[(one, reports.paragraph(result, one.value)) for one in LANGUAGES] if result.lines else [],
            languages=sorted(LANGUAGES, key=lambda one: one.value != str(get_locale())),
            may_freeze=current().may(Verb.WRITE, Section.CONTRACTS),
            may_report=current().may(Verb.WRITE, Section.FIGURES),
            may_export=_may_export(),
        )

    @expose("/<pk>/<any(xlsx, pdf):fmt>", methods=["GET"])
    @has_access
    def export(self, pk: str, fmt: str) -> Response:
        """Give the result sheet, in the language that the address names or else the page's."""
        event = self.event(pk)
        if not _may_export():
            abort(403)
        language = request.args.get("language", str(get_locale()))
        if language not in {one.value for one in LANGUAGES}:
            abort(400)
        result = reports.build(event)
        if not result.lines:
            abort(404)
        with force_locale(language):
            asked = Asked(current().actor, clock.now())
            fill = documents.workbook(partial(_fill, result, asked))
            write = fill if fmt == "xlsx" else partial(_print, result, asked.at)
            title = f"{reports.REPORT.title} {event}"[:200]
            return documents.give(title, ABOUT, fmt, write, f"{gettext('Event')}: {event}")

    @expose("/<pk>/figures", methods=["POST"])
    @has_access
    def report(self, pk: str) -> Response:
        """Write what was frozen last as reported figures."""
        event = self.event(pk)
        if not current().may(Verb.WRITE, Section.FIGURES):
            abort(403)
        frozen = results.latest(event)
        if frozen is None:
            abort(404)
        written = figures.report(frozen, by=current().actor, at=clock.now())
        db.session.commit()
        self._tell(written)
        return redirect(self.address(event))

    @staticmethod
    def _tell(written: list[Figure]) -> None:
        """Say what was written, and which of it isn't chosen for reports because something else is."""
        if not written:
            flash(gettext("These figures stand there already: nothing was written."), "info")
            return
        said = ngettext("%(num)s figure was written.", "%(num)s figures were written.", len(written))
        others = ", ".join(str(one.measure) for one in written if not one.chosen)
        if others:
            said += " " + gettext("Another figure stays chosen for reports: %(measures)s.", measures=others)
        flash(said, "success")


def _reported(event: Event) -> list[Figure]:
    if not current().reads(Figure):
        return []
    return list(db.session.scalars(queries.of_event(event.id)))


def _may_export() -> bool:
    return all(current().may(Verb.EXPORT, one) for one in ABOUT)


def _print(result: reports.Result, at: datetime, target: Path) -> int:
    reports.print_result(result, at, target)
    return len(result.lines)


def _fill(result: reports.Result, asked: Asked, book: Any) -> int:
    return reports.REPORT.write(book, result, asked, reports.REPORT)
