"""Organisations."""

from __future__ import annotations

from app.access import Section
from app.api.base import ADDRESS, OfficeApi, Source
from app.models.organisations import Organisation

COLUMNS = [
    "name",
    "kind",
    "legal_name",
    "legal_form",
    "parent",
    "sectors",
    *ADDRESS,
    "phone",
    "fax",
    "email",
    "website",
    "head_count",
    "exemption_kind",
    "exemption_date",
    "shared",
    "tags",
    "source",
    "notes",
]


class OrganisationApi(OfficeApi):
    """Companies, nonprofits, municipalities and those between."""

    section = Section.ORGANISATIONS
    datamodel = Source(Organisation, "parent")

    list_columns = [
        "name", "kind", "legal_form", "parent", "sectors", *ADDRESS, "phone", "email", "website", "tags",
        "shared", "office", "changed_at",
    ]  # fmt: skip
    show_columns = [*COLUMNS, "exemption_expires", "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "name", "kind", "legal_form", "sectors", "city", "postal_code", "email", "tags",
        "exemption_date", "shared", "parent", "office", "changed_at",
    ]  # fmt: skip
    base_order = ("name", "asc")
