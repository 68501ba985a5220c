"""Where a person may do it: the offices whose rows a piece of work can see and change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from flask import g, has_request_context, request, session
from sqlalchemy import ColumnElement, and_, inspect, or_, select
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.local import LocalProxy

from app.access.policy import RECORDS, Role, Section, Verb, rights, roles_named
from app.core.db import db
from app.core.hints import unsearched
from app.models.base import Lendable, OfficeScoped, Personal, Quoting, Scoped, Shareable
from app.models.offices import Office
from app.models.users import Membership, Staff

# Where a session keeps the office that the person chose to work in; without it, it's all of them.
CHOICE = "office"
# Columns that name who works on a row.
AUTHORS = frozenset({"created_by", "changed_by", "chosen_by"})
# Flask-AppBuilder's own user model, which maps the accounts too.
User: Any = inspect(Staff).base_mapper.class_


class ForeignRowError(Exception):
    """A row of an office outside the scope was about to be written. The edge answers 404."""


@dataclass
class Scope:
    """Who works, and in which offices. ``everywhere`` is for administrators and commands.

    ``workplaces`` are the names of the offices that the person belongs to, for the page. Who
    chose one of several offices sees that one and those below: ``chosen`` is its key, and ``reach`` are all that
    may be chosen, with the name of each and the office above it. ``whole`` says that ``offices`` were all there are.
    """

    actor: str
    offices: set[int] = field(default_factory=set)
    above: frozenset[int] = frozenset()
    home: int | None = None
    workplaces: tuple[str, ...] = ()
    staff_id: int | None = None
    roles: tuple[Role, ...] = ()
    everywhere: bool = False
    reach: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    chosen: int | None = None
    whole: bool = False

    def writes(self, office_id: int | None) -> bool:
        """Whether rows of this office may be changed."""
        return self.everywhere or office_id in self.offices

    @property
    def works(self) -> bool:
        """Whether there is an office in which the person works: without one, nothing can be saved."""
        return self.everywhere or bool(self.offices)

    @property
    def sees_all(self) -> bool:
        """Whether nothing is narrowed: for a command, which is nobody. An administrator is a person among others."""
        return self.everywhere and self.staff_id is None

    @property
    def gathered(self) -> bool:
        """Whether no office is seen but ``home`` and those below it."""
        if self.home is None:
            return False
        below, _above = _around([self.home], {key: parent for key, (_name, parent) in self.reach.items()})
        return below >= (self.reach.keys() if self.everywhere else self.offices)

    @staticmethod
    def may_hide(row: Any, column: str) -> bool:
        """Whether there is a column that ``hides`` has to be asked about: a list has hundreds of others."""
        return column in AUTHORS or isinstance(row, Quoting)

    def hides(self, row: Any, column: str) -> bool:
        """Whether a column of a row that can be seen tells of a person, or of records, that can't."""
        if isinstance(row, Quoting) and column in row.quotes:
            return not self._may_quote(row)
        if column not in AUTHORS or not isinstance(row, (Scoped, Office)):
            return False
        return not self.writes(row.id if isinstance(row, Office) else row.office_id)

    def _may_quote(self, row: Quoting) -> bool:
        """Whether the person may read what a row quotes; where nobody knows what that is, administrators may."""
        if Role.ADMINISTRATOR in self.roles or (self.staff_id is not None and row.staff_id == self.staff_id):
            return True
        return bool(row.sections) and all(self.may(Verb.READ, section) for section in row.sections.split())

    def may(self, verb: Verb, section: str) -> bool:
        """Whether one of the person's roles has this right."""
        return (section, verb) in self._rights

    @cached_property
    def _rights(self) -> frozenset[tuple[Section, Verb]]:
        # A page asks for each entry of its menu.
        return rights(self.roles)

    def reads(self, model: type[Any]) -> bool:
        """Whether one of the person's roles may read records of this kind."""
        return self.may(Verb.READ, RECORDS[model.__name__])

    def options(self, *, write: bool) -> tuple[ExecutableOption, ...]:
        """Give the criteria that narrow a statement to these offices.

        Shared rows are read by all who work somewhere, and written by their owner, so a bulk UPDATE or DELETE
        gets stricter ones.
        """
        # A request has many statements. A new office becomes one of them while it lasts.
        key = write, frozenset(self.offices)
        if key not in self._kept:
            self._kept[key] = self._criteria(write=write)
        return self._kept[key]

    @cached_property
    def _kept(self) -> dict[tuple[bool, frozenset[int]], tuple[ExecutableOption, ...]]:
        return {}

    def _criteria(self, *, write: bool) -> tuple[ExecutableOption, ...]:
        if self.everywhere:
            return self._own(write=write)
        mine, me = tuple(self.offices), self._me
        own = self._within(mine)
        colleagues = select(Membership.staff_id).where(own(Membership))
        shared: Any = (
            own
            if write or not mine or self.whole
            else (lambda cls: or_(cls.office_id.in_(mine), cls.shared.is_(True)))
        )
        offices: ColumnElement[bool] = Office.id.in_(mine if write else (*mine, *self.above))
        if self.whole:
            offices = unsearched(Office.id) <= max(mine)
        return (
            with_loader_criteria(OfficeScoped, own, include_aliases=True),
            with_loader_criteria(Shareable, shared, include_aliases=True),
            with_loader_criteria(Office, offices, include_aliases=True),
            with_loader_criteria(
                User, lambda cls: or_(cls.id.in_(colleagues), cls.id == me), include_aliases=True
            ),
            *self._own(write=write),
        )

    def _own(self, *, write: bool) -> tuple[ExecutableOption, ...]:
        """Give the criteria of what belongs to a person, whatever the offices."""
        mine, me, most = tuple(self.offices), self._me, max(self.offices, default=0)
        lent: Any = (
            (lambda cls: cls.staff_id == me)
            if write
            else (lambda cls: or_(cls.staff_id == me, cls.office_id.is_not(None)))
            if self.everywhere
            else (lambda cls: or_(cls.staff_id == me, cls.office_id <= most))
            if self.whole
            else (lambda cls: or_(cls.staff_id == me, cls.office_id.in_(mine)))
        )
        return (
            with_loader_criteria(Personal, lambda cls: cls.staff_id == me, include_aliases=True),
            with_loader_criteria(Lendable, lent, include_aliases=True),
        )

    def _within(self, mine: tuple[int, ...]) -> Any:
        """Give the criteria of a row's office. A list of all offices would be sent and gone through with each row.

        An office that comes up meanwhile, elsewhere, has a higher key and isn't seen.
        """
        if self.whole:
            most = max(mine)
            return lambda cls: unsearched(cls.office_id) <= most
        return lambda cls: cls.office_id.in_(mine)

    @property
    def _me(self) -> int:
        """The key of the person; of no account where nobody works."""
        return self.staff_id if self.staff_id is not None else -1


