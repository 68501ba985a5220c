"""Contacts, with their positions, addresses and activities."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import lazy_gettext as _

from app.access import Section, Verb, current
from app.models.contacts import Contact, Position
from app.views import panels
from app.views.activities import ActivityView
from app.views.base import Button, OfficeView
from app.views.groups import RECORD, columns
from app.views.offices import ADDRESS
from app.views.subscribers import SubscriberView
from app.views.tables import Table

GROUPS = [
    (_("Name"), ["salutation", "title", "first_name", "last_name", "language"]),
    (_("E-mail and phone"), ["channels"]),
    (_("Address"), ADDRESS),
    (_("Positions"), ["positions"]),
    (_("Data protection"), ["lawful_basis", "source", "do_not_email", "do_not_phone", "do_not_mail"]),
    (_("Notes"), ["tags", "notes"]),
]
COLUMNS = columns(GROUPS)


class PositionView(OfficeView):
    """Positions, as the people of an organisation. They are edited with the contact."""

    route_base = "/positions"
    section = Section.CONTACTS
    icon = "address-book"
    datamodel = Table(Position, "contact", "organisation")
    list_title = _("People")
    add_title = _("New position")

    groups = [(_("Position"), ["contact", "organisation", "function", "since", "until", "primary"])]
    list_columns = ["contact", "function", "since", "until", "primary"]
    show_columns = ["contact", "organisation", "function", "since", "until", "primary"]
    search_columns = ["contact", "organisation", "function", "since", "until"]


class ContactView(OfficeView):
    """People whom an office knows."""

    route_base = "/contacts"
    section = Section.CONTACTS
    icon = "address-book"
    datamodel = Table(Contact, "office", "channels", "positions.organisation")
    list_title = _("Contacts")
    add_title = _("New contact")

    rows = {
        "positions": ["organisation", "function", "since", "until", "primary"],
        "channels": ["kind", "value", "since", "until", "note"],
    }
    groups = (*GROUPS, RECORD)
    duplicates = (("last_name", "first_name"), ("channels.value",))
    bulk_changes = ("tags", "language", "lawful_basis", "source")
    list_columns = ["last_name", "first_name", "organisation", "email", "phone", "city", "office"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "last_name", "first_name", "city", "postal_code", "language", "tags",
        "do_not_email", "do_not_phone", "do_not_mail", "lawful_basis", "office",
        "channels", "positions", "positions__organisation", "salutation", "source", "changed_at",
    ]  # fmt: skip
    base_order = ("last_name", "asc")
    badges = ["do_not_email", "do_not_phone", "do_not_mail"]
    contact_columns = ["position", "email", "phone", "address"]
    panel_template = "views/show/contact.html"
    panel = staticmethod(panels.of_contact)
    related_views = [SubscriberView, ActivityView]

    def buttons(self, item: Contact) -> Iterator[Button]:
        """Offer to invite a person who can be written to."""
        if current().may(Verb.WRITE, Section.SUBSCRIBING) and item.email and not item.do_not_email:
            yield Button(_("Invite to a newsletter"), url_for("SubscribeView.contact", pk=item.id))
