"""Receipts of downloads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.receipts import Receipt
from app.views.base import OfficeView
from app.views.groups import columns
from app.views.tables import Table

GROUPS = [
    (_("Who and when"), ["created_by", "created_at", "office"]),
    (_("Download"), ["title", "format", "purpose", "filter", "rows", "sha256"]),
]


class ReceiptView(OfficeView):
    """Who took which file when: read only."""

    route_base = "/receipts"
    section = Section.RECEIPTS
    icon = "receipt"
    datamodel = Table(Receipt, "office")
    list_title = _("Receipts of downloads")
    add_title = _("New receipt")

    groups = GROUPS
    list_columns = ["created_at", "created_by", "title", "format", "rows", "office"]
    show_columns = columns(GROUPS)
    search_columns = ["created_by", "title", "format", "office"]
    base_order = ("created_at", "desc")
