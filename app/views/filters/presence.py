"""Filters that ask whether there is anything at all, and so need no value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Enum, String, or_, type_coerce
from sqlalchemy.orm import Query

from app.access import current
from app.core import clock
from app.core.db import SetOf
from app.models.contacts import ChannelKind
from app.queries.contacts import reached
from app.queries.contracts import valued
from app.queries.organisations import staffed
from app.views.filters.base import Filter


class Empty(Filter):
    """Nothing stands in the column."""

    name, arg_name, asks = _("is empty"), "empty", "nothing"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query, whatever the value."""
        return query.filter(self.nothing())

    def nothing(self) -> Any:
        """Give the condition that there's nothing; an empty text is none."""
        if self.datamodel.is_relation(self.column_name):
            return self.datamodel.get_relation_fk(self.column_name).is_(None)
        column = getattr(self.model, self.column_name)
        kind = column.type
        if isinstance(kind, SetOf) or (isinstance(kind, String) and not isinstance(kind, Enum)):
            return or_(column.is_(None), type_coerce(column, String) == "")
        return column.is_(None)

    def spoken(self, value: str) -> str:
        """Say nothing: there's no value."""
        return ""


class Filled(Empty):
    """Something stands in the column."""

    name, arg_name = _("is filled in"), "filled"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query, whatever the value."""
        return query.filter(~self.nothing())


class NoParts(Empty):
    """The record has no part of this kind, such as a position."""

    name, arg_name = _("none"), "none"

    def nothing(self) -> Any:
        """Look for a part that can be seen."""
        return ~getattr(self.model, self.column_name).any()

    def sentence(self, label: object, values: Sequence[str]) -> str:
        """Say it in a way that fits singular and plural."""
        return f"{label}: {self.name}"


class Parts(NoParts):
    """The record has a part of this kind."""

    name, arg_name = _("at least one"), "some"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query, whatever the value."""
        return query.filter(~self.nothing())


class Reached(Empty):
    """A person can be reached in a way today."""

    kinds: ClassVar[tuple[ChannelKind, ...]] = (ChannelKind.EMAIL,)
    name, arg_name = _("has an e-mail address"), "email"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query, whatever the value."""
        return query.filter(reached(*self.kinds, on=clock.today()))

    def sentence(self, label: object, values: Sequence[str]) -> str:
        """Say it alone: the name of the column would only repeat it."""
        text = gettext(str(self.name))
        return text[:1].upper() + text[1:]


class Unreached(Reached):
    """A person can't be reached in a way today."""

    name, arg_name = _("has no e-mail address"), "noemail"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query, whatever the value."""
        return query.filter(~reached(*self.kinds, on=clock.today()))


class Called(Reached):
    """A person can be called today."""

    kinds = (ChannelKind.PHONE, ChannelKind.MOBILE)
    name, arg_name = _("has a phone number"), "phone"


class Uncalled(Unreached):
    """A person can't be called today."""

    kinds = (ChannelKind.PHONE, ChannelKind.MOBILE)
    name, arg_name = _("has no phone number"), "nophone"


class Unstaffed(Reached):
    """Nobody is known who works at an organisation today."""

    name, arg_name = _("has no contact person"), "noperson"

    def nothing(self) -> Any:
        """Look for a position that counts."""
        return ~staffed(clock.today())

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query, whatever the value."""
        return query.filter(self.nothing())


class Unvalued(Unstaffed):
    """Nobody has said what a contract is worth."""

    name, arg_name = _("has no equivalent value"), "novalue"

    def nothing(self) -> Any:
        """Look for a contribution with a value."""
        return ~valued()


class Mine(Empty):
    """The row is of an office in which the person works, not only shared by another."""

    name, arg_name = _("is one of mine"), "mine"

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        """Narrow the query, whatever the value; who works everywhere has all offices."""
        scope = current()
        return query if scope.works_everywhere else query.filter(self.model.office_id.in_(scope.offices))
