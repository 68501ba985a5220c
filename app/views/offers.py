"""Offers and needs at events."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.offers import Offer
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Who and where"), ["event", "organisation"]),
    (_("What"), ["direction", "category", "title", "text", "quantity", "status"]),
]
COLUMNS = columns(GROUPS)


class OfferView(OfficeView):
    """What organisations bring, or look for."""

    route_base = "/offers"
    section = Section.OFFERS
    icon = "arrows-exchange"
    datamodel = Table(Offer, "event", "organisation")
    list_title = _("Offers and needs")
    add_title = _("New offer or need")
    groups = (*GROUPS, RECORD)
    bulk_changes = ("status", "category")
    list_columns = ["event", "organisation", "direction", "category", "title", "status"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = COLUMNS
    edit_columns = COLUMNS
    badges = ["direction", "category", "status"]
    contact_columns = ["event", "organisation"]
    search_columns = [
        "event",
        "organisation",
        "direction",
        "category",
        "title",
        "text",
        "status",
        "office",
        "changed_at",
    ]
