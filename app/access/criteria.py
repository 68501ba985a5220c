"""The conditions that narrow every statement to what a person may see, or change."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from app.core.hints import unsearched
from app.models.base import Lendable, OfficeScoped, Personal, Shareable
from app.models.offices import Office
from app.models.users import Membership, Staff

# Flask-AppBuilder's own user model, which maps the accounts too.
User: Any = inspect(Staff).base_mapper.class_
NOBODY = -1
KEPT = 512  # of that many persons at a time; they take some kilobytes each


@lru_cache(KEPT)
def of_person(staff_id: int | None, *, write: bool) -> tuple[ExecutableOption, ...]:
    """Give those of who sees all offices: what belongs to others, or is lent to nobody, stays hidden."""
    me = staff_id if staff_id is not None else NOBODY
    lent: Any = (
        (lambda cls: cls.staff_id == me)
        if write
        else (lambda cls: or_(cls.staff_id == me, cls.office_id.is_not(None)))
    )
    return _own(me, lent)


@lru_cache(KEPT)
def of_offices(
    offices: frozenset[int], above: frozenset[int], staff_id: int | None, *, whole: bool, write: bool
) -> tuple[ExecutableOption, ...]:
    """Give those of who sees some offices; ``whole`` says that they were all there are.

    Shared rows are read by all who work somewhere, and written by their owner, so a bulk UPDATE or DELETE gets stricter
    ones.
    """
    me, mine, most = staff_id if staff_id is not None else NOBODY, tuple(offices), max(offices, default=0)
    # A list of all offices would be sent and gone through with each row. One that comes up meanwhile, elsewhere, has a
    # higher key and isn't seen.
    own: Any = (
        (lambda cls: unsearched(cls.office_id) <= most) if whole else (lambda cls: cls.office_id.in_(mine))
    )
    colleagues = select(Membership.staff_id).where(own(Membership))
    shared: Any = (
        own
        if write or not mine or whole
        else (lambda cls: or_(cls.office_id.in_(mine), cls.shared.is_(True)))
    )
    seen: ColumnElement[bool] = (
        unsearched(Office.id) <= most if whole else Office.id.in_(mine if write else (*mine, *above))
    )
    lent: Any = (
        (lambda cls: cls.staff_id == me)
        if write
        else (lambda cls: or_(cls.staff_id == me, cls.office_id <= most))
        if whole
        else (lambda cls: or_(cls.staff_id == me, cls.office_id.in_(mine)))
    )
    return (
        with_loader_criteria(OfficeScoped, own, include_aliases=True),
        with_loader_criteria(Shareable, shared, include_aliases=True),
        with_loader_criteria(Office, seen, include_aliases=True),
        with_loader_criteria(
            User, lambda cls: or_(cls.id.in_(colleagues), cls.id == me), include_aliases=True
        ),
        *_own(me, lent),
    )


def _own(me: int, lent: Any) -> tuple[ExecutableOption, ...]:
    """Give those of what belongs to a person, whatever the offices."""
    return (
        with_loader_criteria(Personal, lambda cls: cls.staff_id == me, include_aliases=True),
        with_loader_criteria(Lendable, lent, include_aliases=True),
    )
