"""Mails about subscriptions: sent once they are wanted, and no longer when they aren't."""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from app.access import Role
from app.core import clock, mail, queue, spool
from app.core.db import db
from app.jobs import subscriptions
from app.models.languages import Language
from app.models.subscribers import Consent, ConsentChannel, ConsentOrigin, ConsentStep, Delivery
from app.reports.overview import newsletters as overview
from app.services import links, subscribers
from tests import factories as make
from tests.background import run_all
from tests.core.smtp import Box, serving


@pytest.fixture
def letter(database):
    letter = make.newsletter(
        make.office("LAG"), "Brief für Ärzte", public=True, sender_name="LAG Märkische Seen"
    )
    db.session.commit()
    return letter


@pytest.fixture
def sent(database):
    """Give the mails that stayed in the folder since the test began."""
    folder = mail.spool_folder()
    before = set(spool.names(folder))
    return lambda: [spool.read(folder, name) for name in spool.names(folder) if name not in before]


def event():
    return subscribers.Event(clock.now(), "tests", ConsentChannel.FORM)


def steps():
    return list(db.session.scalars(select(Consent.step).order_by(Consent.id)))


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        (Language.GERMAN, "Bitte bestätigen: Brief für Ärzte"),
        (Language.ENGLISH, "Please confirm: Brief für Ärzte"),
    ],
)
def test_who_asks_gets_a_link_and_the_log_says_so(client, letter, sent, language, subject):
    asked = subscribers.request(letter, "ana@example.org", language, event())
    db.session.commit()
    subscriptions.ask(asked.id)
    [message] = sent()
    assert message["Subject"] == subject
    assert message["To"] == "ana@example.org"
    assert message["From"] == "LAG Märkische Seen <news@example.org>"
    text = message.get_body(("plain",)).get_content()
    link, leave = re.findall(r"http\S+", text)
    assert message["List-Unsubscribe"].strip() == f"<{leave}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in message.get_body(("html",)).get_content()
    assert steps() == [ConsentStep.REQUESTED, ConsentStep.MAIL_SENT]
    assert client.post(urlsplit(link).path).status_code == 200
    assert steps()[-1] is ConsentStep.CONFIRMED


@pytest.mark.parametrize("what", ["answered", "withdrawn", "erased"])
def test_a_mail_that_is_no_longer_wanted_is_not_sent(letter, sent, what):
    asked = subscribers.request(letter, "ana@example.org", Language.GERMAN, event())
    line = asked.subscription
    if what == "answered":
        subscribers.confirm(asked, event())
    elif what == "withdrawn":
        subscribers.withdraw(line, event())
    else:
        subscribers.erase(line.subscriber, event())
    db.session.commit()
    before = steps()
    subscriptions.ask(asked.id)
    assert sent() == []
    assert steps() == before


def test_a_request_that_is_gone_is_no_error(letter, sent):
    subscriptions.ask(2**31 - 1)
    assert sent() == []


@pytest.mark.parametrize("how", ["linked", "address", "someone else", "other office", "do_not_mail"])
def test_who_wants_no_e_mail_gets_none_whoever_asked_for_it(letter, sent, how):
    office = make.office("Andere") if how == "other office" else letter.office
    address = "bo@example.org" if how in {"linked", "someone else"} else "Ana@Example.org"
    wish = {"do_not_mail": True} if how == "do_not_mail" else {"do_not_email": True}
    contact = make.contact(office, email=address, **wish)
    asked = subscribers.request(letter, "ana@example.org", Language.GERMAN, event())
    asked.subscription.subscriber.contact = contact if how == "linked" else None
    db.session.commit()
    subscriptions.ask(asked.id)
    assert len(sent()) == (0 if how in {"linked", "address"} else 1)


