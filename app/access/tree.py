"""The tree of offices: who stands below and above whom. A process reads it when it has changed, and not before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import BigInteger, Select, bindparam, cast, func, select, true
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.models.offices import Office
from app.models.users import Membership, Staff

_KEPT = "marktbuero_offices"


@dataclass(frozen=True)
class Tree:
    """All offices: the name of each, and the key of the one above it."""

    offices: Mapping[int, tuple[str, int | None]]
    _around: dict[tuple[int, ...], tuple[frozenset[int], frozenset[int]]] = field(default_factory=dict)
    _within: dict[frozenset[int], Mapping[int, tuple[str, int | None]]] = field(default_factory=dict)

    def within(self, offices: frozenset[int]) -> Mapping[int, tuple[str, int | None]]:
        """Give the part of the tree that some offices are."""
        if offices not in self._within:
            self._within[offices] = {key: one for key, one in self.offices.items() if key in offices}
        return self._within[offices]

    def around(self, homes: tuple[int, ...]) -> tuple[frozenset[int], frozenset[int]]:
        """Give the offices at and below some, and those above them."""
        if homes not in self._around:
            self._around[homes] = self._below(homes), self._above(homes)
        return self._around[homes]

    def _below(self, homes: tuple[int, ...]) -> frozenset[int]:
        found: set[int] = set()
        waiting = list(homes)
        while waiting:
            office = waiting.pop()
            if office not in found:
                found.add(office)
                waiting.extend(self._children.get(office, ()))
        return frozenset(found)

    def _above(self, homes: tuple[int, ...]) -> frozenset[int]:
        found: set[int] = set()
        for home in homes:
            step = self._parent(home)
            while step is not None and step not in found:
                found.add(step)
                step = self._parent(step)
        return frozenset(found)

    def _parent(self, office: int) -> int | None:
        return self.offices[office][1] if office in self.offices else None

    @cached_property
    def _children(self) -> dict[int | None, list[int]]:
        found: dict[int | None, list[int]] = {}
        for office, (_name, parent) in self.offices.items():
            found.setdefault(parent, []).append(office)
        return found


class Found(NamedTuple):
    """A person, the state of the tree, and the keys of the offices in which the person works."""

    person: Staff
    state: tuple[Any, ...]
    homes: tuple[int, ...]


def with_workplaces(key: int) -> Found | None:
    """Read a person with the roles, and beside it the state of the tree and the person's offices.

    None where there is no such person. Call it where all are seen.
    """
    rows = db.session.execute(_with_workplaces(), {"person": key}).unique().all()
    if not rows:
        return None
    person, *state, _office = rows[0]
    return Found(person, tuple(state), tuple(row.office_id for row in rows if row.office_id is not None))


@cache
def _with_workplaces() -> Select[Any]:
    """Select it in one statement, with which each request begins.

    The state differs after each change of an office: versions go up with every save, and keys with every row.
    """
    state = select(
        func.count(Office.id).label("offices"),
        func.max(Office.id).label("last"),
        func.sum(Office.version).label("saves"),
        func.max(Office.changed_at).label("changed_at"),
        func.sum(cast(Office.id, BigInteger) * Office.parent_id).label("shape"),
    ).subquery("state")
    working = select(Membership.id, Membership.staff_id, Membership.office_id).subquery("working")
    return (
        select(Staff, *state.c, working.c.office_id)
        .select_from(Staff)
        .join(state, true())
        .outerjoin(working, working.c.staff_id == Staff.id)
        .where(Staff.id == bindparam("person"))
        .options(joinedload(Staff.roles))
        .order_by(working.c.id)
        .execution_options(kept=True, prepared=True)
    )


def tree(known: tuple[Any, ...]) -> Tree:
    """Give the tree as it is in a state that was read before. Call it where all offices are seen."""
    kept: tuple[tuple[Any, ...], Tree] | None = current_app.extensions.get(_KEPT)
    if kept is None or kept[0] != known:
        rows = db.session.execute(select(Office.id, Office.name, Office.parent_id))
        # What has changed since is read anew next time, as its state is another one.
        kept = known, Tree({key: (name, parent) for key, name, parent in rows})
        current_app.extensions[_KEPT] = kept
    return kept[1]