_opened: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current() -> Scope:
    """Give the scope of the work that is going on: one that was opened, else that of the request's user.

    Without either, nothing can be seen.
    """
    scope = _opened.get()
    if scope is not None:
        return scope
    if not has_request_context() or "user" not in g:
        return Scope(actor="")
    # Flask-Login gives a stand-in, which would look for the person at each question.
    user = g.user._get_current_object() if isinstance(g.user, LocalProxy) else g.user  # noqa: SLF001 - as documented
    key = (user.id, _choice()) if user.is_authenticated else None
    kept: tuple[Any, Scope] | None = g.get("scope")
    if kept is None or kept[0] != key:
        # Not kept under another person: a token is checked after the first statements have run.
        g.scope = kept = (key, of_staff(*key) if key is not None else Scope(actor=""))
    return kept[1]


def _choice() -> int | None:
    """Give the office that was chosen in this browser. A program chooses none, even beside a cookie."""
    choice = None if request.path.startswith("/api/") else session.get(CHOICE)
    return choice if type(choice) is int else None


@contextmanager
def opened(scope: Scope) -> Iterator[Scope]:
    """Work in this scope until the block ends."""
    token = _opened.set(scope)
    try:
        yield scope
    finally:
        _opened.reset(token)


def enter_request() -> None:
    """Begin a request without a scope, whatever its thread was doing before."""
    _opened.set(None)


@contextmanager
def everything(actor: str) -> Iterator[Scope]:
    """Work on all offices' rows: for commands, and for finding out who somebody is.

    Within a narrower scope it's a look: what waits to be written isn't flushed by it, since its guards would
    then judge by this scope. Look at keys and counts: a row that is loaded stays in the session.
    """
    outside = _opened.get()
    looking = has_request_context() or (outside is not None and not outside.everywhere)
    with (
        opened(Scope(actor=actor, everywhere=True, roles=(Role.ADMINISTRATOR,))) as scope,
        db.session.no_autoflush if looking else nullcontext(),
    ):
        yield scope


@contextmanager
def in_all_offices() -> Iterator[Scope]:
    """Work in all offices of the person, whichever was chosen: for what belongs to the person, not to an office."""
    scope = current()
    with opened(scope if scope.chosen is None else replace(scope, offices=set(scope.reach))) as whole:
        yield whole


def of_staff(staff_id: int, choice: int | None = None) -> Scope:
    """Read the scope of a person from the database; an inactive person sees nothing.

    ``choice`` is the key of an office to work in. It only ever narrows: one that isn't among the person's own,
    or no longer, is none.
    """
    with everything("access"), db.session.no_autoflush:
        person = db.session.get(Staff, staff_id)
        if person is None or not person.active:
            return Scope(actor="")
        working = and_(Membership.office_id == Office.id, Membership.staff_id == staff_id)
        tree = db.session.execute(
            select(Office.id, Office.parent_id, Office.name, Membership.id).outerjoin(Membership, working)
        ).all()
        roles = roles_named(role.name for role in person.roles)
    homes = [key for _since, key in sorted((since, key) for key, _parent, _name, since in tree if since)]
    parents = {key: parent for key, parent, _name, _since in tree}
    offices, above = _around(homes, parents)
    names = {key: name for key, _parent, name, _since in tree}
    everywhere = Role.ADMINISTRATOR in roles
    reach = {key: (name, parent) for key, parent, name, _since in tree if everywhere or key in offices}
    chosen = choice if choice in reach else None
    if chosen is not None:
        homes, everywhere = [chosen], False
        offices, above = _around(homes, parents)
    return Scope(
        actor=str(person),
        offices=offices,
        above=frozenset(above - offices),
        home=homes[0] if homes else None,
        workplaces=tuple(names[key] for key in homes),
        staff_id=staff_id,
        roles=roles,
        everywhere=everywhere,
        reach=reach,
        chosen=chosen,
        whole=offices.issuperset(parents),
    )


def _around(homes: list[int], parents: dict[int, int | None]) -> tuple[set[int], set[int]]:
    """Give the offices at and below the homes, and those above them."""
    children: dict[int | None, list[int]] = {}
    for office, parent in parents.items():
        children.setdefault(parent, []).append(office)
    below: set[int] = set()
    waiting = list(homes)
    while waiting:
        office = waiting.pop()
        if office not in below:
            below.add(office)
            waiting.extend(children.get(office, ()))
    above: set[int] = set()
    for home in homes:
        step: int | None = parents.get(home)
        while step is not None and step not in above:
            above.add(step)
            step = parents.get(step)
    return below, above
