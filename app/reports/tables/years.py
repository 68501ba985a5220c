"""Reports on what came of events and years: result sheets, series, and the activity report of an office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select

from app.access import Section, current
from app.core import clock
from app.core.excel import Kind
from app.models.events import Event
from app.queries import outcomes
from app.queries.base import Which
from app.reports.tables.base import IN_YEAR, Field, Sheet, opens, report, taking
from app.reports.tables.charts import Drawing
from app.reports.tables.links import OPEN, record
from app.reports.tables.parameters import EVENT, EVENT_YEAR, OFFICE

_CAME, _AGREED = Section.PARTICIPATIONS, Section.CONTRACTS
_EVENT = Field("event", "Contract", width=32)
_DAY = Field("starts_on", _("Date of the event"), Kind.DATE, 15)
_NUMBERS = (
    Field("companies", _("Companies that came"), Kind.INTEGER, 14, total=True, section=_CAME),
    Field("nonprofits", _("Nonprofits that came"), Kind.INTEGER, 14, total=True, section=_CAME),
    Field("municipalities", _("Municipalities that came"), Kind.INTEGER, 14, total=True, section=_CAME),
    Field("contracts", _("Contracts"), Kind.INTEGER, 11, total=True, section=_AGREED),
    Field("hours", "Contribution", Kind.NUMBER, 12, total=True, section=_AGREED),
    Field("value", "Contribution", Kind.MONEY, 16, total=True, section=_AGREED),
)
_SHEET_OF_RESULT = Field(
    "result",
    _("Result sheet"),
    width=17,
    read=lambda _row: OPEN,
    link=record("result", "id", page=""),
    opens=True,
    section=_AGREED,
)


def _own(select: Callable[[Which], Select[Any]]) -> Callable[..., Select[Any]]:
    """Narrow to events of one's own offices: of those that others share, one doesn't see who came."""

    def narrowed(**asked: Any) -> Select[Any]:
        statement = select(Which(**asked))
        scope = current()
        return statement if scope.works_everywhere else statement.where(Event.office_id.in_(scope.offices))

    return narrowed


RESULTS = (
    Field("office", "Event", width=24),
    _EVENT,
    _DAY,
    Field("city", "Event", width=18),
    *_NUMBERS,
    _SHEET_OF_RESULT,
)
SERIES = (Field("series", "Event", width=28), IN_YEAR, _EVENT, _DAY, *_NUMBERS, opens("events", "id"))
KINDS = (
    Field("kind", "Activity", width=22),
    Field("activities", _("Activities"), Kind.INTEGER, 13, total=True),
    Field("organisations", _("Organisations"), Kind.INTEGER, 15),
)
DONE = (
    Field("office", "Activity", width=24),
    Field("happened_on", "Activity", Kind.DATE, 13),
    Field("kind", "Activity", width=16),
    Field("subject", "Activity", width=40),
    Field("organisation", "Activity", width=28, section=Section.ORGANISATIONS),
    Field("event", "Activity", width=28, section=Section.EVENTS),
    opens("activities", "id"),
)
_COUNTED = (
    _("Counted"),
    _(
        "What is on file: who was registered or confirmed, or came; contracts that weren’t called off. Where nothing"
        " is on file, it’s empty; what was reported of such an event stands in “Marketplaces compared”."
    ),
)
_AHEAD = (_("Who came"), _("To events that are still ahead nobody has come yet: there it’s empty."))


REPORTS = (
    report(
        "results",
        _("Results of events"),
        _("Each marketplace that was held in numbers, with the way to its result sheet."),
        Section.EVENTS,
        (Sheet("results", _("Results"), RESULTS, _own(outcomes.held)),),
        (EVENT_YEAR, EVENT, OFFICE),
        lambda: (
            _COUNTED,
            (_("Result sheet"), _("What the gong has counted stands there, with its reservations.")),
        ),
    ),
    report(
        "series",
        _("Series of events over the years"),
        _("The events of each series, year after year: who came, and what was agreed."),
        Section.EVENTS,
        (
            Sheet(
                "series",
                _("Series of events"),
                SERIES,
                _own(lambda which: outcomes.in_series(which, clock.today())),
                charts=(Drawing(_("Contracts by year"), ("series", "year"), ("contracts",)),),
            ),
        ),
        (OFFICE,),
        lambda: (_COUNTED, _AHEAD),
    ),
    report(
        "activities",
        _("Activity report of an office"),
        _("What an office did: how many talks, meetings and letters, with whom, and its marketplaces."),
        Section.ACTIVITIES,
        (
            Sheet(
                "kinds",
                _("In numbers"),
                KINDS,
                taking(outcomes.done_by_kind),
                charts=(Drawing(_("Activities"), ("kind",), ("activities",)),),
            ),
            Sheet("done", _("Activities"), DONE, taking(outcomes.done)),
            Sheet("results", _("Marketplaces"), RESULTS, _own(outcomes.held), Section.EVENTS),
        ),
        (EVENT_YEAR, OFFICE),
        lambda: (
            (_("Activities"), _("What has a day on which it happened; tasks, once they’re done.")),
            (
                _("Organisations"),
                _("Each counts once for each kind of activity, so they aren’t added up."),
            ),
            _COUNTED,
        ),
    ),
)
