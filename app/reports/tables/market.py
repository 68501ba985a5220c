"""Reports on what was agreed at marketplaces."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.core.excel import Kind
from app.labels import label
from app.models.outcomes import Outcome, Rates
from app.queries import contracts, followups, participations
from app.reports.tables.base import Field, Sheet, opens, report, taking
from app.reports.tables.charts import Drawing
from app.reports.tables.links import record
from app.reports.tables.marks import Mark
from app.reports.tables.parameters import EVENT, EVENT_YEAR, OFFICE, YEAR

ASKED = (YEAR, EVENT, OFFICE)

_OPEN_CONTRACT = opens("contracts", "contract_id")
WHERE = (
    Field("office", "Contract", width=20),
    Field("event", "Contract", width=22),
    Field("number", "Contract", Kind.INTEGER, 10),
)
_TITLE = Field("title", "Contract", width=26)
CONTRACTS = (
    *WHERE[:2],
    Field("starts_on", _("Date of the event"), Kind.DATE, 15),
    WHERE[2],
    _TITLE,
    Field("party_names", "Contract", width=36),
    Field("status", "Contract", width=16),
    Field("contested", "Contract", Kind.BOOLEAN, 16, mark=Mark.YES),
    Field("reason", "Contract", width=22),
    Field("form", "Contract", width=12),
    Field("agreed_on", "Contract", Kind.DATE, 12),
    Field("due_on", "Contract", Kind.DATE, 12),
    Field("place", "Contract", width=16),
    Field("stamped_at", "Contract", Kind.DATETIME, 16),
    Field("hours", "Contribution", Kind.NUMBER, 11, total=True),
    Field("value", "Contribution", Kind.MONEY, 15, total=True),
    Field("broker", "Contract", width=20, section=Section.CONTACTS),
    Field("notary", "Contract", width=20, section=Section.CONTACTS),
    _OPEN_CONTRACT,
)
PARTIES = (
    *WHERE,
    _TITLE,
    Field("organisation", "ContractParty", width=32, link=record("organisations", "organisation_id")),
    Field("kind", "Organisation", width=20),
    Field("city", "Organisation", width=18),
    Field("side", "ContractParty", width=20),
    Field("signatory", "ContractParty", width=22, section=Section.CONTACTS),
    Field("status", "Contract", width=16),
    _OPEN_CONTRACT,
)
CONTRIBUTIONS = (
    *WHERE,
    _TITLE,
    Field("giver", "Contribution", width=26),
    Field("receiver", "Contribution", width=26),
    Field("category", "Contribution", width=20),
    Field("text", "Contribution", width=40),
    Field("hours", "Contribution", Kind.NUMBER, 11, total=True),
    Field("quantity", "Contribution", Kind.NUMBER, 11),
    Field("hourly_rate", "Contribution", Kind.MONEY, 13),
    Field("value", "Contribution", Kind.MONEY, 15, total=True),
    Field("valuation", "Contribution", width=20),
    Field("estimated_by", "Contribution", width=20),
    Field("status", "Contract", width=16),
    _OPEN_CONTRACT,
)
BY_CATEGORY = (
    Field("category", "Contribution", width=26),
    Field("side", _("Side of the giver"), width=20),
    Field("contracts", _("Contracts"), Kind.INTEGER, 12),
    Field("contributions", "Contract", Kind.INTEGER, 12, total=True),
    Field("hours", "Contribution", Kind.NUMBER, 12, total=True),
    Field("with_hours", _("Hours known for"), Kind.INTEGER, 13, total=True),
    Field("value", "Contribution", Kind.MONEY, 16, total=True),
    Field("with_value", _("Value known for"), Kind.INTEGER, 13, total=True),
)

RATES = (
    *WHERE[:2],
    Field("starts_on", _("Date of the event"), Kind.DATE, 15),
    Field("contracts", _("Contracts"), Kind.INTEGER, 11, total=True),
    Field("answered", _("Answered"), Kind.INTEGER, 12, total=True),
    *(Field(one.value, one.title, Kind.INTEGER, 15, total=True) for one in Outcome),
    Field("of_all", _("Kept of all, %"), Kind.NUMBER, 11, share=("kept", "contracts"), mark=Mark.SHARE),
    Field(
        "of_answered", _("Kept of answered, %"), Kind.NUMBER, 16, share=("kept", "answered"), mark=Mark.SHARE
    ),
    opens("events", "event_id"),
)
REASONS = (
    Field("reason", "Contract", width=60),
    Field("contracts", _("Contracts"), Kind.INTEGER, 12, total=True),
)
UNKEPT = (
    *WHERE,
    Field("party_names", "Contract", width=40),
    Field("status", "Contract", width=18),
    Field("reason", "Contract", width=40),
    _OPEN_CONTRACT,
)
PARTICIPATIONS = (
    *WHERE[:2],
    Field("starts_on", _("Date of the event"), Kind.DATE, 15),
    Field("organisation", "Participation", width=32),
    Field("kind", "Organisation", width=20),
    Field("city", "Organisation", width=18),
    Field("side", "Participation", width=20),
    Field("status", "Participation", width=14),
    Field("head_count", "Participation", Kind.INTEGER, 12, total=True),
    Field("named", _("People who are named"), Kind.INTEGER, 12, total=True),
    opens("organisations", "organisation_id"),
)
PEOPLE = (
    Field("event", "Participation", width=24),
    Field("starts_on", _("Date of the event"), Kind.DATE, 15),
    Field("name", "Participant", width=28),
    Field("organisation", "Participation", width=32),
    Field("side", "Participation", width=20),
    Field("status", "Participation", width=14),
    Field("checked_in_at", "Participant", Kind.DATETIME, 16),
)

_YEAR_MEANS = (_("Year"), _("The year of the agreement; where that isn’t known, of the event."))
_VALUE_MEANS = (
    _("Equivalent value"),
    _("An estimate; who made it, and how, stands beside each contribution."),
)


REPORTS = (
    report(
        "contracts",
        _("Contracts"),
        _("Each contract with its parties and contributions, hours and equivalent value."),
        Section.CONTRACTS,
        (
            Sheet("contracts", _("Contracts"), CONTRACTS, taking(contracts.listed)),
            Sheet("parties", _("Parties"), PARTIES, taking(contracts.parties_listed)),
            Sheet("contributions", _("Contributions"), CONTRIBUTIONS, taking(contracts.contributions_listed)),
        ),
        ASKED,
        lambda: (
            _YEAR_MEANS,
            _VALUE_MEANS,
            (_("Contracts that were called off"), _("They stand in the lists, with their status.")),
        ),
    ),
    report(
        "contributions",
        _("Contributions by category and side"),
        _("Who gives what: contributions, hours and equivalent value by category and the giver’s side."),
        Section.CONTRACTS,
        (
            Sheet(
                "categories",
                _("By category"),
                BY_CATEGORY,
                taking(contracts.by_category),
                charts=(
                    Drawing(_("Contributions"), ("category", "side"), ("contributions",)),
                    Drawing(_("Equivalent value"), ("category", "side"), ("value",)),
                ),
            ),
        ),
        ASKED,
        lambda: (
            _YEAR_MEANS,
            _VALUE_MEANS,
            (
                _("Contracts"),
                _("A contract with several contributions stands in several rows, so they aren’t added up."),
            ),
            (_("Contracts that were called off"), _("They aren’t counted.")),
        ),
    ),
    report(
        "followups",
        _("Follow-up and kept contracts"),
        _("The rate of kept contracts, of all and of those answered, by event; and why others weren’t kept."),
        Section.CONTRACTS,
        (
            Sheet(
                "rates",
                _("Kept contracts"),
                RATES,
                taking(followups.rates_listed),
                printed=(
                    "office",
                    "event",
                    "starts_on",
                    "contracts",
                    "answered",
                    "kept",
                    "of_all",
                    "of_answered",
                ),
                charts=(
                    Drawing(
                        _("What has become of contracts"),
                        ("event", "starts_on"),
                        tuple(one.value for one in Outcome),
                        stacked=True,
                    ),
                ),
            ),
            Sheet(
                "reasons",
                _("Reasons"),
                REASONS,
                taking(followups.reasons_listed),
                printed=("reason", "contracts"),
                charts=(Drawing(_("Reasons"), ("reason",), ("contracts",)),),
            ),
            Sheet(
                "unkept",
                _("Not kept in full"),
                UNKEPT,
                taking(followups.unkept_listed),
                printed=("office", "event", "number", "party_names", "status", "reason"),
            ),
        ),
        ASKED,
        lambda: (_YEAR_MEANS, *((_("What the numbers mean"), text) for text in Rates.definitions())),
    ),
    report(
        "participants",
        _("Participants"),
        _("Which organisations take part in events, on which side, with how many people; and their names."),
        Section.PARTICIPATIONS,
        (
            Sheet(
                "organisations",
                _("Organisations"),
                PARTICIPATIONS,
                taking(participations.listed),
                printed=("office", "event", "organisation", "city", "side", "status", "head_count"),
            ),
            Sheet(
                "people",
                _("People"),
                PEOPLE,
                taking(participations.people_listed),
                Section.CONTACTS,
                printed=("event", "name", "organisation", "side", "status", "checked_in_at"),
            ),
        ),
        (EVENT_YEAR, EVENT, OFFICE),
        lambda: (
            (_("Status"), _("Who was only invited, or didn’t come, stands in the list, too.")),
            (
                label("Participation", "head_count"),
                _("As it was entered; who is named by name is counted beside it."),
            ),
        ),
    ),
)
