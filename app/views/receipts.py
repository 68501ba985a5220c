"""Receipts of downloads, and who has to be taken out of a file again."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.access import Section, Verb, current
from app.access.few import told
from app.core import clock
from app.core.db import db
from app.models.receipts import FileContent, Receipt
from app.models.subscribers import Subscriber
from app.queries import exports
from app.reports.exports import REMOVALS
from app.views.base import OfficeView
from app.views.exports import recalls
from app.views.groups import columns
from app.views.tables import Table

GROUPS = [
    (_("Who and when"), ["created_by", "created_at", "office"]),
    (
        _("Download"),
        ["content", "status", "title", "newsletter", "format", "purpose", "filter", "rows", "sha256"],
    ),
]
SHOWN = 50  # people on the page; the file has all


class Receipts(Table):
    """Receipts; how many subscribers are in a file is told exactly only to who may know them."""

    @staticmethod
    def _get_attr_value(item: Receipt, col: str) -> Any:
        value = Table._get_attr_value(item, col)  # noqa: SLF001 - FAB's name for it
        return told(value) if col == "rows" and item.content is not FileContent.LIST else value


class ReceiptView(OfficeView):
    """Who took which file when: read only."""

    route_base = "/receipts"
    section = Section.RECEIPTS
    icon = "receipt"
    datamodel = Receipts(Receipt, "office", "newsletter")
    list_title = _("Receipts of downloads")
    add_title = _("New receipt")

    groups = GROUPS
    list_columns = ["created_at", "created_by", "title", "purpose", "format", "rows", "status", "office"]
    show_columns = columns(GROUPS)
    search_columns = ["created_by", "title", "content", "newsletter", "format", "status", "office"]
    base_order = ("created_at", "desc")
    badges = ["content", "status"]
    contact_columns = ["created_by", "newsletter"]
    panel_template = "views/show/receipt.html"

    def panel(self, item: Receipt) -> dict[str, Any] | None:
        """Give who has to be taken out of a file of subscribers again.

        Who may not read addresses gets the number of all: the reasons would tell small ones.
        """
        if item.content is not FileContent.SUBSCRIBERS:
            return None
        counts = recalls(item)
        reads = current().reads(Subscriber)
        found = db.session.execute(exports.after(exports.recalled(item), 0, SHOWN)).all() if reads else ()
        return {
            "counts": counts if reads else {},
            "people": [(row, exports.Stop(row.reason)) for row in found],
            "number": told(sum(counts.values())),
            "withdrawn": counts.get(exports.Stop.WITHDRAWN, 0) if reads else 0,
            "day": item.created_at.astimezone(clock.OFFICE_ZONE).date(),
            "layouts": REMOVALS.values() if current().may(Verb.EXPORT, Section.SUBSCRIBERS) else (),
        }
