"""Invite organisations to an event: each once, on the side that fits, and by mail where they may be written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.core import queue
from app.core.db import db
from app.models.categories import Side
from app.models.events import Event
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participation
from app.queries import registrations
from app.queries.rows import loading
from app.services.registrations.reaching import reach

#: The side on which each kind of organisation trades. Who takes part otherwise is moved by hand.
SIDES = {
    OrganisationKind.COMPANY: Side.COMPANY,
    OrganisationKind.FREELANCER: Side.COMPANY,
    OrganisationKind.NONPROFIT: Side.NONPROFIT,
    OrganisationKind.SCHOOL: Side.NONPROFIT,
    OrganisationKind.FOUNDATION: Side.NONPROFIT,
    OrganisationKind.MUNICIPALITY: Side.MUNICIPALITY,
    OrganisationKind.INTERMEDIARY: Side.NONPROFIT,
    OrganisationKind.CHAMBER: Side.COMPANY,
    OrganisationKind.MINISTRY: Side.MUNICIPALITY,
    OrganisationKind.SERVICE_CLUB: Side.NONPROFIT,
    OrganisationKind.OTHER: Side.NONPROFIT,
}


@dataclass
class Invited:
    """What became of each organisation that was to be invited."""

    new: list[Organisation] = field(default_factory=list)
    #: Already invited, registered or more: they stay as they are, and get no second mail.
    known: list[Organisation] = field(default_factory=list)
    #: Of another office than the event.
    foreign: list[Organisation] = field(default_factory=list)
    #: Without an e-mail address, where a mail was to be sent.
    unreached: list[Organisation] = field(default_factory=list)
    #: Who must not be mailed.
    refusing: list[Organisation] = field(default_factory=list)


def invite(event: Event, keys: Sequence[int], on: date, *, mailed: bool) -> Invited:
    """Make participations of organisations by their keys; with ``mailed``, of those only whom a mail can reach.

    The mails are enqueued with the commit. "Invited" is true then: who couldn't be reached is left to be invited
    by phone or letter.
    """
    statement = select(Organisation).where(Organisation.id.in_(keys)).order_by(Organisation.id)
    with_people = loading(Organisation, "positions.contact.channels") if mailed else []
    chosen = db.session.scalars(statement.options(*with_people)).all()
    there = set(
        db.session.scalars(
            registrations.in_event(event.id, keys).with_only_columns(Participation.organisation_id)
        )
    )
    found = Invited()
    for one in chosen:
        if one.office_id != event.office_id:
            found.foreign.append(one)
        elif one.id in there:
            found.known.append(one)
        else:
            found.new.append(one)
    if mailed:
        ways = reach(found.new, event.office_id, event.office.language, on)
        found.unreached = [one for one in found.new if one not in ways]
        found.refusing = [one for one in found.new if one in ways and ways[one] is None]
        found.new = [one for one in found.new if ways.get(one) is not None]
    made = [Participation(event=event, organisation=one, side=SIDES[one.kind]) for one in found.new]
    db.session.add_all(made)
    db.session.flush()
    if mailed:
        for one in made:
            queue.after_commit("registrations.invite", one.id)
    return found
