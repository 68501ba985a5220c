"""Contracts, with their parties and contributions."""

from __future__ import annotations

from app.access import Section
from app.api.base import OfficeApi, Source
from app.models.contracts import Contract

COLUMNS = [
    "event",
    "number",
    "title",
    "parties",
    "contributions",
    "status",
    "reason",
    "form",
    "agreed_on",
    "place",
    "due_on",
    "broker",
    "notary",
    "stamped_at",
    "sent_back",
    "photo_consent",
    "notes",
]


class ContractApi(OfficeApi):
    """Who agreed with whom to do what. The scan of the paper stays in the back office."""

    section = Section.CONTRACTS
    datamodel = Source(Contract, "event", "parties.organisation", "contributions")

    rows = {
        "parties": ["organisation", "side", "signatory"],
        "contributions": [
            "giver", "receiver", "category", "text", "no_money", "hours", "rate", "quantity", "value", "valuation",
            "estimated_by",
        ],
    }  # fmt: skip
    list_columns = [
        "event", "number", "title", "party_names", "value", "hours", "status", "form", "agreed_on", "place",
        "due_on", "stamped_at", "contested", "office", "changed_at",
    ]  # fmt: skip
    show_columns = [
        *COLUMNS,
        "party_names",
        "value",
        "hours",
        "contested",
        "office",
        "changed_by",
        "changed_at",
    ]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "event", "number", "title", "status", "form", "agreed_on", "due_on", "broker", "notary", "office",
        "contested", "changed_at",
    ]  # fmt: skip
    base_order = ("number", "asc")
