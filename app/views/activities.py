"""Activities: what happened, and what is due."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb
from app.core import clock
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.activities import Activity
from app.security import local_target
from app.services import activities
from app.views.base import Button, OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("What happened"), ["kind", "subject", "text", "happened_on"]),
    (_("About whom or what"), ["organisation", "contact", "event", "contract"]),
    (_("Task"), ["due_on", "days_from_event", "assignee", "done_at"]),
]
COLUMNS = columns(GROUPS)


class ActivityView(OfficeView):
    """Notes, calls, mails, meetings and tasks."""

    route_base = "/activities"
    section = Section.ACTIVITIES
    icon = "checklist"
    datamodel = Table(Activity, "organisation", "contact", "assignee")
    list_title = _("Activities")
    add_title = _("New activity")
    groups = (*GROUPS, RECORD)
    bulk_changes = ("done_at", "due_on", "assignee")
    list_columns = ["subject", "kind", "happened_on", "organisation", "contact", "due_on", "assignee", "done"]
    show_columns = [*COLUMNS, "office", "created_by", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "kind", "subject", "text", "happened_on", "due_on", "assignee", "organisation", "contact", "event",
        "contract", "office", "done_at", "changed_at", "days_from_event",
    ]  # fmt: skip
    base_order = ("happened_on", "desc")
    badges = ["kind", "done"]
    method_permission_name = {**OfficeView.method_permission_name, "finish": "write"}

    def buttons(self, item: Activity) -> Iterator[Button]:
        """Offer to mark a task as done."""
        if item.open and self.may(Verb.WRITE) and self.writes(item):
            yield Button(_("Mark as done"), url_for("ActivityView.finish", pk=item.id), post=True, ask=False)

    @expose("/finish/<pk>", methods=["POST"])
    @has_access
    def finish(self, pk: str) -> Response:
        """Mark a task as done, and go back to where it was shown."""
        item = self.item(pk, writing=True)
        try:
            activities.finish(item, at=clock.now())
            db.session.commit()
        except RuleBrokenError as error:
            db.session.rollback()
            flash(str(error), "danger")
        else:
            flash(gettext("“%(name)s” is done.", name=item), "success")
        back = request.form.get("back")
        return redirect(local_target(back) if back else self.url_after(item))
