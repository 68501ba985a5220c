"""The panels of the start page, as data: what each shows, which rights it asks for, and whom it's for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.access import Role, Scope, Section, Verb
from app.reports.overview import contracts, network, newsletters
from app.views import duties

icon = str  # so that the build finds the names, see app/assets/build.mjs
_COMPARED = (Section.CONTRACTS, Section.EVENTS, Section.FIGURES)


@dataclass(frozen=True)
class Panel:
    """A part of the start page.

    ``build`` reads what the template shows, within the open scope. Whoever may read all sections of ``needs`` may
    see it; without any, it asks for rights itself. It comes after the page, unless it's ``swift``, so that the page
    doesn't wait for it. The ``report`` tells more, and can be made in the background.
    """

    name: str
    title: LazyString
    icon: str
    needs: tuple[Section, ...]
    build: Callable[[], Any]
    template: str = ""
    swift: bool = False
    wide: bool = False
    report: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it's a table that is drawn, and so may be taken as a workbook."""
        return not self.template

    @property
    def path(self) -> str:
        """The template of its body."""
        return f"dashboard/{self.template or 'picture'}.html"

    def is_for(self, scope: Scope) -> bool:
        """Whether one of the person's roles has it on the start page, and all rights that it asks for."""
        placed = any(self.name in ORDER[role] for role in scope.roles)
        return placed and all(scope.may(Verb.READ, section) for section in self.needs)

    def may_take(self, scope: Scope) -> bool:
        """Whether the person may have it as a workbook: what is seen, as it's seen.

        These are sums that name nobody, with what is kept back of small numbers: to export rows is a right of its
        own, see decision 1.
        """
        return self.is_picture and self.is_for(scope)


_TASKS = Panel(
    "tasks", _("My open tasks"), icon("checkbox"), (Section.ACTIVITIES,), duties.tasks, "tasks", swift=True
)
_FOLLOWUPS = Panel(
    "followups",
    _("Contracts to ask about"),
    icon("phone-call"),
    (Section.CONTRACTS,),
    duties.followups,
    "followups",
    swift=True,
)
_EVENTS = Panel(
    "events",
    _("Next events"),
    icon("calendar-event"),
    (Section.EVENTS,),
    duties.next_events,
    "events",
    swift=True,
)
_GAPS = Panel("gaps", _("What is missing"), icon("puzzle"), (), duties.missing, "gaps")
_RECENT = Panel("recent", _("Recently changed"), icon("history"), (), duties.recent, "recent")
_TEAM = Panel(
    "team",
    _("Open tasks of the staff"),
    icon("users-group"),
    (Section.ACTIVITIES, Section.STAFF),
    duties.team,
    "team",
)
_DOWNLOADS = Panel(
    "downloads",
    _("Downloads of the last four weeks"),
    icon("download"),
    (Section.RECEIPTS,),
    duties.downloads,
    "downloads",
)
_BY_YEAR = Panel(
    "contracts_by_year",
    _("Contracts and value by year"),
    icon("chart-bar"),
    _COMPARED,
    contracts.by_year,
    wide=True,
)
_BY_EVENT = Panel(
    "contracts_by_event",
    _("The latest marketplaces"),
    icon("building-store"),
    _COMPARED,
    contracts.by_event,
    wide=True,
)
_STATES = Panel(
    "network_events",
    _("Marketplaces held, by state and year"),
    icon("calendar-stats"),
    (Section.EVENTS,),
    network.held,
    wide=True,
)
_SITES = Panel(
    "network_sites", _("Sites of marketplaces"), icon("map-pin"), (Section.EVENTS,), network.sites, wide=True
)
_OFFICES = Panel(
    "network_offices",
    _("Offices of the network"),
    icon("building-community"),
    (Section.OFFICES, Section.EVENTS),
    network.regions,
    wide=True,
)
_LETTERS = Panel(
    "newsletters",
    _("Subscriptions by newsletter"),
    icon("mail"),
    (Section.NEWSLETTERS,),
    newsletters.by_status,
    report="newsletters",
)
_SIGNUPS = Panel(
    "signups",
    _("Sign-ups by month"),
    icon("user-plus"),
    (Section.CONSENTS,),
    newsletters.by_month,
    report="newsletters",
)
_DELIVERIES = Panel(
    "deliveries",
    _("Whom mails reach"),
    icon("mail-check"),
    (Section.SUBSCRIBERS,),
    duties.deliveries,
    "deliveries",
)

# What each role finds, in this order. Who has several finds the panels of the first role first.
_PLACED: dict[Role, tuple[Panel, ...]] = {
    Role.ADMINISTRATOR: (
        _TASKS, _FOLLOWUPS, _EVENTS, _GAPS, _STATES, _SITES, _OFFICES, _BY_YEAR, _BY_EVENT, _LETTERS, _SIGNUPS,
        _DELIVERIES, _TEAM, _DOWNLOADS, _RECENT,
    ),
    Role.SERVICE_AGENCY: (
        _TASKS, _FOLLOWUPS, _EVENTS, _GAPS, _STATES, _SITES, _OFFICES, _BY_YEAR, _BY_EVENT, _LETTERS, _TEAM,
        _DOWNLOADS, _RECENT,
    ),
    Role.REGIONAL_OFFICE: (_TASKS, _FOLLOWUPS, _EVENTS, _GAPS, _BY_YEAR, _BY_EVENT, _RECENT),
    Role.OFFICE_MANAGER: (
        _TASKS, _FOLLOWUPS, _EVENTS, _GAPS, _BY_YEAR, _BY_EVENT, _TEAM, _LETTERS, _DOWNLOADS, _RECENT,
    ),
    Role.NEWSLETTER_EDITOR: (_LETTERS, _SIGNUPS, _DELIVERIES, _GAPS, _DOWNLOADS, _RECENT),
    Role.READER: (_EVENTS, _FOLLOWUPS, _TASKS, _BY_YEAR, _BY_EVENT, _RECENT),
}  # fmt: skip
ORDER: dict[Role, tuple[str, ...]] = {
    role: tuple(panel.name for panel in panels) for role, panels in _PLACED.items()
}
PANELS: dict[str, Panel] = {panel.name: panel for panels in _PLACED.values() for panel in panels}


def panels_for(scope: Scope) -> Iterator[Panel]:
    """Yield the panels of a person, each once."""
    names = dict.fromkeys(name for role in ORDER if role in scope.roles for name in ORDER[role])
    yield from (PANELS[name] for name in names if PANELS[name].is_for(scope))
