"""Templates of events, and the page on which one is applied to an event that exists."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.labels import label
from app.models.events import Event
from app.models.templates import TARGETS, EventTemplate
from app.services import planning
from app.views.base import OfficeView
from app.views.eventpages import EventPage
from app.views.fields import Needed, RemoteSelect
from app.views.forms import OfficeForm
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Template"), ["name", "description", "shared"]),
    (_("Targets"), list(TARGETS)),
    (_("Tasks"), ["tasks"]),
    (_("Trading corners"), ["corners"]),
]
COLUMNS = columns(GROUPS)


class TemplateView(OfficeView):
    """Plans from which events are made."""

    route_base = "/templates"
    section = Section.EVENTS
    icon = "template"
    datamodel = Table(EventTemplate, "office")
    list_title = _("Templates")
    add_title = _("New template")

    rows = {"tasks": ["days_from_event", "subject", "text"], "corners": ["name", "category"]}
    groups = (*GROUPS, RECORD)
    bulk_changes = ("shared",)
    list_columns = ["name", "description", "shared", "office"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = ["name", "description", "shared", "office", "tasks", "corners", "changed_at"]
    base_order = ("name", "asc")
    badges = ["shared"]


class TemplateForm(OfficeForm):
    """Which template."""

    template = RemoteSelect(
        EventTemplate,
        label("Event", "template"),
        validators=[Needed()],
        url=lambda: url_for("EventView.lookup", path="template"),
    )


class ApplyTemplatePage(EventPage):
    """Show what a template would add to an event, and add it."""

    route_base = "/event-template"
    section = Section.EVENTS
    verb = Verb.WRITE
    method_permission_name = {"show": "write"}
    page_title = _("Apply a template")
    icon = "template"

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    def show(self, pk: str) -> Response | str:
        """Ask for the template, show what it adds, and add that."""
        event = self.event(pk)
        sent = request.form if request.method == "POST" else request.args
        form = TemplateForm(formdata=sent or None, obj=event)
        chosen = form.template.data if not sent or form.template.validate(form) else None
        if request.method == "POST" and chosen is not None and form.validate():
            try:
                added = planning.apply(event, chosen)
                db.session.commit()
            except RuleBrokenError as error:
                db.session.rollback()
                form.show(error.problems)
            else:
                flash(_said(added), "success")
                return redirect(url_for("EventView.show", pk=event.id))
        more = self._shown(event, planning.missing(event, chosen)) if chosen is not None else {}
        return self.page("events/template.html", event, form=form, chosen=chosen, **more)

    @staticmethod
    def _shown(event: Event, added: planning.Missing) -> dict[str, Any]:
        due = {task.id: planning.due(event.starts_on, task.days_from_event) for task in added.tasks}
        return {"added": added, "due": due}


def _said(added: planning.Missing) -> str:
    """Say what was added to an event."""
    if not added:
        return gettext("The event already had everything of this template.")
    parts = [
        ngettext("%(num)s task", "%(num)s tasks", len(added.tasks)) if added.tasks else "",
        ngettext("%(num)s corner", "%(num)s corners", len(added.corners)) if added.corners else "",
        ngettext("%(num)s target", "%(num)s targets", len(added.targets)) if added.targets else "",
    ]
    return gettext("Added: %(what)s.", what=", ".join(filter(None, parts)))
