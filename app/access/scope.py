"""Where a person may do it: the offices whose rows a piece of work can see and change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from flask import g, has_request_context, request, session
from sqlalchemy.sql.base import ExecutableOption
from werkzeug.local import LocalProxy

from app.access import criteria
from app.access.policy import RECORDS, Role, Section, Verb, rights, roles_named
from app.access.tree import Found, Tree, tree, with_workplaces
from app.core.db import db
from app.models.base import Quoting, Scoped
from app.models.offices import Office

# Where a session keeps the office that the person chose to work in; without it, it's all of them.
CHOICE = "office"
# Columns that name who works on a row.
AUTHORS = frozenset({"created_by", "changed_by", "chosen_by"})


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
    offices: frozenset[int] = frozenset()
    above: frozenset[int] = frozenset()
    home: int | None = None
    workplaces: tuple[str, ...] = ()
    staff_id: int | None = None
    roles: tuple[Role, ...] = ()
    everywhere: bool = False
    reach: Mapping[int, tuple[str, int | None]] = field(default_factory=dict)
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
    def works_everywhere(self) -> bool:
        """Whether the person works in all offices: to name each of them would only take the database longer."""
        return self.everywhere or self.whole

    @property
    def sees_all(self) -> bool:
        """Whether nothing is narrowed: for a command, which is nobody. An administrator is a person among others."""
        return self.everywhere and self.staff_id is None

    @property
    def gathered(self) -> bool:
        """Whether no office is seen but ``home`` and those below it."""
        if self.home is None:
            return False
        below, _above = Tree(self.reach).around((self.home,))
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
        """Give the criteria that narrow a statement to these offices."""
        if self.everywhere:
            return criteria.of_person(self.staff_id, write=write)
        return criteria.of_offices(self.offices, self.above, self.staff_id, whole=self.whole, write=write)

    def founded(self, office: Office) -> None:
        """Let a new office be one of those that are seen."""
        self.offices |= {office.id}
        self.reach = {**self.reach, office.id: (office.name, office.parent_id)}


_opened: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current() -> Scope:
    """Give the scope of the work that is going on: one that was opened, else that of the request's user.

    Without either, nothing can be seen.
    """
    scope = _opened.get()
    if scope is not None:
        return scope
    if not has_request_context():
        return Scope(actor="")
    # A page asks hundreds of times; each look at a stand-in of Flask's would take as long as all of this.
    mine = g._get_current_object()  # noqa: SLF001 - as documented
    user = mine.get("user")
    # Flask-Login gives a stand-in, too, which would look for the person at each question.
    if isinstance(user, LocalProxy):
        user = user._get_current_object()  # noqa: SLF001
    if user is None or not user.is_authenticated:
        return Scope(actor="")
    key = user.id, _choice()
    kept: tuple[Any, Scope] | None = mine.get("scope")
    if kept is None or kept[0] != key:
        # Not kept under another person: a token is checked after the first statements have run.
        mine.scope = kept = key, _of_request(*key)
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
    with opened(scope if scope.chosen is None else replace(scope, offices=frozenset(scope.reach))) as whole:
        yield whole


def begin_with(found: Found | None) -> None:
    """Let a request's scope be made of what was read with its person a moment ago. It serves once."""
    g.found = found


def _of_request(staff_id: int, choice: int | None) -> Scope:
    found: Found | None = g.pop("found", None)
    return of_staff(staff_id, choice, found if found and found.person.id == staff_id else None)


def of_staff(staff_id: int, choice: int | None = None, found: Found | None = None) -> Scope:
    """Read the scope of a person from the database, unless it was ``found``; an inactive person sees nothing.

    ``choice`` is the key of an office to work in. It only ever narrows: one that isn't among the person's own,
    or no longer, is none.
    """
    with everything("access"), db.session.no_autoflush:
        found = found or with_workplaces(staff_id)
        if found is None or not found.person.active:
            return Scope(actor="")
        offices = tree(found.state)
        roles = roles_named(role.name for role in found.person.roles)
    # One that was deleted a moment ago is no workplace any more.
    homes = tuple(office for office in found.homes if office in offices.offices)
    below, above = offices.around(homes)
    everywhere = Role.ADMINISTRATOR in roles
    reach = offices.offices if everywhere else offices.within(below)
    chosen = choice if choice in reach else None
    if chosen is not None:
        homes, everywhere = (chosen,), False
        below, above = offices.around(homes)
    return Scope(
        actor=str(found.person),
        offices=below,
        above=above - below,
        home=homes[0] if homes else None,
        workplaces=tuple(offices.offices[key][0] for key in homes),
        staff_id=staff_id,
        roles=roles,
        everywhere=everywhere,
        reach=reach,
        chosen=chosen,
        whole=below.issuperset(offices.offices),
    )
