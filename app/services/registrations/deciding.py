"""Take registrations over into the office's records, within the places that there are. The edge commits."""

from __future__ import annotations

from collections.abc import Container

from flask_babel import gettext

from app.core import queue
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.core.text import fold
from app.models.categories import Side
from app.models.contacts import Channel, ChannelKind, Contact, LawfulBasis, Position
from app.models.offers import Offer
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participant, Participation, ParticipationStatus
from app.models.registrations import OPEN, Registration, RegistrationStatus
from app.queries import registrations as queries
from app.services.base import hold
from app.services.registrations.differing import ADDRESS, of_contact, of_organisation
from app.services.registrations.places import places

#: What an organisation is taken for that nobody knew.
KINDS = {
    Side.COMPANY: OrganisationKind.COMPANY,
    Side.NONPROFIT: OrganisationKind.NONPROFIT,
    Side.MUNICIPALITY: OrganisationKind.MUNICIPALITY,
}


def approve(
    registration: Registration,
    organisation: Organisation | None,
    contact: Contact | None,
    taken: Container[str] = (),
    *,
    wait: bool = False,
) -> Participation:
    """Take a registration over: for an organisation and a person that are known, or as new ones.

    What isn't known yet is filled in; what is known otherwise is replaced where its name is in ``taken``. Where the
    side has no place left, or with ``wait``, it goes to the waitlist. The person is written to after the commit.

    Raises RuleBrokenError for a registration that was decided before.
    """
    _check_open(registration)
    hold(registration.event)  # who comes second sees which places the first has taken
    with db.session.no_autoflush:
        if organisation is None:
            organisation = _new_organisation(registration)
        else:
            _renew_organisation(registration, organisation, taken)
        if contact is None:
            contact = _new_contact(registration)
        else:
            _renew_contact(registration, contact, taken)
        if not any(one.organisation is organisation for one in contact.positions):
            contact.positions.append(
                Position(
                    organisation=organisation, function=registration.function, primary=not contact.positions
                )
            )
    db.session.flush()
    participation = _take_part(registration, organisation, contact, wait=wait)
    _take_offers(registration, organisation)
    registration.participation = participation
    waits = participation.status is ParticipationStatus.WAITLIST
    registration.status = RegistrationStatus.WAITLIST if waits else RegistrationStatus.APPROVED
    registration.reason = None
    _answer(registration)
    return participation


def decline(registration: Registration, reason: str | None) -> None:
    """Decline a registration; the reason is told in the mail.

    Raises RuleBrokenError for one that was decided before.
    """
    if registration.status is not RegistrationStatus.NEW:
        _refuse()
    registration.status, registration.reason = RegistrationStatus.DECLINED, reason or None
    _answer(registration)


def admit(participation: Participation) -> None:
    """Give a free place to somebody on the waitlist, and write to who registered.

    Raises RuleBrokenError where nobody waits, or no place is free.
    """
    hold(participation.event)
    if participation.status is not ParticipationStatus.WAITLIST:
        raise RuleBrokenError([Problem("status", gettext("This organisation is no longer on the waitlist."))])
    if places(participation.event)[participation.side].full:
        raise RuleBrokenError([Problem("status", gettext("No place is free on this side."))])
    participation.status = ParticipationStatus.CONFIRMED
    for one in db.session.scalars(queries.of_participation(participation.id)).all():
        if one.status is RegistrationStatus.WAITLIST:
            one.status = RegistrationStatus.APPROVED
            _answer(one)
    db.session.flush()


def _check_open(registration: Registration) -> None:
    if registration.status not in OPEN:
        _refuse()


def _refuse() -> None:
    raise RuleBrokenError([Problem("status", gettext("This registration was decided before."))])


def _answer(registration: Registration) -> None:
    db.session.flush()
    queue.after_commit("registrations.answer", registration.id)


# --- what is taken over ---------------------------------------------------------------------------------------
def _source(registration: Registration) -> str:
    return gettext("Registration for “%(event)s”", event=registration.event)[:200]


def _new_organisation(registration: Registration) -> Organisation:
    made = Organisation(
        office_id=registration.office_id,
        kind=KINDS[registration.side],
        name=registration.name,
        country=registration.country,
        website=registration.website,
        source=_source(registration),
        **{name: getattr(registration, name) for name in ADDRESS},
    )
    db.session.add(made)
    return made


def _renew_organisation(
    registration: Registration, organisation: Organisation, taken: Container[str]
) -> None:
    """Fill in and replace; an organisation that another office shares stays as that office has it."""
    if organisation.office_id != registration.office_id:
        return
    for one in list(of_organisation(registration, organisation)):
        if one.known and one.name not in taken:
            continue
        if one.name != "address":
            setattr(organisation, one.name, one.said)
            continue
        for name in ADDRESS:
            if one.known or getattr(registration, name):
                setattr(organisation, name, getattr(registration, name))


def _new_contact(registration: Registration) -> Contact:
    made = Contact(
        office_id=registration.office_id,
        first_name=registration.first_name,
        last_name=registration.last_name,
        language=registration.language,
        lawful_basis=LawfulBasis.CONTRACT,
        source=_source(registration),
        channels=[Channel(kind=ChannelKind.EMAIL, value=registration.email)],
    )
    if registration.phone:
        made.channels.append(Channel(kind=ChannelKind.PHONE, value=registration.phone))
    db.session.add(made)
    return made


def _renew_contact(registration: Registration, contact: Contact, taken: Container[str]) -> None:
    """Add an address or a number behind those that are known."""
    kinds = {"email": ChannelKind.EMAIL, "phone": ChannelKind.PHONE}
    for one in list(of_contact(registration, contact)):
        if not one.known or one.name in taken:
            contact.channels.append(Channel(kind=kinds[one.name], value=one.said))


def _take_part(
    registration: Registration, organisation: Organisation, contact: Contact, *, wait: bool
) -> Participation:
    """Make the participation, or go on with the one that there is. Who has a place keeps it."""
    there = db.session.scalars(queries.in_event(registration.event_id, [organisation.id])).one_or_none()
    made = there or Participation(event=registration.event, organisation=organisation, side=registration.side)
    if made.status not in queries.TAKES:
        made.side = registration.side
        full = places(registration.event)[made.side].full
        made.status = ParticipationStatus.WAITLIST if wait or full else ParticipationStatus.CONFIRMED
    known = {fold(one.name) for one in made.people}
    for name in registration.guests:
        if fold(name) not in known:
            own = contact if registration.comes and name == registration.person else None
            made.people.append(Participant(name=name, contact=own))
    if made.head_count is None or made.head_count < len(made.people):
        made.head_count = len(made.people) or None
    if registration.notes:
        made.notes = "\n\n".join(part for part in (made.notes, registration.notes) if part)
    db.session.add(made)
    db.session.flush()
    return made


def _take_offers(registration: Registration, organisation: Organisation) -> None:
    """Add what is offered and looked for, but nothing twice."""
    for one in registration.offers:
        same = Offer.event_id == registration.event_id, Offer.organisation_id == organisation.id
        titles = db.session.scalars(
            db.select(Offer.title).where(*same, Offer.direction == one.direction)
        ).all()
        if fold(one.title) not in map(fold, titles):
            db.session.add(
                Offer(
                    event=registration.event,
                    organisation=organisation,
                    direction=one.direction,
                    category=one.category,
                    title=one.title,
                    text=one.text,
                )
            )
            db.session.flush()
