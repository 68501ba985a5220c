"""Offices, with what each of them has held."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, cast, extract, func, literal, null, select, union_all

from app.models.categories import Side
from app.models.contracts import Contract, ContractStatus, Contribution
from app.models.events import Event, EventKind, EventStatus
from app.models.offices import Office, State
from app.models.participations import Participation
from app.queries.base import CAME, tally


def by_state() -> Select[State | None, int]:
    """How many offices each state has."""
    return select(Office.state, func.count(Office.id)).group_by(Office.state)


def named() -> Select[Office]:
    """The offices that can be seen, by name."""
    return select(Office).order_by(Office.name, Office.id)


def with_marketplaces(day: date) -> Select[Office, int, date | None, date | None]:
    """Offices with the marketplaces that they held, the day of the last one, and of the next from a day on.

    Those that have held most come first, and of equals in the order of their names.
    """
    held = Event.status == EventStatus.HELD
    planned = (Event.starts_on >= day) & Event.status.not_in((EventStatus.HELD, EventStatus.CANCELLED))
    market = (
        select(
            Event.office_id,
            func.count(Event.id).filter(held).label("held"),
            func.max(Event.starts_on).filter(held).label("last"),
            func.min(Event.starts_on).filter(planned).label("next"),
        )
        .where(Event.kind == EventKind.MARKETPLACE)
        .group_by(Event.office_id)
        .subquery()
    )
    count = func.coalesce(market.c.held, 0)
    return (
        select(Office, count, market.c.last, market.c.next)
        .outerjoin(market, market.c.office_id == Office.id)
        .order_by(count.desc(), Office.name, Office.id)
    )


# --- as reports list them -------------------------------------------------------------------------------------
def by_year(
    offices: Collection[int] | None, year: int | None = None, office: Office | None = None
) -> Select[Any]:
    """What each of these offices (None: all) held and agreed on in each year; without a date it's the year None.

    Who came, what was agreed and what it's worth is None where nobody has entered any.
    """
    parts, sums = _parts(offices, year, office)
    return (
        select(Office.name.label("office"), Office.state, parts.c.year, *sums)
        .join(parts, parts.c.office_id == Office.id)
        .group_by(Office.id, Office.name, Office.state, parts.c.year)
        .order_by(Office.name, Office.id, parts.c.year.is_(None), parts.c.year)
    )


def by_state_and_year(
    offices: Collection[int] | None, year: int | None = None, office: Office | None = None
) -> Select[Any]:
    """The same by federal state; None where an office's isn't known."""
    parts, sums = _parts(offices, year, office)
    return (
        select(Office.state, func.count(Office.id.distinct()).label("offices"), parts.c.year, *sums)
        .join(parts, parts.c.office_id == Office.id)
        .group_by(Office.state, parts.c.year)
        .order_by(Office.state.is_(None), Office.state, parts.c.year.is_(None), parts.c.year)
    )


_COUNTS = ("events", "companies", "nonprofits", "municipalities", "contracts")


def _parts(offices: Collection[int] | None, year: int | None, office: Office | None) -> tuple[Any, list[Any]]:
    """Give what was held, who came and what was agreed, one below the other, and the sums of all of it."""
    market = (Event.kind == EventKind.MARKETPLACE, Event.status == EventStatus.HELD)
    held = extract("year", Event.starts_on)
    agreed = extract("year", func.coalesce(Contract.agreed_on, Event.starts_on))
    of_side = {side: tally(Participation.side == side) for side in Side}
    hours, value = func.sum(Contribution.hours), func.sum(Contribution.value)
    worth = (
        select(Contribution.contract_id, hours.label("hours"), value.label("value"))
        .group_by(Contribution.contract_id)
        .subquery()
    )
    none, nobody = literal(0), cast(null(), Integer)
    unknown = (cast(null(), Contribution.hours.type), cast(null(), Contribution.value.type))
    agreements = (func.count(Contract.id), func.sum(worth.c.hours), func.sum(worth.c.value))
    rows = [
        select(Event.office_id, held, func.count(Event.id), nobody, nobody, nobody, nobody, *unknown)
        .where(*market)
        .group_by(Event.office_id, held),
        select(Participation.office_id, held, none, *of_side.values(), nobody, *unknown)
        .join(Participation.event)
        .where(*market, Participation.status.in_(CAME))
        .group_by(Participation.office_id, held),
        select(Contract.office_id, agreed, none, nobody, nobody, nobody, *agreements)
        .outerjoin(Contract.event)
        .outerjoin(worth, worth.c.contract_id == Contract.id)
        .where(Contract.status != ContractStatus.CANCELLED)
        .group_by(Contract.office_id, agreed),
    ]
    names = (*_COUNTS, "hours", "value")
    first = rows[0].selected_columns
    rows[0] = rows[0].with_only_columns(
        *(one.label(name) for name, one in zip(("office_id", "year", *names), first, strict=True))
    )
    for at, owner in enumerate((Event.office_id, Participation.office_id, Contract.office_id)):
        if offices is not None:
            rows[at] = rows[at].where(owner.in_(offices))
        if office is not None:
            rows[at] = rows[at].where(owner == office.id)
        if year is not None:
            rows[at] = rows[at].where((agreed if owner is Contract.office_id else held) == year)
    parts = union_all(*rows).subquery()
    sums = [cast(func.sum(parts.c[name]), Integer).label(name) for name in _COUNTS]
    return parts, [*sums, *(func.sum(parts.c[name]).label(name) for name in ("hours", "value"))]
