"""Reports by mail: which of them a person has set up, for whom, and what became of the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from app.access import Section, Verb
from app.core import clock
from app.core.db import db, find
from app.core.rules import RuleBrokenError
from app.labels import label
from app.models.schedules import ReportSchedule, Rhythm
from app.queries import schedules as queries
from app.reports import REPORTS
from app.reports.base import Report
from app.security import signed_in
from app.services import downloads


class ScheduleForm(FlaskForm):
    """How often, in which format, and to whom."""

    rhythm = RadioField(_("How often"), [InputRequired()], default=Rhythm.WEEKLY.value)
    fmt = RadioField(label("Receipt", "format"), [InputRequired()], default="xlsx")
    people = SelectMultipleField(_("Who gets it"), coerce=int, option_widget=CheckboxInput())

    def __init__(self, report: Report, item: ReportSchedule | None = None) -> None:
        """Offer the colleagues who may take the report out, and who is on the list and no longer may."""
        chosen = [one.person_id for one in item.recipients] if item else []
        kept = {"rhythm": item.rhythm.value, "fmt": item.fmt, "people": chosen} if item else {}
        super().__init__(data=kept)
        self.fmt.choices = list(_formats(report))
        self.rhythm.choices = [(one.value, str(one)) for one in Rhythm]
        people = {one.id: str(one) for one in downloads.allowed(_about(report))}
        people |= (
            {one.person_id: one.name for one in item.recipients if one.person_id not in people}
            if item
            else {}
        )
        self.people.choices = list(people.items())

    @property
    def wanted(self) -> downloads.Wanted:
        """What was chosen."""
        return downloads.Wanted(Rhythm(self.rhythm.data), self.fmt.data, tuple(self.people.data or ()))

    def show(self, error: RuleBrokenError) -> None:
        """Put each problem at its field."""
        for problem in error.problems:
            self[problem.field].errors = [*self[problem.field].errors, problem.message]


class SchedulesView(BaseView):
    """The page of the reports that a person has made again and again; nobody else changes them."""

    route_base = "/schedules"
    default_view = "index"
    list_title = _("Reports by mail")

    @expose("/")
    @signed_in
    def index(self) -> str:
        """Show them, with what became of the last one for each recipient."""
        rows = db.session.scalars(queries.listed()).all()
        return self.render_template(
            "downloads/schedules.html", title=self.list_title, rows=rows, reasons=downloads.reasons(rows)
        )

    @expose("/new/<name>", methods=["GET", "POST"])
    @signed_in
    def new(self, name: str) -> Response | str:
        """Set up a report with the filters that the address names."""
        report = _report(name)
        try:
            values = report.values(request.args)
        except ValueError:
            abort(400)
        keys: dict[str, Any] = {one: str(key) for one, key in report.keys(values).items() if key is not None}
        words = report.asked(clock.now(), values).words
        asked = downloads.Asked(str(report.title), name, keys, "xlsx", "", words=words)
        form = ScheduleForm(report)
        back = url_for("ReportView.show", name=name, **keys)
        return self._form(
            form,
            report,
            words,
            back,
            lambda: downloads.schedule(asked, form.wanted, _about(report), clock.today()),
        )

    @expose("/<pk>", methods=["GET", "POST"])
    @signed_in
    def edit(self, pk: str) -> Response | str:
        """Change how often it's made, and for whom."""
        item = _found(pk)
        report = _report(item.report)
        form = ScheduleForm(report, item)
        return self._form(
            form,
            report,
            item.words,
            url_for(".index"),
            lambda: downloads.change(item, form.wanted, _about(report), clock.today()),
        )

    @expose("/<pk>/<act>", methods=["POST"])
    @signed_in
    def act(self, pk: str, act: str) -> Response:
        """Let one rest, go on, or end."""
        item = _found(pk)
        if act not in {"pause", "resume", "remove"}:
            abort(404)
        if act == "remove":
            db.session.delete(item)
        else:
            downloads.switch(item, clock.today(), on=act == "resume")
        db.session.commit()
        return redirect(url_for(".index"))

    def _form(
        self, form: ScheduleForm, report: Report, words: str, back: str, keep: Callable[[], Any]
    ) -> Response | str:
        if form.validate_on_submit():
            try:
                keep()
                db.session.commit()
            except RuleBrokenError as error:
                db.session.rollback()
                form.show(error)
            else:
                flash(gettext("It was saved. The next one is made in the night before its day."), "success")
                return redirect(url_for(".index"))
        return self.render_template(
            "downloads/schedule.html",
            title=gettext("“%(report)s” by mail", report=report.title),
            view=self,
            form=form,
            words=words,
            back=back,
        )


def _report(name: str) -> Report:
    """Give a report that the person may take out: 404 where there's none, 403 without the right."""
    report = REPORTS.get(name) or abort(404)
    if not report.allows(Verb.EXPORT):
        abort(403)
    return report


def _found(pk: str) -> ReportSchedule:
    found: ReportSchedule = find(ReportSchedule, pk) or abort(404)
    return found


def _about(report: Report) -> set[Section]:
    """Give the sections whose right of export a recipient needs."""
    return {Section.REPORTS, report.section}


def _formats(report: Report) -> Iterator[tuple[str, str]]:
    """Give what a report can be made as. A .csv holds one table: its name says which, where there are more."""
    yield "xlsx", "Excel"
    tables = report.tables(report.build(**report.values({})))
    if len(tables) > 1:
        yield "csv", gettext("CSV: only the first table, “%(table)s”", table=tables[0].title)
    elif tables:
        yield "csv", "CSV"
    if report.prints is not None:
        yield "pdf", "PDF"
