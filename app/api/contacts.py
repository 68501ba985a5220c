"""Contacts, with their positions and how they are reached."""

from __future__ import annotations

from app.access import Section
from app.api.base import ADDRESS, OfficeApi, Source
from app.models.contacts import Contact

COLUMNS = [
    "salutation",
    "title",
    "first_name",
    "last_name",
    "positions",
    "channels",
    *ADDRESS,
    "language",
    "do_not_email",
    "do_not_phone",
    "do_not_mail",
    "lawful_basis",
    "tags",
    "source",
    "notes",
]


class ContactApi(OfficeApi):
    """People whom an office knows."""

    section = Section.CONTACTS
    datamodel = Source(Contact, "channels", "positions.organisation")

    rows = {
        "positions": ["organisation", "function", "since", "until", "primary"],
        "channels": ["kind", "value", "since", "until", "note"],
    }
    list_columns = [
        "salutation", "title", "first_name", "last_name", "organisation", "email", "phone", *ADDRESS,
        "language", "do_not_email", "do_not_phone", "do_not_mail", "tags", "office", "changed_at",
    ]  # fmt: skip
    show_columns = [*COLUMNS, "organisation", "email", "phone", "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "last_name", "first_name", "city", "postal_code", "language", "tags",
        "do_not_email", "do_not_phone", "do_not_mail", "lawful_basis", "office", "changed_at",
    ]  # fmt: skip
    base_order = ("last_name", "asc")
