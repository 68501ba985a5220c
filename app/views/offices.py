"""Offices: the tree."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.offices import Office
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

ADDRESS = ["street", "postal_code", "city", "country"]
GROUPS = [
    (_("Name and kind"), ["name", "kind", "parent", "legal_name", "unit", "language"]),
    (_("Address"), [*ADDRESS, "state"]),
    (_("Contact data"), ["phone", "fax", "email", "website"]),
    (_("Territory"), ["territory_note"]),
    (_("Places of the territory"), ["places"]),
    (_("Funding"), ["funder", "funding_line"]),
]
COLUMNS = columns(GROUPS)


class OfficeTreeView(OfficeView):
    """The offices of the person, those below, and those above."""

    route_base = "/offices"
    section = Section.OFFICES
    icon = "building-community"
    datamodel = Table(Office, "parent")
    list_title = _("Offices")
    add_title = _("New office")

    groups = (*GROUPS, RECORD)
    rows = {"places": ["name", "note"]}
    list_columns = ["name", "kind", "parent", "city", "state", "phone", "email"]
    show_columns = [*COLUMNS, "changed_by", "changed_at"]
    add_columns = edit_columns = COLUMNS
    search_columns = ["name", "kind", "parent", "city", "postal_code", "state"]
    base_order = ("name", "asc")
    badges = ["kind", "state"]
    contact_columns = ["phone", "email", "website", "address"]