def test_who_has_confirmed_is_told_how_to_leave(app, client, letter, sent):
    line = subscribers.confirm(
        subscribers.request(letter, "ana@example.org", Language.GERMAN, event()), event()
    )
    db.session.commit()
    subscriptions.welcome(line.id)
    [message] = sent()
    assert message["Subject"] == "Willkommen bei „Brief für Ärzte“"
    leave = urlsplit(message["List-Unsubscribe"].strip(" <>")).path
    assert client.post(leave, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert steps()[-1] is ConsentStep.WITHDRAWN
    subscriptions.welcome(line.id)
    assert len(sent()) == 1


LONG_AGO = clock.now() - timedelta(days=40)


def test_what_is_old_is_cleared_away_once_an_hour(app, letter, sent, monkeypatch):
    """Who never answered, where people acted from, and mails that nobody sent."""
    monkeypatch.setitem(app.config, "CONSENT_IP_DAYS", 30)
    lines = {}
    for name, age, confirmed in (
        ("old", LONG_AGO, False), ("old yes", LONG_AGO, True), ("new", clock.now(), False),
    ):  # fmt: skip
        email = f"{name.replace(' ', '-')}@example.org"
        then = subscribers.Event(age, "tests", ConsentChannel.FORM, ip="192.0.2.7")
        asked = subscribers.request(letter, email, Language.GERMAN, then)
        lines[name] = asked.subscription
        lines[name].created_at = age
        if confirmed:
            subscribers.confirm(asked, then)
    again = subscribers.request(letter, "again@example.org", Language.GERMAN, event()).subscription
    again.created_at = LONG_AGO
    db.session.commit()
    kept = spool.keep(mail.spool_folder(), mail.compose("welcome", "x@example.org", "de", newsletter=letter))
    monkeypatch.setitem(app.config, "SPOOL_DAYS", -1)
    subscriptions.tidy()
    db.session.expire_all()
    assert lines["old"].subscriber.email.endswith("@erased.invalid")
    assert lines["old yes"].subscriber.email == "old-yes@example.org"
    assert lines["new"].subscriber.email == "new@example.org"
    assert again.subscriber.email == "again@example.org"
    assert db.session.scalar(select(func.count(ConsentOrigin.id))) == 1
    assert spool.read(mail.spool_folder(), kept) is None


def known_everywhere(client, letter):
    """All that staff see of the subscribers of an office."""
    editor = make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)))
    pages = ("/subscribers/list/", "/subscriptions/list/", "/consents/list/", "/search/?q=ana")
    return "".join(editor.get(page).text for page in pages)


def test_who_was_erased_is_shown_again_once_they_confirm(app, client, letter, sent):
    """Anybody can type the address into the form."""
    line = subscribers.confirm(
        subscribers.request(letter, "ana@example.org", Language.GERMAN, event()), event()
    )
    subscribers.erase(line.subscriber, event())
    db.session.commit()
    data = {"email": "Ana@example.org", "first_name": "Ana", "agreed": "y"}
    assert client.post(f"/newsletter/{letter.id}", data=data).status_code == 200
    run_all(app)
    [message] = sent()
    assert message["To"] == "ana@example.org"
    assert "ana@example.org" not in known_everywhere(app.test_client(), letter)
    assert "ana" not in f"{line.subscriber.email} {line.subscriber.search} {line.subscriber.first_name}"
    link = re.search(r"http\S+", message.get_body(("plain",)).get_content())[0]
    assert client.post(urlsplit(link).path).status_code == 200
    assert (line.confirmed, line.subscriber.email) == (True, "ana@example.org")
    assert "ana@example.org" in known_everywhere(app.test_client(), letter)


@pytest.mark.parametrize("how", ["in time", "by the link of the mail"])
def test_an_erased_persons_address_that_nobody_answered_for_is_deleted(app, client, letter, monkeypatch, how):
    line = subscribers.confirm(
        subscribers.request(letter, "ana@example.org", Language.GERMAN, event()), event()
    )
    other = make.newsletter(letter.office, "Anderer", public=True)
    then = subscribers.Event(LONG_AGO, "tests", ConsentChannel.FORM)
    subscribers.erase(line.subscriber, then)
    asked = [subscribers.request(one, "ana@example.org", Language.GERMAN, then) for one in (letter, other)]
    asked[1].subscription.created_at = LONG_AGO
    db.session.commit()
    subscriptions.ask(asked[0].id)
    if how == "in time":
        assert line.subscriber.claimed == "ana@example.org"
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(days=40))
        subscriptions.tidy()
    else:
        client.post(f"/newsletter/leave/{links.to_leave(line)}")
    db.session.expire_all()
    assert line.subscriber.claimed is None
    assert subscribers.confirm(asked[0], event()) is None
    # Nothing brings them back.
    assert subscribers.known(letter, "ana@example.org").blocked_at is not None


