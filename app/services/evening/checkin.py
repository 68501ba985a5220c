"""Check-in: somebody is there. With the first of its people, the organisation has attended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.db import db
from app.core.text import fold
from app.models.categories import Side
from app.models.events import Event
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participant, Participation, ParticipationStatus
from app.services.base import hold

#: What an organisation is called that came without being known. Staff may say it more exactly later.
KINDS = {
    Side.COMPANY: OrganisationKind.COMPANY,
    Side.NONPROFIT: OrganisationKind.NONPROFIT,
    Side.MUNICIPALITY: OrganisationKind.MUNICIPALITY,
}


@dataclass(frozen=True)
class WalkIn:
    """Somebody who comes without having registered: for which organisation, on which side, and the name."""

    organisation: Organisation
    side: Side
    name: str


def check_in(person: Participant, at: datetime) -> bool:
    """Note that a person is there; False, and nothing changed, where that was noted already."""
    taking_part = person.participation
    hold(taking_part)
    db.session.expire(person)
    if person.checked_in_at is not None:
        return False
    person.checked_in_at = at
    _attends(taking_part)
    db.session.flush()
    return True


def undo(person: Participant) -> bool:
    """Take a check-in back; False if there's none. Without any, the organisation is what it was before."""
    taking_part = person.participation
    hold(taking_part)
    db.session.expire(person)
    if person.checked_in_at is None:
        return False
    person.checked_in_at = None
    there = any(one.checked_in_at for one in taking_part.people)
    if not there and taking_part.status_before is not None:
        taking_part.status, taking_part.status_before = taking_part.status_before, None
    db.session.flush()
    return True


def walk_in(event: Event, who: WalkIn, at: datetime) -> Participant:
    """Check in somebody who isn't on the list; who is on it under this name isn't doubled."""
    hold(event)  # two phones may enter the same organisation
    organisation = who.organisation
    taking_part = db.session.scalars(
        select(Participation).where(
            Participation.event_id == event.id, Participation.organisation_id == organisation.id
        )
    ).one_or_none()
    if taking_part is None:
        taking_part = Participation(
            event=event, organisation=organisation, side=who.side, status=ParticipationStatus.REGISTERED
        )
        db.session.add(taking_part)
    else:
        hold(taking_part)  # and somebody else may check in another of its people
    known = next((one for one in taking_part.people if fold(one.name) == fold(who.name)), None)
    person = known or Participant(name=who.name)
    if known is None:
        taking_part.people.append(person)
        if taking_part.head_count is not None:
            taking_part.head_count = max(taking_part.head_count, len(taking_part.people))
    if person.checked_in_at is None:
        person.checked_in_at = at
    _attends(taking_part)
    db.session.flush()
    return person


def unknown(event: Event, name: str, side: Side) -> Organisation:
    """Make an organisation that nobody knew before this evening, in the event's office."""
    made = Organisation(office_id=event.office_id, name=name, kind=KINDS[side], source=str(event)[:200])
    db.session.add(made)
    db.session.flush()
    return made


def known(event: Event, name: str) -> Organisation | None:
    """Give an organisation of the event's office that is called like this, however it's spelled."""
    word = fold(name)
    candidates = select(Organisation).where(
        Organisation.office_id == event.office_id,
        Organisation.search.contains(word.split()[0], autoescape=True),
    )
    rows = db.session.scalars(candidates.limit(100)) if word else ()
    return next((one for one in rows if fold(one.name) == word), None)


def _attends(taking_part: Participation) -> None:
    if taking_part.status is not ParticipationStatus.ATTENDED:
        taking_part.status_before = taking_part.status
        taking_part.status = ParticipationStatus.ATTENDED
