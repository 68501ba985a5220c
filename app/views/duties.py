"""What the start page tells a person: what is due, what comes next, what is missing, what others did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.models.activities import Activity, ActivityKind
from app.models.contacts import Contact
from app.models.contracts import Contract, ContractStatus
from app.models.events import Event, EventStatus
from app.models.materials import Material
from app.models.news import NewsItem
from app.models.newsletters import Newsletter
from app.models.offers import Offer
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.receipts import Receipt
from app.models.subscribers import Subscriber
from app.models.users import Staff
from app.queries import activities, contracts, events, history, receipts, rows
from app.queries import followups as asking
from app.reports.overview.newsletters import deliveries as delivered
from app.views import gaps
from app.views.cells import view_of
from app.views.filters.days import During, Period
from app.views.filters.presence import Empty
from app.views.filters.values import DAYS, Member, NotMember, Related, YesNo
from app.views.links import Condition, is_in, narrowed

ROWS = 8
CHANGES = 10
LOOKED_THROUGH = 100  # saves: who saves a record ten times in a row is told of once
WEEKS = 4

# Each with what its name is made of.
_TOLD: dict[type[Any], tuple[str, ...]] = {
    Activity: (),
    Contact: (),
    Contract: ("parties.organisation",),
    Event: (),
    Material: (),
    NewsItem: (),
    Newsletter: (),
    Offer: (),
    Organisation: (),
    Participation: ("organisation", "event"),
    Subscriber: (),
}


def tasks() -> dict[str, Any]:
    """What the person has to do, and what nobody has taken; overdue first."""
    scope = current()
    loads = rows.loading(Activity, "organisation", "contact")
    found = activities.open_tasks(scope.staff_id).options(*loads).limit(ROWS)
    done = "ActivityView.finish"
    return {
        "rows": db.session.scalars(found).all(),
        "today": clock.today(),
        "done": done
        if done in current_app.view_functions and scope.may(Verb.WRITE, Section.ACTIVITIES)
        else "",
        "all": narrowed(
            Activity, is_in("kind", Member, ActivityKind.TASK), Condition("done_at", Empty)
        ).address(),
        "add": _adding(Activity, kind=ActivityKind.TASK.value),
    }


def followups() -> dict[str, Any]:
    """Contracts that are due and not finished, and those whose parties nobody has asked yet."""
    today = clock.today()
    overdue = narrowed(
        Contract, is_in("status", Member, *contracts.OPEN), _until("due_on", today - timedelta(days=1))
    )
    silent = narrowed(
        Contract,
        is_in("status", Member, ContractStatus.AGREED),
        _until("agreed_on", today - contracts.SILENCE),
    )
    return {
        "today": today,
        "overdue": _listed(contracts.overdue(today), overdue),
        "silent": _listed(contracts.silent(today), silent),
        "contested": _listed(asking.contested(), narrowed(Contract, Condition("contested", YesNo, ["y"]))),
        "all": url_for("FollowUpsView.list"),
    }


def next_events() -> dict[str, Any]:
    """The next events."""
    found = events.upcoming(clock.today()).limit(ROWS)
    ahead = is_in("starts_on", During, Period.AHEAD)
    everything = narrowed(Event, ahead, is_in("status", NotMember, EventStatus.CANCELLED))
    return {
        "rows": db.session.scalars(found).all(),
        "all": everything.address(),
        "add": _adding(Event),
    }


def missing() -> dict[str, Any]:
    """What the records lack."""
    return {"rows": list(gaps.found(clock.today()))}


def recent() -> dict[str, Any]:
    """The records that were saved last in the person's offices, as far as the person may read such."""
    kinds = {model.__name__: model for model in _TOLD if current().reads(model)}
    saves: dict[tuple[str, int], tuple[Any, str]] = {}
    for kind, key, at, actor in db.session.execute(history.latest(kinds).limit(LOOKED_THROUGH)):
        saves.setdefault((kind, key), (at, actor))
    named = dict(list(saves.items())[:CHANGES])
    records = _records({(kinds[kind], key) for kind, key in named})
    return {
        "rows": [
            {"record": records[kind, key], "view": view_of(kinds[kind]), "at": at, "by": actor}
            for (kind, key), (at, actor) in named.items()
            if (kind, key) in records
        ]
    }


def team() -> dict[str, Any]:
    """How many tasks each of the staff has to do; what belongs to somebody who can't be seen isn't named."""
    found = db.session.execute(activities.open_by_assignee(clock.today())).all()
    keys = [key for key, _open, _overdue in found if key is not None]
    people = {person.id: person for person in db.session.scalars(select(Staff).where(Staff.id.in_(keys)))}
    is_task, is_open = is_in("kind", Member, ActivityKind.TASK), Condition("done_at", Empty)
    return {
        "rows": [
            {
                "person": people.get(key) if key is not None else None,
                "open": number,
                "overdue": overdue,
                "address": narrowed(Activity, is_task, is_open, _assigned(key)).address(),
            }
            for key, number, overdue in found
            if key is None or key in people
        ]
    }


def downloads() -> dict[str, Any]:
    """Who took which file lately."""
    found = receipts.since(clock.now() - timedelta(weeks=WEEKS)).limit(ROWS)
    return {"rows": db.session.scalars(found).all(), "all": narrowed(Receipt).address()}


def deliveries() -> dict[str, Any]:
    """Whom mails reach, and whom they don't, each with the list of them."""
    return {
        "rows": [
            {"title": one.title, "count": count, "address": _with(one)} for one, count in delivered().items()
        ]
    }


def _with(delivery: Any) -> str:
    return narrowed(Subscriber, is_in("delivery", Member, delivery)).address()


def _until(column: str, day: date) -> Condition:
    return Condition(column, DAYS[2], [day.isoformat()])


def _assigned(key: int | None) -> Condition:
    return Condition("assignee", Empty) if key is None else Condition("assignee", Related, [str(key)])


def _listed(statement: Any, everything: Any) -> dict[str, Any]:
    """Give the first rows, and how many there are in the list behind them."""
    loads = rows.loading(Contract, "event", "parties.organisation")
    found = db.session.scalars(statement.options(*loads).limit(ROWS + 1)).all()
    return {
        "rows": found[:ROWS],
        "count": everything.count() if len(found) > ROWS else len(found),
        "all": everything.address(),
    }


def _adding(model: type[Any], **values: Any) -> str:
    """Give the address of a new record's form, for who may add one; "" for others."""
    view = view_of(model)
    return url_for(f"{view.endpoint}.add", **values) if view.may(Verb.WRITE) else ""


def _records(wanted: Iterable[tuple[type[Any], int]]) -> dict[tuple[str, int], Any]:
    """Read records of several kinds, a statement for each kind."""
    keys: dict[type[Any], list[int]] = {}
    for model, key in wanted:
        keys.setdefault(model, []).append(key)
    return {
        (model.__name__, record.id): record
        for model, chosen in keys.items()
        for record in db.session.scalars(
            select(model).where(model.id.in_(chosen)).options(*rows.loading(model, *_TOLD[model]))
        )
    }
