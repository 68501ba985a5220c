"""Before the evening: organisations register on the public page, and staff take them over."""

from __future__ import annotations

from flask_babel import gettext
from sqlalchemy import func, select

from app.models.categories import Side
from app.models.participations import Participation, ParticipationStatus
from app.models.registrations import Registration
from app.rehearsal.scenario import EXPECTED, Guest
from app.rehearsal.steps import Rehearsal, timed, wait
from app.rehearsal.visitor import SHOWN, Visitor


def register(at: Rehearsal) -> None:
    """Every organisation fills in the public form."""
    visitor = at.window()
    with timed() as seconds:
        for guest in at.scenario.guests:
            register_one(at, visitor, guest)
    sides = {Side.COMPANY: EXPECTED.companies, Side.NONPROFIT: EXPECTED.nonprofits}
    titles = {
        Side.COMPANY: gettext("Companies that register"),
        Side.NONPROFIT: gettext("Nonprofits that register"),
    }
    for side, expected in sides.items():
        come = (Registration.event_id == at.stage.event, Registration.side == side)
        found = at.ask(select(func.count(Registration.id)).where(*come))
        at.note(titles[side], expected, found, seconds() * expected / EXPECTED.organisations)


def register_one(at: Rehearsal, visitor: Visitor, guest: Guest) -> None:
    """Fill in the form once."""
    entry = visitor.get(at.path("register")).field("entry")
    visitor.post(at.path("register"), {"entry": entry, "comes": "y", **typed(guest)}, expect=(SHOWN,))


def typed(guest: Guest) -> dict[str, str]:
    """Give what somebody types into the form, by the names of the fields."""
    wish = "offers" if guest.side is Side.COMPANY else "needs"
    return {
        "side": guest.side.value,
        "name": guest.name,
        "city": guest.city,
        "first_name": guest.first_name,
        "last_name": guest.last_name,
        "email": guest.email,
        **{f"people-{number}-name": name for number, name in enumerate(guest.companions)},
        f"{wish}-0-category": guest.category.value,
        f"{wish}-0-title": guest.title,
    }


def approve(at: Rehearsal) -> None:
    """Staff look at each registration and take it over; who registered gets a mail."""
    staff = at.staff(0)
    with timed() as seconds:
        for key in registered(at):
            approve_one(staff, key)
    taken = (Participation.event_id == at.stage.event, Participation.status == ParticipationStatus.CONFIRMED)
    found = at.ask(select(func.count(Participation.id)).where(*taken))
    at.note(gettext("Organisations that take part"), EXPECTED.organisations, found, seconds())
    with timed() as seconds:
        reached = wait(lambda: len(at.mailbox.recipients()), len(at.scenario.guests))
    at.note(gettext("Organisations that got a mail about it"), EXPECTED.organisations, reached, seconds())


def approve_one(staff: Visitor, key: int) -> None:
    """Take a registration over, as that of a new organisation and a new contact."""
    version = staff.get(f"/decide/{key}?organisation=new").field("version")
    fields = {"organisation": "new", "contact": "new", "act": "approve", "version": version}
    staff.post(f"/decide/{key}", fields)


def registered(at: Rehearsal) -> list[int]:
    """Give the keys of the registrations."""
    with at.stage.reading() as session:
        found = (
            select(Registration.id).where(Registration.event_id == at.stage.event).order_by(Registration.id)
        )
        return list(session.scalars(found))
