"""Rates: what an hour of work is taken to be worth."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.api.base import OfficeApi, Source
from app.models.rates import Rate

COLUMNS = ["name", "category", "hourly", "source", "shared"]


class RateApi(OfficeApi):
    """The table by which the hours of contributions become an equivalent value."""

    section = Section.CONTRACTS
    kind = "rates"
    heading = _("Rates")
    datamodel = Source(Rate)

    list_columns = [*COLUMNS, "office", "changed_at"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [*COLUMNS, "office", "changed_at"]
    base_order = ("name", "asc")
