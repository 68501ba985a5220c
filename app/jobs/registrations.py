"""Mails about an event: the invitation, that a registration has arrived, and what became of it.

Each looks anew whether it's still wanted. Who wants no e-mail gets none, whoever typed the address.
"""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale

from app.access import everything
from app.core import calendars, clock, mail
from app.core.db import db
from app.core.queue import task
from app.jobs.addresses import page
from app.models.events import Event
from app.models.languages import Language
from app.models.participations import Participation, ParticipationStatus
from app.models.reach import is_email
from app.models.registrations import Registration, RegistrationStatus
from app.services.registrations import FILE, in_calendar, may_write, reach

ACTOR = "Marktbüro"


@task("registrations.invite")
def invite(participation_id: int) -> None:
    """Invite an organisation to register, unless it has done so since, or nobody can any more."""
    with everything(ACTOR):
        line = db.session.get(Participation, participation_id)
        if line is None or line.status is not ParticipationStatus.INVITED:
            return
        event, today = line.event, clock.today()
        if not event.registers(today):
            return
        ways = reach([line.organisation], event.office_id, event.office.language, today)
        way = ways.get(line.organisation)
        if way is None:
            return
        link = page("RegisterPages.register", pk=event.id, side=line.side.value, _l_=_spoken(way.language))
        values = {"organisation": line.organisation, "link": link}
        mail.send(_written("event_invitation", way.email, way.language, event, **values))


@task("registrations.received")
def received(registration_id: int) -> None:
    """Tell who registered that it has arrived, with the day for the calendar.

    Nothing of what was typed stands in this mail: anybody can type anything, at anybody's address.
    """
    with everything(ACTOR):
        registration = db.session.get(Registration, registration_id)
        if registration is not None and registration.status is RegistrationStatus.NEW:
            _write(registration, "registration_received", dated=True)


@task("registrations.answer")
def answer(registration_id: int) -> None:
    """Tell who registered what was decided."""
    with everything(ACTOR):
        registration = db.session.get(Registration, registration_id)
        if registration is not None and registration.status is not RegistrationStatus.NEW:
            dated = registration.status is RegistrationStatus.APPROVED
            _write(registration, f"registration_{registration.status.value}", dated=dated)


def _write(registration: Registration, template: str, *, dated: bool) -> None:
    """Send a mail about a registration, with the file for the calendar where the day is known."""
    if not may_write(registration.office_id, registration.email):
        return
    event = registration.event
    message = _written(template, registration.email, registration.language, event, registration=registration)
    if dated and event.starts_on:
        host = urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"
        with force_locale(_spoken(registration.language)):
            content = in_calendar(event, host, at=clock.now())
        mail.attach(message, content, calendars.TYPE, FILE)
    mail.send(message)


def _written(template: str, to: str, language: Language, event: Event, **values: Any) -> EmailMessage:
    """Write a mail of an office: what is answered to it goes to the office."""
    office = event.office
    return mail.compose(
        template,
        to,
        _spoken(language),
        sender=(office.name, mail.own_sender()[1]),
        reply_to=office.email if office.email and is_email(office.email) else None,
        event=event,
        office=office,
        **values,
    )


def _spoken(language: Language) -> str:
    """Give the language of ours in which somebody is written to."""
    known: dict[str, object] = current_app.config["LANGUAGES"]
    return str(language.value if language.value in known else Language.ENGLISH.value)
