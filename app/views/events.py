"""Events, with what was reported, who came, what was offered and agreed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.events import Event
from app.views import panels
from app.views.activities import ActivityView
from app.views.base import OfficeView
from app.views.contracts import ContractView
from app.views.figures import FigureView
from app.views.groups import RECORD, columns
from app.views.offers import OfferView
from app.views.offices import ADDRESS
from app.views.participations import ParticipationView
from app.views.tables import Table

GROUPS = [
    (_("Title and kind"), ["title", "edition", "kind", "status", "format", "model_project_of"]),
    (_("When"), ["starts_on", "start_time", "ends_on", "end_time", "date_note"]),
    (_("Where"), ["venue", *ADDRESS, "state", "latitude", "longitude"]),
    (_("Publication"), ["public", "shared", "website"]),
    (_("Organisations in roles"), ["roles"]),
    (_("People in roles"), ["people"]),
    (_("Trading corners"), ["corners"]),
    (_("Notes"), ["notes"]),
]
COLUMNS = columns(GROUPS)


class EventView(OfficeView):
    """Marketplaces and the meetings around them."""

    route_base = "/events"
    section = Section.EVENTS
    icon = "calendar-event"
    datamodel = Table(Event, "office")
    list_title = _("Events")
    add_title = _("New event")

    rows = {
        "roles": ["organisation", "role", "note"],
        "people": ["contact", "role", "note"],
        "corners": ["name", "category"],
    }
    groups = (*GROUPS, RECORD)
    duplicates = (("title", "city", "starts_on"), ("starts_on", "city"))
    bulk_changes = ("status", "public", "shared")
    list_columns = ["starts_on", "title", "city", "kind", "status", "office"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "title", "kind", "status", "format", "starts_on", "city", "postal_code", "state", "public", "shared",
        "model_project_of", "office", "ends_on", "website", "changed_at", "figures", "latitude",
    ]  # fmt: skip
    base_order = ("starts_on", "desc")
    badges = ["kind", "status", "shared", "public"]
    contact_columns = ["when", "website", "address"]
    panel_template = "views/show/event.html"
    panel = staticmethod(panels.of_event)
    related_views = [FigureView, ParticipationView, OfferView, ContractView, ActivityView]
