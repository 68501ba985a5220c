"""Activities: what happened, and what is due."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.activities import Activity
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("What happened"), ["kind", "subject", "text", "happened_on"]),
    (_("About whom or what"), ["organisation", "contact", "event", "contract"]),
    (_("Task"), ["due_on", "assignee", "done_at"]),
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
    list_columns = ["happened_on", "kind", "subject", "organisation", "contact", "due_on", "assignee", "done"]
    show_columns = [*COLUMNS, "office", "created_by", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "kind", "subject", "text", "happened_on", "due_on", "assignee", "organisation", "contact", "event",
        "contract", "office", "done_at", "changed_at",
    ]  # fmt: skip
    base_order = ("happened_on", "desc")