def test_a_contact_who_wants_no_e_mail_gets_none_after_having_been_erased(letter, sent):
    make.contact(letter.office, email="Ana@Example.org", do_not_email=True)
    subscribers.erase(make.subscriber(letter.office, "ana@example.org"), event())
    asked = subscribers.request(letter, "ana@example.org", Language.GERMAN, event())
    db.session.commit()
    subscriptions.ask(asked.id)
    assert sent() == []


def test_a_new_address_that_never_answers_is_deleted_although_the_old_one_had_confirmed(letter):
    then = subscribers.Event(LONG_AGO, "tests", ConsentChannel.FORM)
    line = subscribers.confirm(subscribers.request(letter, "ana@example.org", Language.GERMAN, then), then)
    subscribers.move(line.subscriber, "typo@example.org", then)
    line.created_at = LONG_AGO
    db.session.commit()
    subscriptions.tidy()
    db.session.expire_all()
    assert line.subscriber.email.endswith("@erased.invalid")
    assert subscribers.known(letter, "typo@example.org") is None


def test_each_worker_clears_away_every_hour(app):
    [hourly] = [one for one in queue.huey_of(app)._registry.periodic_tasks if one.name == "hourly"]
    assert hourly.validate_datetime(datetime(2026, 1, 1, 3, 17, tzinfo=UTC))
    assert not hourly.validate_datetime(datetime(2026, 1, 1, 3, 18, tzinfo=UTC))
    assert "subscriptions.tidy" in queue.HOURLY


def test_staff_who_enter_a_contact_have_the_person_asked(app, letter, sent):
    contact = make.contact(letter.office, email="ana@example.org")
    subscribers.subscribe(contact, letter, ConsentChannel.PAPER, "Ja", at=clock.now(), by="tests")
    db.session.commit()
    run_all(app)
    assert [message["To"] for message in sent()] == ["ana@example.org"]
    assert steps() == [ConsentStep.RECORDED, ConsentStep.MAIL_SENT]


def test_an_address_that_the_server_refuses_for_good_is_not_tried_again_and_is_known_as_that(
    app, letter, monkeypatch
):
    box = Box()
    box.answer = "550 no such user"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for name, value in {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_USE_TLS": False}.items():
        monkeypatch.setitem(app.config, name, value)
    asked = subscribers.request(letter, "ana@example.org", Language.GERMAN, event())
    person = asked.subscription.subscriber
    db.session.commit()
    with serving(box, port):
        run_all(app)
    assert queue.huey_of(app).scheduled_count() == 0
    db.session.expire_all()
    assert (person.delivery, person.bounces) == (Delivery.HARD, 1)
    assert person.bounced_at is not None
    assert steps() == [ConsentStep.REQUESTED]


def test_who_never_answered_is_counted_apart(letter):
    asked = subscribers.request(letter, "ana@example.org", Language.GERMAN, event())
    subscribers.lapse(asked.subscription, event())
    left = subscribers.confirm(
        subscribers.request(letter, "bo@example.org", Language.GERMAN, event()), event()
    )
    subscribers.withdraw(left, event())
    db.session.commit()
    picture = overview.by_status()
    with force_locale("en"):
        counts = dict(zip((str(one.title) for one in picture.headings), picture.lines[0].cells, strict=True))
    assert counts == {"Unconfirmed": 0, "Confirmed": 0, "Unsubscribed": 1, "Not confirmed in time": 1}


@pytest.mark.parametrize(
    ("spoken", "subject"), [("nl", "Bitte bestätigen"), ("en", "Please confirm"), ("de", "Bitte")]
)
def test_who_reads_a_language_that_we_do_not_write_gets_a_german_mail(letter, sent, spoken, subject):
    asked = subscribers.request(letter, "ana@example.org", Language(spoken), event())
    db.session.commit()
    subscriptions.ask(asked.id)
    [message] = sent()
    assert message["Subject"].startswith(subject)
    html = message.get_body(("html",)).get_content()
    assert f'<html lang="{"en" if spoken == "en" else "de"}">' in html
