"""What the papers of an event share: how one is declared, who stands on it, and in which colour."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.access import Section
from app.core.db import db
from app.core.enums import Titled
from app.core.text import fold
from app.core.values import display
from app.models.categories import Side
from app.models.contacts import Contact
from app.models.events import Event
from app.models.organisations import Organisation
from app.models.participations import Participant, Participation, ParticipationStatus
from app.queries import participations


class Coming(Titled):
    """Who is expected at an event."""

    EXPECTED = "expected", _("Registered, confirmed, or there already")
    CONFIRMED = "confirmed", _("Only confirmed, or there already")
    ALL = "all", _("Also who is invited or waiting")


_REGISTERED, _CONFIRMED = ParticipationStatus.REGISTERED, ParticipationStatus.CONFIRMED
_ATTENDED = ParticipationStatus.ATTENDED
_STATUSES = {
    Coming.EXPECTED: (_REGISTERED, _CONFIRMED, _ATTENDED),
    Coming.CONFIRMED: (_CONFIRMED, _ATTENDED),
    Coming.ALL: (
        *(ParticipationStatus.INVITED, ParticipationStatus.WAITLIST),
        *(_REGISTERED, _CONFIRMED, _ATTENDED),
    ),
}


class Group(Titled):
    """Those who come, as the colours of badges tell them apart: the sides, and who has a role and no side."""

    COMPANY = Side.COMPANY.value, Side.COMPANY.title
    NONPROFIT = Side.NONPROFIT.value, Side.NONPROFIT.title
    MUNICIPALITY = Side.MUNICIPALITY.value, Side.MUNICIPALITY.title
    ROLE = "role", _("People in roles")


#: Red, green and blue; each bears white letters, and the word stands beside it for who sees no colours.
COLOURS: dict[Group, tuple[int, int, int]] = {
    Group.COMPANY: (6, 81, 160),
    Group.NONPROFIT: (20, 110, 55),
    Group.MUNICIPALITY: (176, 72, 6),
    Group.ROLE: (70, 76, 84),
}
GREY = (120, 126, 134)


class Format(Titled):
    """A paper on which badges are printed, with their size in millimetres."""

    A4_85 = "a4-85x54", _("A4, 10 badges of 85 × 54 mm")
    A4_90 = "a4-90x54", _("A4, 10 badges of 90 × 54 mm")
    A4_105 = "a4-105x74", _("A4, 8 badges of 105 × 74 mm")
    A6 = "a6", _("A6, a badge a sheet")


@dataclass(frozen=True)
class Asked:
    """What a paper of an event is to hold. Of what is left out, everything."""

    event: Event
    coming: Coming = Coming.EXPECTED
    groups: Sequence[Group] = ()
    #: Keys of guests, see Guest.key.
    people: Collection[str] = ()
    #: Whether there is a badge, too, for who is counted and not named.
    unnamed: bool = False
    format: Format = Format.A4_85
    signs: Sequence[str] = ()
    corners: bool = False
    organisations: bool = True
    first: int = 1
    last: int = 1
    #: Gives the address in the code of a person's badge.
    link: Callable[[Participant], str] = str


@dataclass(frozen=True)
class Paper:
    """A paper: its name in the address, what it says of itself, by what it's chosen, and how it comes about.

    ``find`` reads what the open scope shows; ``write`` prints it, in the language that is in force. ``section`` is
    the part of the product whose rights it asks for. A ``personal`` one holds names, and leaves a receipt.
    """

    name: str
    title: LazyString
    summary: LazyString
    section: Section
    options: tuple[str, ...]
    personal: bool
    find: Callable[[Asked], Sequence[Any]]
    write: Callable[[Asked, Sequence[Any], Path], None]
    #: What one sheet or line is for, and how many a file may hold.
    most: int = 1000


@dataclass(frozen=True)
class Guest:
    """Somebody who comes; ``name`` is "" for a person who is counted and not named."""

    key: str
    name: str
    group: Group
    organisation: str = ""
    role: str = ""
    person: Participant | None = None


def groups_of(asked: Asked) -> tuple[Group, ...]:
    """Give the groups that were asked for, in their order."""
    return tuple(group for group in Group if not asked.groups or group in asked.groups)


def organisations_of(asked: Asked) -> list[Participation]:
    """Give the organisations that are expected: by side, then by name."""
    sides = {
        Side(group.value): place for place, group in enumerate(groups_of(asked)) if group is not Group.ROLE
    }
    statement = participations.at_event(asked.event.id, _STATUSES[asked.coming], list(sides))
    found = db.session.scalars(statement).unique().all()
    return sorted(found, key=lambda one: (sides[one.side], fold(name_of(one.organisation)), one.id))


def guests(asked: Asked) -> list[Guest]:
    """Give who is expected: by side, then by organisation; those in roles come last."""
    found = [guest for one in organisations_of(asked) for guest in _coming_with(one, asked)]
    if Group.ROLE in groups_of(asked):
        found += [
            Guest(f"r{one.id}", full_name(one.contact), Group.ROLE, role=display(one.role))
            for one in db.session.scalars(participations.in_roles(asked.event.id))
        ]
    return [guest for guest in found if not asked.people or guest.key in asked.people]


def _coming_with(one: Participation, asked: Asked) -> Iterator[Guest]:
    group, name = Group(one.side.value), name_of(one.organisation)
    for person in one.people:
        yield Guest(f"p{person.id}", person.name, group, name, person=person)
    if asked.unnamed:
        # Of whom nobody knows how many come, one is expected.
        more = (one.head_count if one.head_count is not None else max(1, len(one.people))) - len(one.people)
        for number in range(more):
            yield Guest(f"o{one.id}-{number}", "", group, name)


def name_of(organisation: Organisation | None) -> str:
    """Give the name of an organisation, as far as it can be seen."""
    return (
        gettext("an organisation that isn't shared any more") if organisation is None else organisation.name
    )


def full_name(person: Contact | None) -> str:
    """Give a person's name as it's spoken: "Dr. Jördis Jäger"."""
    if person is None:
        return ""
    return " ".join(part for part in (person.title, person.first_name, person.last_name) if part)


def when_and_where(event: Event) -> str:
    """Say in a line which event it is: title, place and day."""
    return " · ".join(
        part for part in (event.whole_title, event.venue, event.city, display(event.starts_on)) if part
    )
