"""Events in numbers: who came, and what was agreed there."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, extract, func, select

from app.core.sqltext import office_day
from app.models.activities import Activity, ActivityKind
from app.models.categories import Side
from app.models.contracts import Contract, ContractStatus, Contribution
from app.models.events import Event, EventKind, EventStatus
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.series import Series
from app.queries.base import CAME, Which, narrow_events, tally, took_place


def held(which: Which) -> Select[Any]:
    """Marketplaces that were held, each with who came and what was agreed; None where nobody has said any."""
    return _counted(which).where(Event.kind == EventKind.MARKETPLACE, Event.status == EventStatus.HELD)


def in_series(which: Which, day: date) -> Select[Any]:
    """The events of series in numbers, series by series in the order of the years; nobody has come to later ones."""
    statement = _counted(which, took_place(day)).where(
        Event.series_id.is_not(None), Event.status != EventStatus.CANCELLED
    )
    return statement.order_by(None).order_by(
        Series.name, Series.id, Event.starts_on.is_(None), Event.starts_on, Event.id
    )


def _counted(which: Which, *came_if: ColumnElement[bool]) -> Select[Any]:
    """Give events with what is on file of them; None where nothing is: then nobody knows, which isn't zero.

    Who came is counted of events of which all of ``came_if`` is so.
    """
    came = {
        side: select(tally(Participation.side == side))
        .where(Participation.event_id == Event.id, Participation.status.in_(CAME), *came_if)
        .correlate(Event)
        .scalar_subquery()
        for side in Side
    }
    stands = (Contract.event_id == Event.id, Contract.status != ContractStatus.CANCELLED)
    agreed = select(func.nullif(func.count(Contract.id), 0)).where(*stands).correlate(Event).scalar_subquery()
    hours, value = (
        select(func.sum(column)).join(Contribution.contract).where(*stands).correlate(Event).scalar_subquery()
        for column in (Contribution.hours, Contribution.value)
    )
    statement = (
        select(
            Office.name.label("office"),
            Series.name.label("series"),
            Event.id,
            Event.title.label("event"),
            Event.starts_on,
            extract("year", Event.starts_on).label("year"),
            Event.city,
            came[Side.COMPANY].label("companies"),
            came[Side.NONPROFIT].label("nonprofits"),
            came[Side.MUNICIPALITY].label("municipalities"),
            agreed.label("contracts"),
            hours.label("hours"),
            value.label("value"),
        )
        .select_from(Event)
        .outerjoin(Event.office)
        .outerjoin(Event.series)
    )
    narrowed: Select[Any] = narrow_events(statement, which)
    return narrowed


# --- what an office did --------------------------------------------------------------------------------------
def done(which: Which) -> Select[Any]:
    """What was noted as done, the latest first: calls, mails, meetings, notes, and tasks that are done."""
    return _done(
        select(
            Office.name.label("office"),
            Activity.id,
            _happened().label("happened_on"),
            Activity.kind,
            Activity.subject,
            Organisation.name.label("organisation"),
            Event.title.label("event"),
        )
        .select_from(Activity)
        .outerjoin(Activity.office)
        .outerjoin(Activity.organisation)
        .outerjoin(Activity.event),
        which,
    ).order_by(_happened().desc(), Activity.id)


def done_by_kind(which: Which) -> Select[Any]:
    """How often each was done, and with how many organisations."""
    number = func.count(Activity.id)
    counted = select(
        Activity.kind,
        number.label("activities"),
        func.count(Activity.organisation_id.distinct()).label("organisations"),
    ).group_by(Activity.kind)
    return _done(counted, which).order_by(number.desc(), Activity.kind)


def _happened() -> ColumnElement[date | None]:
    """The day on which something happened; of a task, when it was done, by the clocks in the office."""
    return case(
        (Activity.kind == ActivityKind.TASK, office_day(Activity.done_at)), else_=Activity.happened_on
    )


def _done(statement: Any, which: Which) -> Select[Any]:
    day = _happened()
    statement = statement.where(day.is_not(None))
    if which.year is not None:
        statement = statement.where(extract("year", day) == which.year)
    if which.office is not None:
        statement = statement.where(Activity.office_id == which.office.id)
    found: Select[Any] = statement
    return found
