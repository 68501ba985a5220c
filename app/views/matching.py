"""The matching of an event: who could give what to whom, a plan of talks, and what is left for the brokers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import abort, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.models.events import Event
from app.models.organisations import Organisation
from app.reports import matching
from app.reports.matching import paper
from app.reports.sources import Source, Work, makes
from app.services.downloads import Asked
from app.views import documents, paging
from app.views.arguments import number as asked_for
from app.views.background import asked_later
from app.views.cells import view_of
from app.views.eventpages import EventPage
from app.views.fields import find

SIZE = 20  # organisations on a page
AT_ONCE = 50  # sheets, of which each takes a fortieth of a second
SHEETS = "matching/sheets"
ABOUT = {Section.OFFERS, Section.ORGANISATIONS, Section.PARTICIPATIONS}
ROUNDS, MOST_ROUNDS = 4, 8


class MatchingView(EventPage):
    """What is open at an event, brought together. Nothing is stored: who comes or offers more changes it."""

    route_base = "/matching"
    section = Section.OFFERS
    page_title = _("Matching")
    icon = "affiliate"
    # A sheet for each organisation is a file of the event's work; who only reads has it on the screen.
    method_permission_name = {
        "show": "read", "plan": "read", "unmatched": "read", "sheets": "read", "paper": "write",
    }  # fmt: skip

    @expose("/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        """Show the suggestions of each organisation, or of one."""
        event, found = self._matching(pk)
        only, page = _organisation(found), asked_for("page")
        parties = found.speaking if only is None else [only]
        shown = parties[page * SIZE : (page + 1) * SIZE]
        return self._tab(
            "suggestions", event, found,
            only=only, start=page, count=len(parties), size=SIZE, pages=paging.numbers(page, SIZE, len(parties)),
            suggested=[(party, found.suggestions(party)) for party in shown],
        )  # fmt: skip

    @expose("/<pk>/plan")
    @has_access
    def plan(self, pk: str) -> str:
        """Show who talks to whom in which round."""
        event, found = self._matching(pk)
        return self._tab("plan", event, found, plan=found.plan(_rounds()))

    @expose("/<pk>/unmatched")
    @has_access
    def unmatched(self, pk: str) -> str:
        """Show what nothing meets well, with what comes nearest, and who has said nothing."""
        event, found = self._matching(pk)
        left = [(one, found.closest(one)) for one in found.unmatched]
        return self._tab("unmatched", event, found, left=left)

    @expose("/<pk>/sheets")
    @has_access
    def sheets(self, pk: str) -> str:
        """Show a sheet for each organisation, each to be printed on a page of its own."""
        event, found = self._matching(pk)
        only = _organisation(found)
        return self._tab("sheets", event, found, only=only, sheets=found.sheets(_rounds(), only))

    @expose("/<pk>/paper")
    @has_access
    def paper(self, pk: str) -> Response:
        """Give the sheets as a PDF, and write down who took it."""
        event, found = self._matching(pk)
        only, title = _organisation(found), gettext("Matching %(event)s", event=event)[:200]
        if only is None:
            parameters = {"event": str(event.id), "rounds": str(_rounds())}
            asked = Asked(title, SHEETS, parameters, "pdf", str(get_locale() or "de"))
            if later := asked_later(asked, lambda _most: len(found.coming), AT_ONCE):
                return later
        sheets = found.sheets(_rounds(), only)
        return documents.give(title, ABOUT, "pdf", partial(paper.write, sheets, event))

    def _matching(self, pk: str) -> tuple[Event, matching.Matching]:
        event = self.event(pk)
        return event, matching.of_event(event)

    def _tab(self, name: str, event: Event, found: matching.Matching, **more: Any) -> str:
        return self.page(
            f"events/matching/{name}.html", event, tab=name, matching=found, rounds=_rounds(), most=MOST_ROUNDS,
            exchange=paper.exchange, subject=paper.subject, may_take=current().may(Verb.WRITE, self.section),
            organisations=view_of(Organisation) if current().reads(Organisation) else None, **{"only": None, **more},
        )  # fmt: skip


class _Sheets:
    """The sheets of all organisations, where they are too many to be waited for."""

    def allows(self, _verb: Verb) -> bool:
        """Whether the person runs events: the sheets are a part of that work."""
        return current().may(Verb.WRITE, Section.OFFERS)

    def work(self, parameters: Mapping[str, str], _fmt: str, _sheet: str, _language: str) -> Work:
        """Read what is open at the event today."""
        event = find(Event, parameters["event"])
        if event is None or not current().writes(event.office_id):
            raise KeyError(parameters["event"])
        sheets = matching.of_event(event).sheets(int(parameters["rounds"]), None)
        return Work("", ABOUT, lambda: len(sheets), partial(paper.write, sheets, event))


@makes("matching")
def _source(name: str) -> Source | None:
    return _Sheets() if name == "sheets" else None


def _rounds() -> int:
    """Read how many rounds are asked for; what is none of the choices is the usual number."""
    asked = request.args.get("rounds", "")
    return int(asked) if asked in map(str, range(1, MOST_ROUNDS + 1)) else ROUNDS


def _organisation(found: matching.Matching) -> matching.Party | None:
    """Read which organisation is asked for: None for all, 404 for one that isn't there."""
    key = asked_for("organisation")
    if not key:
        return None
    return next((one for one in found.coming if one.id == key), None) or abort(404)
