"""Events, with the roles of organisations and people, and the trading corners."""

from __future__ import annotations

from app.access import Section
from app.api.base import ADDRESS, OfficeApi, Source
from app.models.events import Event
from app.models.templates import TARGETS

COLUMNS = [
    "title",
    "edition",
    "kind",
    "status",
    "format",
    "starts_on",
    "start_time",
    "ends_on",
    "end_time",
    "date_note",
    "venue",
    *ADDRESS,
    "state",
    "latitude",
    "longitude",
    "public",
    "shared",
    "series",
    *TARGETS,
    "registration_open",
    "registration_until",
    "places_companies",
    "places_nonprofits",
    "contact_days",
    "report_days",
    "follow_up_mails",
    "model_project_of",
    "website",
    "roles",
    "people",
    "corners",
    "notes",
]


class EventApi(OfficeApi):
    """Marketplaces and the meetings around them."""

    section = Section.EVENTS
    datamodel = Source(Event, "model_project_of", "series")

    rows = {
        "roles": ["organisation", "role", "note"],
        "people": ["contact", "role", "note"],
        "corners": ["name", "category"],
    }
    list_columns = [
        "title", "edition", "kind", "status", "format", "starts_on", "start_time", "ends_on", "end_time",
        "venue", *ADDRESS, "state", "latitude", "longitude", "public", "shared", "model_project_of",
        "website", "series", "registration_open", "office", "changed_at",
    ]  # fmt: skip
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "title", "kind", "status", "format", "starts_on", "city", "postal_code", "state", "public", "shared",
        "model_project_of", "series", "registration_open", "office", "changed_at",
    ]  # fmt: skip
    base_order = ("starts_on", "desc")
