"""Receipts of downloads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.receipts import Receipt
from app.views.base import OfficeView
from app.views.tables import Table


class ReceiptView(OfficeView):
    """Who took which file when: read only."""

    route_base = "/receipts"
    section = Section.RECEIPTS
    icon = "receipt"
    datamodel = Table(Receipt, "office")
    list_title = _("Receipts of downloads")
    add_title = _("New receipt")

    list_columns = ["created_at", "created_by", "title", "format", "rows", "office"]
    show_columns = [
        "created_at",
        "created_by",
        "title",
        "format",
        "purpose",
        "filter",
        "rows",
        "sha256",
        "office",
    ]
    search_columns = ["created_by", "title", "format", "office"]
    base_order = ("created_at", "desc")
