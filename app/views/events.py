"""Events, with what was reported, who came, what was offered and agreed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.events import Event
from app.models.templates import TARGETS
from app.services import planning
from app.views import panels
from app.views.activities import ActivityView
from app.views.base import OfficeView
from app.views.benchmark import BenchmarkPage
from app.views.checkin import CheckInPage
from app.views.cockpit import CockpitPage
from app.views.contracts import ContractView
from app.views.desk import DeskPage
from app.views.figures import FigureView
from app.views.followups import FollowUpPage
from app.views.groups import RECORD, columns
from app.views.hall import HallPage
from app.views.matching import MatchingView
from app.views.notary import NotaryPage
from app.views.offers import OfferView
from app.views.offices import ADDRESS
from app.views.papers import PaperView
from app.views.participations import ParticipationView
from app.views.places import PlacesPage
from app.views.registrations import RegistrationView
from app.views.results import ResultPage
from app.views.tables import Table
from app.views.templates import ApplyTemplatePage

GROUPS = [
    (
        _("Title and kind"),
        ["title", "edition", "kind", "status", "format", "series", "template", "model_project_of"],
    ),
    (_("When"), ["starts_on", "start_time", "ends_on", "end_time", "date_note"]),
    (_("Where"), ["venue", *ADDRESS, "state", "latitude", "longitude"]),
    (_("Publication"), ["public", "shared", "website"]),
    (_("Targets"), list(TARGETS)),
    (_("Registration"), ["registration_open", "registration_until", "places_companies", "places_nonprofits"]),
    (_("Organisations in roles"), ["roles"]),
    (_("People in roles"), ["people"]),
    (_("Trading corners"), ["corners"]),
    (_("Follow-up"), ["contact_days", "report_days", "follow_up_mails"]),
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
        "model_project_of", "office", "ends_on", "website", "changed_at", "figures", "latitude", "series",
        "template", "registration_open",
    ]  # fmt: skip
    base_order = ("starts_on", "desc")
    badges = ["kind", "status", "shared", "public"]
    contact_columns = ["when", "website", "address"]
    panel_template = "views/show/event.html"
    panel = staticmethod(panels.of_event)
    related_views = [FigureView, ParticipationView, RegistrationView, OfferView, ContractView, ActivityView]
    pages = [
        CockpitPage, PlacesPage, MatchingView, PaperView, CheckInPage, DeskPage, NotaryPage, HallPage, ResultPage,
        FollowUpPage, ApplyTemplatePage, BenchmarkPage,
    ]  # fmt: skip

    def before_save(self, item: Event, *, new: bool) -> None:
        """Give an event what the template that was chosen for it has."""
        planning.take_over(item)
