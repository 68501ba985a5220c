"""An event beside those of other offices: one number for each event, and the median of many.

Nothing here names an event or an office: what leaves the database are counts and medians.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Float, Select, cast, func, literal, select

from app.core.enums import Titled
from app.models.categories import Side
from app.models.contracts import Contract, ContractStatus
from app.models.events import Event, EventKind, EventStatus
from app.models.participations import Participation, ParticipationStatus
from app.queries.base import CAME, CHECKED, EXPECTED

#: What has come to an end, one way or the other.
KEPT = (ContractStatus.FULFILLED, ContractStatus.PARTLY_FULFILLED)
ENDED = (*KEPT, ContractStatus.NOT_FEASIBLE, ContractStatus.NO_CONTACT)

Condition = ColumnElement[bool]


class Compared(Titled):
    """What is compared."""

    COMPANIES = "companies", _("Companies that came")
    NONPROFITS = "nonprofits", _("Nonprofit organisations that came")
    RATIO = "ratio", _("Nonprofit organisations for each company")
    PEOPLE = "people", _("People")
    CONTRACTS = "contracts", _("Contracts")
    PER_ORGANISATION = "per_organisation", _("Contracts for each organisation that came")
    KEPT = "kept", _("Contracts kept, of those that have ended, in %")
    NO_SHOWS = "no_shows", _("No-shows, of those who were expected, in %")


def held_elsewhere(office_id: int) -> tuple[Condition, ...]:
    """Ask for the marketplaces that other offices have held."""
    return (
        Event.kind == EventKind.MARKETPLACE,
        Event.status == EventStatus.HELD,
        Event.office_id != office_id,
    )


def numbers(what: Compared, *asked: Condition) -> Select[int, float]:
    """Office and number of each event of which it's known; one of which it isn't has no row, since that's not zero."""
    return _NUMBERS[what](asked)


def offices(what: Compared, seen: Collection[int] | None, *asked: Condition) -> Select[int, int, int]:
    """Count offices behind a median, those of them that a person doesn't see (``seen``; None is all), and events."""
    found = numbers(what, *asked).subquery()
    office = found.c.office_id
    unseen: Any = (
        func.count(office.distinct()).filter(office.not_in(seen)) if seen is not None else literal(0)
    )
    return select(func.count(office.distinct()), unseen, func.count()).select_from(found)


def median(what: Compared, *asked: Condition) -> Select[float | None]:
    """The number in the middle, or the mean of the two that are nearest to it."""
    number = numbers(what, *asked).subquery().c.number
    place = func.row_number().over(order_by=number)
    ranked = select(
        number.label("number"), place.label("place"), func.count().over().label("many")
    ).subquery()
    many = ranked.c.many
    middle = ranked.c.place.in_(((many + 1) // 2, (many + 2) // 2))
    return select(func.avg(ranked.c.number)).where(middle)


def _came(side: Side) -> ColumnElement[int]:
    return func.count(Participation.id).filter(Participation.status.in_(CAME), Participation.side == side)


def _by_event(
    number: Any, source: Any, asked: Collection[Condition], having: Condition
) -> Select[int, float]:
    return (
        select(Event.office_id.label("office_id"), cast(number, Float).label("number"))
        .select_from(source)
        .join(source.event)
        .where(*asked)
        .group_by(Event.id, Event.office_id)
        .having(having)
    )


def _side(side: Side) -> Callable[[Collection[Condition]], Select[int, float]]:
    return lambda asked: _by_event(_came(side), Participation, asked, _came(side) > 0)


def _ratio(asked: Collection[Condition]) -> Select[int, float]:
    companies, nonprofits = _came(Side.COMPANY), _came(Side.NONPROFIT)
    # Where there is no company, nothing is divided: the databases don't agree on what that gives.
    share = cast(nonprofits, Float) / func.nullif(companies, 0)
    return _by_event(share, Participation, asked, (companies > 0) & (nonprofits > 0))


def _people(asked: Collection[Condition]) -> Select[int, float]:
    """Count people only where the number is known of all who came."""
    came = Participation.status.in_(CAME)
    known = func.count(Participation.head_count).filter(came)
    heads = func.sum(Participation.head_count).filter(came)
    return _by_event(
        heads, Participation, asked, (known > 0) & (known == func.count(Participation.id).filter(came))
    )


def _standing() -> ColumnElement[int]:
    return func.count(Contract.id).filter(Contract.status != ContractStatus.CANCELLED)


def _contracts(asked: Collection[Condition]) -> Select[int, float]:
    return _by_event(_standing(), Contract, asked, _standing() > 0)


def _per_organisation(asked: Collection[Condition]) -> Select[int, float]:
    came = (
        select(Participation.event_id.label("event_id"), func.count().label("many"))
        .where(Participation.status.in_(CAME))
        .group_by(Participation.event_id)
        .subquery()
    )
    return (
        select(
            Event.office_id.label("office_id"),
            cast(cast(_standing(), Float) / came.c.many, Float).label("number"),
        )
        .select_from(Contract)
        .join(Contract.event)
        .join(came, came.c.event_id == Event.id)
        .where(*asked)
        .group_by(Event.id, Event.office_id, came.c.many)
        .having(_standing() > 0)
    )


def _kept(asked: Collection[Condition]) -> Select[int, float]:
    return _share(Contract, Contract.status, KEPT, ENDED, asked, ENDED)


def _no_shows(asked: Collection[Condition]) -> Select[int, float]:
    missed = (ParticipationStatus.NO_SHOW,)
    return _share(Participation, Participation.status, missed, EXPECTED, asked, CHECKED)


def _share(
    source: Any, status: Any, part: Any, whole: Any, asked: Collection[Condition], known: Collection[Enum]
) -> Select[int, float]:
    """Give a share in percent, of events of which something is known."""
    every = func.count(source.id).filter(status.in_(whole))
    share = 100 * cast(func.count(source.id).filter(status.in_(part)), Float) / func.nullif(every, 0)
    return _by_event(share, source, asked, func.count(source.id).filter(status.in_(known)) > 0)


_NUMBERS: dict[Compared, Callable[[Collection[Condition]], Select[int, float]]] = {
    Compared.COMPANIES: _side(Side.COMPANY),
    Compared.NONPROFITS: _side(Side.NONPROFIT),
    Compared.RATIO: _ratio,
    Compared.PEOPLE: _people,
    Compared.CONTRACTS: _contracts,
    Compared.PER_ORGANISATION: _per_organisation,
    Compared.KEPT: _kept,
    Compared.NO_SHOWS: _no_shows,
}
