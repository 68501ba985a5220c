"""Registrations for events: what people sent, and what staff have decided about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.access import Section, Verb
from app.models.registrations import OPEN, Registration
from app.services.registrations import may_write
from app.views.base import Button, OfficeView
from app.views.candidates import organisations_like
from app.views.groups import RECORD, columns
from app.views.offices import ADDRESS
from app.views.tables import Table

GROUPS = [
    (_("Registration"), ["event", "side", "status", "participation", "created_at", "notes", "reason"]),
    (_("Organisation"), ["name", *ADDRESS, "website"]),
    (_("Contact person"), ["first_name", "last_name", "function", "email", "phone", "language", "comes"]),
    (_("People"), ["people"]),
    (_("Offers and needs"), ["offers"]),
]
_DECIDED = ("status", "participation", "created_at", "reason")
COLUMNS = columns(GROUPS, without=_DECIDED)


class RegistrationView(OfficeView):
    """Who wants to come. Staff correct what was written, and add what came by phone."""

    route_base = "/registrations"
    section = Section.PARTICIPATIONS
    icon = "clipboard-list"
    datamodel = Table(Registration, "event")
    list_title = _("Registrations")
    add_title = _("New registration")

    rows = {"people": ["name"], "offers": ["direction", "category", "title", "text"]}
    groups = (*GROUPS, RECORD)
    list_columns = ["name", "city", "side", "status", "created_at", "event"]
    tab_columns = ["name", "city", "side", "status", "created_at"]
    show_columns = [*columns(GROUPS), "office", "changed_by", "changed_at"]
    add_columns = COLUMNS
    edit_columns = COLUMNS
    search_columns = ["event", "name", "city", "side", "status", "email", "office", "created_at"]
    base_order = ("created_at", "desc")
    badges = ["side", "status"]
    contact_columns = ["event", "email", "phone", "website"]
    panel_template = "registrations/panel.html"

    def buttons(self, item: Registration) -> Iterator[Button]:
        """Lead to the decision, while there is one to be made."""
        if item.status in OPEN and self.may(Verb.WRITE) and self.writes(item):
            yield Button(_("Decide"), url_for("DecideView.decide", pk=item.id))

    def panel(self, item: Registration) -> dict[str, Any] | None:
        """Show which known organisations this may be."""
        if item.status not in OPEN or not (self.may(Verb.WRITE) and self.writes(item)):
            return None
        return {"organisations": organisations_like(item)}

    def warnings(self, item: Registration) -> Iterator[str]:
        """Say that nobody is told by mail."""
        if not may_write(item.office_id, item.email):
            yield gettext("This person wants no e-mail, so no mail is sent to them. Please call.")
