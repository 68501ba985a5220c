"""Rates: what an hour of work is taken to be worth."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.rates import Rate
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [(_("Rate"), ["name", "category", "hourly", "source", "shared"])]
COLUMNS = columns(GROUPS)


class RateView(OfficeView):
    """The table by which hours become an equivalent value."""

    route_base = "/rates"
    section = Section.CONTRACTS
    icon = "calculator"
    datamodel = Table(Rate, "office")
    list_title = _("Rates")
    add_title = _("New rate")

    groups = (*GROUPS, RECORD)
    bulk_changes = ("shared",)
    list_columns = ["name", "category", "hourly", "source", "shared", "office"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = ["name", "category", "hourly", "source", "shared", "office", "changed_at"]
    base_order = ("name", "asc")
    badges = ["shared"]
