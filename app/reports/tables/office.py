"""Reports on the work of offices: tasks, what records lack, what left the house, and their years."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from app.access import Section, current
from app.access.few import told
from app.core import clock
from app.core.excel import Kind
from app.core.pictures import Few
from app.labels import actor
from app.models.offices import Office
from app.models.receipts import FileContent, Receipt
from app.queries import activities, offices, quality, receipts
from app.reports.tables.base import IN_YEAR, Field, Sheet, opens, report
from app.reports.tables.charts import Drawing
from app.reports.tables.marks import Mark
from app.reports.tables.parameters import EVENT_YEAR, OFFICE, RECEIPT_YEAR, STATE


def _mine() -> Collection[int] | None:
    """Give the offices in which the person works; None is all of them, to which the scope narrows anyhow."""
    scope = current()
    return None if scope.works_everywhere else scope.offices


def _flag(name: str, title: Any) -> Field:
    return Field(name, title, Kind.BOOLEAN, 16, mark=Mark.YES)


def _lacking(select: Callable[..., Select[Any]]) -> Callable[..., Select[Any]]:
    return lambda office: select(clock.today(), _mine(), office)


def _of_receipt(name: str) -> Callable[[Receipt], Any]:
    def read(row: Receipt) -> Any:
        value = None if current().hides(row, name) else getattr(row, name)
        return actor(value) if name == "created_by" and value else value

    return read


def _told(row: Receipt) -> Any:
    return row.rows if row.content is FileContent.LIST else told(row.rows)


def _exactly(row: Receipt) -> int | None:
    number = _told(row)
    return None if isinstance(number, Few) else number


def _reservation(row: Receipt) -> str | None:
    number = _told(row)
    return str(number) if isinstance(number, Few) else None


_OFFICE = Field("office", "Activity", width=20)
TASKS = (
    _OFFICE,
    Field("subject", "Activity", width=36),
    Field("due_on", "Activity", Kind.DATE, 13),
    Field("done_at", "Activity", Kind.DATETIME, 16),
    Field("overdue", _("Overdue"), Kind.BOOLEAN, 12, mark=Mark.YES),
    Field("assignee", "Activity", width=20),
    Field("organisation", "Activity", width=24, section=Section.ORGANISATIONS),
    Field("contact", "Activity", width=22, section=Section.CONTACTS),
    Field("event", "Activity", width=22, section=Section.EVENTS),
    Field("contract", "Activity", Kind.INTEGER, 11, section=Section.CONTRACTS),
    opens("activities", "id"),
)
_NO_VALUE = _flag("no_value", _("No equivalent value"))
SHEETS_OF_GAPS = (
    Sheet(
        "organisations",
        _("Organisations"),
        (
            _OFFICE,
            Field("name", "Organisation", width=32),
            Field("city", "Organisation", width=20),
            _flag("no_address", _("No address")),
            _flag("no_reach", _("Neither e-mail nor phone")),
            _flag("no_contact", _("No contact person")),
            opens("organisations", "id"),
        ),
        _lacking(quality.organisations),
    ),
    Sheet(
        "contacts",
        _("Contacts"),
        (
            _OFFICE,
            Field("name", "Contact", width=32),
            _flag("no_email", _("No e-mail address")),
            _flag("no_phone", _("No phone number")),
            _flag("no_position", _("No position")),
            _flag("no_basis", _("No lawful basis")),
            opens("contacts", "id"),
        ),
        _lacking(quality.contacts),
        Section.CONTACTS,
    ),
    Sheet(
        "contracts",
        _("Contracts"),
        (
            _OFFICE,
            Field("number", "Contract", Kind.INTEGER, 11),
            Field("party_names", "Contract", width=40),
            _NO_VALUE,
            _flag("no_agreed_on", _("No day of the agreement")),
            _flag("no_due_on", _("Open, and no due date")),
            opens("contracts", "id"),
        ),
        _lacking(quality.contracts),
        Section.CONTRACTS,
    ),
    Sheet(
        "events",
        _("Marketplaces"),
        (
            _OFFICE,
            Field("title", "Event", width=32),
            Field("starts_on", "Event", Kind.DATE, 12),
            _flag("no_date", _("No date")),
            _flag("no_city", _("No city")),
            _flag("no_figures", _("No figures")),
            opens("events", "id"),
        ),
        _lacking(quality.events),
        Section.EVENTS,
    ),
)
RECEIPTS = (
    Field("created_at", "Receipt", Kind.DATETIME, 16),
    Field("created_by", "Receipt", width=20, read=_of_receipt("created_by")),
    Field("title", "Receipt", width=30),
    Field("content", "Receipt", width=20),
    Field("status", "Receipt", width=13),
    Field("newsletter", "Receipt", width=20),
    Field("format", "Receipt", width=10),
    Field("purpose", "Receipt", width=24),
    Field("filter", "Receipt", width=36, read=_of_receipt("filter")),
    Field("rows", "Receipt", Kind.INTEGER, 10, read=_exactly),
    Field("few", _("Rows: fewer than"), width=14, read=_reservation),
    Field("sha256", "Receipt", width=30),
    Field("office", "Receipt", width=18),
)
_CAME, _AGREED = Section.PARTICIPATIONS, Section.CONTRACTS
_COUNTS = (
    Field("events", _("Marketplaces held"), Kind.INTEGER, 13, total=True),
    Field("companies", _("Companies that came"), Kind.INTEGER, 14, total=True, section=_CAME),
    Field("nonprofits", _("Nonprofits that came"), Kind.INTEGER, 14, total=True, section=_CAME),
    Field(
        "municipalities",
        _("Municipalities that came"),
        Kind.INTEGER,
        15,
        total=True,
        section=Section.PARTICIPATIONS,
    ),
    Field("contracts", _("Contracts"), Kind.INTEGER, 11, total=True, section=_AGREED),
    Field("hours", "Contribution", Kind.NUMBER, 12, total=True, section=_AGREED),
    Field("value", "Contribution", Kind.MONEY, 16, total=True, section=_AGREED),
)
_STATE = Field("state", "Office", width=24)
BY_OFFICE = (_STATE, Field("office", "Event", width=28), IN_YEAR, *_COUNTS)
BY_STATE = (_STATE, IN_YEAR, Field("offices", _("Offices"), Kind.INTEGER, 10), *_COUNTS)


def _drawn(name: str) -> tuple[Drawing, ...]:
    return (Drawing(_("Contracts by year"), (name, "year"), ("contracts",)),)


def _tasks(state: activities.TaskState | None, office: Office | None) -> Select[Any]:
    return activities.tasks_listed(clock.today(), state, office)


def _by_office(year: int | None, office: Office | None) -> Select[Any]:
    return offices.by_year(_mine(), year, office)


def _by_state(year: int | None, office: Office | None) -> Select[Any]:
    return offices.by_state_and_year(_mine(), year, office)


REPORTS = (
    report(
        "tasks",
        _("Tasks"),
        _("What is to be done, by whom, until when, and what it is about."),
        Section.ACTIVITIES,
        (
            Sheet(
                "tasks",
                _("Tasks"),
                TASKS,
                _tasks,
                printed=(
                    "office",
                    "due_on",
                    "subject",
                    "assignee",
                    "organisation",
                    "contact",
                    "overdue",
                    "done_at",
                ),
            ),
        ),
        (STATE, OFFICE),
    ),
    report(
        "offices",
        _("Offices and regions by year"),
        _("What each office, and each federal state, held and agreed on in each year."),
        Section.EVENTS,
        (
            Sheet("offices", _("By office"), BY_OFFICE, _by_office, charts=_drawn("office")),
            Sheet("states", _("By federal state"), BY_STATE, _by_state, charts=_drawn("state")),
        ),
        (EVENT_YEAR, OFFICE),
        lambda: (
            (
                _("Counted"),
                _(
                    "What is on file: marketplaces held, who came to them, contracts that stand. Where nothing is on"
                    " file, it’s empty; what was reported stands in “Marketplaces compared”."
                ),
            ),
            (_("Year"), _("Of the event; of a contract, when it was agreed. Without a date it’s empty.")),
            (_("Equivalent value"), _("As far as contributions state one; an estimate.")),
        ),
    ),
    report(
        "quality",
        _("Data quality"),
        _("Records of your offices that lack something, each with what it lacks."),
        Section.ORGANISATIONS,
        SHEETS_OF_GAPS,
        (OFFICE,),
    ),
    report(
        "receipts",
        _("Receipts of downloads"),
        _("Which files left the house: who took what, when, with which filter and how many rows."),
        Section.RECEIPTS,
        (Sheet("receipts", _("Receipts of downloads"), RECEIPTS, receipts.listed),),
        (RECEIPT_YEAR, OFFICE),
    ),
)
