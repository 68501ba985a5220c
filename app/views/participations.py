"""Participations: who comes to an event."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.participations import Participation
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Participation"), ["event", "organisation", "side", "status", "head_count", "notes"]),
    (_("People"), ["people"]),
]
COLUMNS = columns(GROUPS)


class ParticipationView(OfficeView):
    """Organisations at events, with their side and their people."""

    route_base = "/participations"
    section = Section.PARTICIPATIONS
    icon = "users-group"
    datamodel = Table(Participation, "event", "organisation", "people")
    list_title = _("Participations")
    add_title = _("New participation")

    rows = {"people": ["name", "contact"]}
    groups = (*GROUPS, RECORD)
    bulk_changes = ("status",)
    list_columns = ["event", "organisation", "side", "status", "head_count"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = COLUMNS
    edit_columns = COLUMNS
    badges = ["side", "status"]
    contact_columns = ["event", "organisation"]
    search_columns = ["event", "organisation", "side", "status", "office", "head_count", "people"]
