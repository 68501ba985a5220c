"""Mails about registrations: in the person's language, and never to who wants none."""

from __future__ import annotations

import re
from datetime import time, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest

from app.core import clock, mail, spool
from app.core.db import db
from app.jobs import registrations as jobs
from app.models.contacts import Position
from app.models.languages import Language
from app.models.participations import ParticipationStatus
from app.models.registrations import RegistrationStatus
from tests import factories as make


@pytest.fixture
def event(database):
    office = make.office(
        "LAG Märkische Seen", parent=make.office("Servicestelle"), email="post@lag.example.org"
    )
    day = clock.today() + timedelta(days=30)
    row = make.event(office, "Marktplatz", registration_open=True, starts_on=day, start_time=time(17))
    db.session.commit()
    return row


@pytest.fixture
def sent(database):
    """Give the mails that stayed in the folder since the test began."""
    folder = mail.spool_folder()
    before = set(spool.names(folder))
    return lambda: [spool.read(folder, name) for name in spool.names(folder) if name not in before]


def text_of(message):
    return message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        (Language.GERMAN, "Ihre Anmeldung ist eingegangen: Marktplatz"),
        (Language.ENGLISH, "Your registration has arrived: Marktplatz"),
        (Language.POLISH, "Your registration has arrived: Marktplatz"),
    ],
)
def test_who_registers_hears_of_it_with_the_day_and_nothing_that_was_typed(event, sent, language, subject):
    typed = {"name": "http://spam.example", "first_name": "Buy", "last_name": "Pills", "notes": "Now"}
    one = make.registration(event, language=language, **typed)
    db.session.commit()
    jobs.received(one.id)
    [message] = sent()
    assert message["Subject"] == subject
    assert (message["To"], message["Reply-To"]) == ("j@example.org", "post@lag.example.org")
    assert message["From"].startswith("LAG Märkische Seen <")
    assert not [word for word in typed.values() if word in text_of(message)]
    [file] = message.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    [entry] = icalendar.Calendar.from_ical(file.get_content()).events
    assert entry.start.date() == event.starts_on


@pytest.mark.parametrize(
    ("status", "words", "dated"),
    [
        (RegistrationStatus.APPROVED, "bestätigt die Teilnahme", True),
        (RegistrationStatus.WAITLIST, "auf die Warteliste gesetzt", False),
        (RegistrationStatus.DECLINED, "Leider können wir Ihnen keinen Platz anbieten", False),
    ],
)
def test_who_registered_hears_what_was_decided(event, sent, status, words, dated):
    one = make.registration(event, status=status, reason="Nächstes Jahr gern." if not dated else None)
    db.session.commit()
    jobs.answer(one.id)
    [message] = sent()
    assert words in " ".join(text_of(message).split())
    assert ("Nächstes Jahr gern." in text_of(message)) is (status is RegistrationStatus.DECLINED)
    assert bool(list(message.iter_attachments())) is dated


@pytest.mark.parametrize("how", ["contact", "block"])
def test_who_wants_no_e_mail_gets_none_whoever_typed_the_address(event, sent, how):
    if how == "contact":
        make.contact(event.office, email="J@Example.org", do_not_email=True)
    else:
        make.subscriber(event.office, "j@example.org", blocked_at=clock.now())
    new, old = make.registration(event), make.registration(event, status=RegistrationStatus.APPROVED)
    company = make.organisation(event.office, email="j@example.org")
    line = make.participation(event, company)
    db.session.commit()
    jobs.received(new.id)
    jobs.answer(old.id)
    jobs.invite(line.id)
    assert sent() == []


def test_what_is_over_or_gone_is_not_written_about(event, sent):
    decided = make.registration(event, status=RegistrationStatus.APPROVED)
    new = make.registration(event)
    company = make.organisation(event.office, email="info@example.org")
    line = make.participation(event, company, status=ParticipationStatus.REGISTERED)
    db.session.commit()
    jobs.received(decided.id)
    jobs.answer(new.id)
    jobs.invite(line.id)
    for task in (jobs.received, jobs.answer, jobs.invite):
        task(2**31 - 1)
    line.status = ParticipationStatus.INVITED
    event.registration_open = False
    db.session.commit()
    jobs.invite(line.id)
    assert sent() == []


def test_an_invitation_leads_to_the_page_on_the_right_side_in_the_right_language(client, event, sent):
    company = make.organisation(event.office, "Firma", email="info@example.org")
    other = make.contact(event.office, "Alt", email="alt@example.org", at=company)
    other.positions[0].until = clock.today() - timedelta(days=1)
    main = make.contact(event.office, "Neu", email="neu@example.org", language=Language.ENGLISH)
    main.positions.append(Position(organisation=company, primary=True))
    line = make.participation(event, company)
    db.session.commit()
    jobs.invite(line.id)
    [message] = sent()
    assert message["To"] == "neu@example.org"
    assert message["Subject"] == "Invitation: Marktplatz"
    assert "post@lag.example.org" in text_of(message)
    [link] = re.findall(r"http\S+/register/\S+", text_of(message))
    parts = urlsplit(link)
    page = client.get(f"{parts.path}?{parts.query}", headers={"Accept-Language": "de"})
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert '<option selected value="company">' in page.text
