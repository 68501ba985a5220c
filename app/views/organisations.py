"""Organisations, with their people, participations, offers and activities."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _

from app.access import Section
from app.core import clock
from app.models.organisations import Organisation
from app.views import panels
from app.views.activities import ActivityView
from app.views.base import OfficeView
from app.views.contacts import PositionView
from app.views.contracts import PartyView
from app.views.groups import RECORD, columns
from app.views.inviting import Inviting
from app.views.offers import OfferView
from app.views.offices import ADDRESS
from app.views.participations import ParticipationView
from app.views.tables import Table

GROUPS = [
    (_("Name and kind"), ["name", "kind", "legal_name", "legal_form", "parent", "sectors"]),
    (_("Address"), ADDRESS),
    (_("Contact data"), ["phone", "fax", "email", "website"]),
    (_("Tax exemption"), ["exemption_kind", "exemption_date", "exemption_expires"]),
    (_("More"), ["head_count", "shared", "tags", "source", "notes"]),
]
COLUMNS = columns(GROUPS, without=["exemption_expires"])


class OrganisationView(Inviting, OfficeView):
    """Companies, nonprofits, municipalities and those between."""

    route_base = "/organisations"
    section = Section.ORGANISATIONS
    icon = "building"
    datamodel = Table(Organisation, "office")
    list_title = _("Organisations")
    add_title = _("New organisation")
    groups = (*GROUPS, RECORD)
    duplicates = (("name", "city"), ("email",))
    bulk_changes = ("tags", "kind", "shared", "source")
    list_columns = ["name", "kind", "city", "phone", "email", "office"]
    show_columns = [*columns(GROUPS), "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "name", "kind", "legal_form", "sectors", "city", "postal_code", "email", "tags",
        "exemption_kind", "exemption_date", "shared", "parent", "office", "phone", "website", "head_count", "source",
        "changed_at", "positions",
    ]  # fmt: skip
    base_order = ("name", "asc")
    badges = ["kind", "shared"]
    contact_columns = ["phone", "email", "website", "address"]
    panel_template = "views/show/organisation.html"
    panel = staticmethod(panels.of_organisation)
    related_views = [PositionView, ParticipationView, OfferView, PartyView, ActivityView]

    def warnings(self, item: Organisation) -> Iterator[str]:
        """Warn of an exemption notice near or past its end."""
        if message := item.exemption_warning(clock.today()):
            yield message
