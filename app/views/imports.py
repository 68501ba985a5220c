"""Imports: bring a file, say what its columns hold, look at what would happen, and let it happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock, queue
from app.core.db import db, key_of
from app.core.rules import RuleBrokenError
from app.models.imports import FAULTS, Import, ImportKind, ImportStatus
from app.services import importing
from app.services.importing.columns import by_preset, fits, guess
from app.views.assigning import AssignForm, assign_form
from app.views.base import Button, OfficeView
from app.views.forms import OfficeForm
from app.views.groups import RECORD, columns
from app.views.tables import Table

SAMPLE = 3  # rows that are shown of a file
LOOKED_AT = 50  # rows that are looked at to guess
#: After so long nobody is at work on an import any more, and it may be asked for once more.
STALE = timedelta(minutes=10)

GROUPS = [
    (_("File"), ["newsletter", "kind", "file", "file_name", "created_at", "rows", "sha256"]),
    (_("Consent"), ["consent", "basis", "consented_on", "source", "language"]),
    (_("Result"), ["status", "rejected", "done_at"]),
]


class ImportView(OfficeView):
    """Who brought which file when, and what became of it. The steps of an import lead from page to page."""

    route_base = "/imports"
    section = Section.SUBSCRIBERS
    icon = "file-spreadsheet"
    datamodel = Table(Import, "newsletter", "office")
    list_title = _("Imports")
    add_title = _("New import")
    add_row_message = _("The file is here. Nothing is imported yet.")

    groups = (*GROUPS, RECORD)
    list_columns = ["file_name", "created_at", "created_by", "newsletter", "kind", "status", "rows", "office"]
    show_columns = [
        *columns(GROUPS, without=["file"]), "created_by", "office", "changed_by", "changed_at",
    ]  # fmt: skip
    add_columns = ["newsletter", "kind", "file"]
    search_columns = ["file_name", "newsletter", "kind", "status", "created_by", "office"]
    base_order = ("created_at", "desc")
    badges = ["status", "kind"]
    contact_columns = ["newsletter"]
    panel_template = "imports/outcomes.html"
    method_permission_name = {**OfficeView.method_permission_name, "assign": "write", "apply": "write"}

    # --- the file ---------------------------------------------------------------------------------------------
    def before_save(self, item: Import, *, new: bool) -> None:
        """Read the file: one that can't be is refused here, and nothing else is lost."""
        importing.take(item)

    def _next(self, item: Any, form: OfficeForm) -> str:
        return url_for("ImportView.assign", pk=item.id)

    # --- its columns ------------------------------------------------------------------------------------------
    @expose("/assign/<pk>", methods=["GET", "POST"])
    @has_access
    def assign(self, pk: str) -> Response | str:
        """Ask what the columns hold and by which right people are written to; then check the rows."""
        item = self.item(pk, writing=True)
        if item.status not in {ImportStatus.UPLOADED, ImportStatus.CHECKED} or not item.file:
            return redirect(self.url_after(item))
        sheet = importing.opened(item)
        form = assign_form(item, sheet.headings)
        rows = [cells for _number, cells in islice(sheet.rows(), LOOKED_AT)]
        if request.method != "POST":
            form.fill(item, self._assigned(item, sheet.headings, rows))
        elif form.validate() and self._check(item, form):
            return redirect(self.url_after(item))
        return self.render_template(
            "imports/assign.html",
            title=gettext("What do the columns hold?"),
            view=self,
            item=item,
            form=form,
            sheet=sheet,
            sample=rows[:SAMPLE],
            presets=importing.presets(item),
        )

    def _assigned(self, item: Import, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
        """Begin with the preset that was asked for, what was assigned before, a preset that fits, or a guess."""
        kept = importing.presets(item)
        asked = key_of(request.args.get("preset", ""))
        chosen = next((one for one in kept if one.id == asked), None)
        if chosen is not None:
            return by_preset(headings, chosen.columns)
        if item.columns:
            return list(item.columns)
        fitting = next((one for one in kept if fits(headings, one.columns)), None)
        if fitting is not None:
            flash(gettext("The columns are assigned as in “%(name)s”.", name=fitting.name), "info")
            return by_preset(headings, fitting.columns)
        return guess(item.kind, headings, rows)

    def _check(self, item: Import, form: AssignForm) -> bool:
        try:
            form.write(item)
            importing.check(item, clock.now(), str(get_locale() or "de"))
            if form.preset_name.data:
                importing.keep_preset(item, form.preset_name.data)
            db.session.commit()
        except RuleBrokenError as error:
            db.session.rollback()
            form.show(error.problems)
            return False
        return True

    # --- what happens -----------------------------------------------------------------------------------------
    def panel(self, item: Import) -> dict[str, Any] | None:
        """Show what would become of the rows, or what has."""
        return {
            "outcomes": [(one, count, one in FAULTS) for one, count in item.outcomes],
            "running": item.status is ImportStatus.RUNNING,
            "checked": item.status is ImportStatus.CHECKED,
        }

    def _filled_in(self, item: Import, column: str) -> bool:
        """A file of bounces brings nobody in, so it has no language."""
        of_people = column != "language" or item.kind is ImportKind.SUBSCRIBERS
        return of_people and super()._filled_in(item, column)

    def buttons(self, item: Import) -> Iterator[Button]:
        """Offer the next step."""
        if not (self.may(Verb.WRITE) and self.writes(item) and item.file):
            return
        if item.status in {ImportStatus.UPLOADED, ImportStatus.CHECKED}:
            yield Button(_("Assign the columns"), url_for("ImportView.assign", pk=item.id))
        if _may_run(item):
            yield Button(_("Import now"), url_for("ImportView.apply", pk=item.id), post=True)

    @expose("/apply/<pk>", methods=["POST"])
    @has_access
    def apply(self, pk: str) -> Response:
        """Let the import happen, in the background."""
        item = self.item(pk, writing=True)
        if _may_run(item):
            item.status = ImportStatus.RUNNING
            item.changed_at = clock.now()
            queue.after_commit("imports.apply", item.id, current().staff_id)
            db.session.commit()
        return redirect(self.url_after(item))


def _may_run(item: Import) -> bool:
    """Whether an import can begin: it was checked, or one that began has come to nothing."""
    if not item.file:
        return False
    stale = item.status is ImportStatus.RUNNING and clock.now() - item.changed_at > STALE
    return stale or (item.status is ImportStatus.CHECKED and item.changes > 0)
