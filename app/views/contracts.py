"""Contracts, with their parties and contributions."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import lazy_gettext as _

from app.access import Section, Verb
from app.models.contracts import Contract, ContractParty
from app.views import panels
from app.views.activities import ActivityView
from app.views.base import Button, OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Contract"), ["event", "number", "title", "status", "reason", "contested", "form", "value"]),
    (_("Parties"), ["parties"]),
    (_("Contributions"), ["contributions"]),
    (
        _("Signing and dates"),
        [
            "agreed_on",
            "place",
            "due_on",
            "broker",
            "notary",
            "stamped_at",
            "sent_back",
            "scan",
            "photo_consent",
        ],
    ),
    (_("Notes"), ["notes"]),
]
COLUMNS = columns(GROUPS, without=["value", "contested"])


class PartyView(OfficeView):
    """Parties, as the contracts of an organisation. They are edited with the contract."""

    route_base = "/parties"
    section = Section.CONTRACTS
    icon = "heart-handshake"
    datamodel = Table(ContractParty, "contract.parties.organisation", "signatory")
    list_title = _("Contracts")
    add_title = _("New contract")

    groups = [(_("Party"), ["contract", "organisation", "side", "signatory"])]
    list_columns = ["contract", "side", "signatory"]
    show_columns = ["contract", "organisation", "side", "signatory"]
    search_columns = ["contract", "organisation", "side"]


class ContractView(OfficeView):
    """Who agreed with whom to do what."""

    route_base = "/contracts"
    section = Section.CONTRACTS
    icon = "heart-handshake"
    datamodel = Table(Contract, "event", "office", "parties.organisation", "contributions")
    list_title = _("Contracts")
    add_title = _("New contract")

    rows = {
        "parties": ["organisation", "side", "signatory"],
        "contributions": [
            "giver", "receiver", "category", "text", "no_money", "hours", "rate", "quantity", "value", "valuation",
            "estimated_by",
        ],
    }  # fmt: skip
    blank_rows = 2
    groups = (*GROUPS, RECORD)
    bulk_changes = ("status", "due_on", "photo_consent")
    list_columns = ["number", "event", "party_names", "value", "status", "due_on", "office"]
    show_columns = [*columns(GROUPS), "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "event", "number", "title", "status", "form", "agreed_on", "due_on", "broker", "notary", "office",
        "photo_consent", "stamped_at", "changed_at", "contributions", "parties__organisation", "contested",
    ]  # fmt: skip
    base_order = ("number", "asc")
    badges = ["status", "contested", "form"]
    contact_columns = ["event"]
    panel_template = "views/show/contract.html"
    panel_columns = ["parties", "contributions"]
    panel = staticmethod(panels.of_contract)
    related_views = [ActivityView]

    def buttons(self, item: Contract) -> Iterator[Button]:
        """Offer the form to who works on the contract, and lead to what the parties say has become of it."""
        if self.may(Verb.WRITE) and self.writes(item):
            yield Button(_("Print the form"), url_for("ContractPaperView.show", pk=item.id))
        yield Button(_("Follow-up"), url_for("AnswersView.show", pk=item.id))
