"""The parties of contracts are asked and reminded: those who may be written to, once, and as long as it's wanted."""

from __future__ import annotations

import json
import re
import smtplib
import subprocess
import sys
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.core import clock, mail, queue
from app.core.db import db
from app.jobs import followups as jobs
from app.models.contacts import Channel, ChannelKind, Contact
from app.models.contracts import ContractStatus
from app.models.events import EventStatus
from app.models.followups import FollowUp, FollowUpMail, MailState, ReportChannel, ReportState
from app.models.languages import Language
from app.models.subscribers import ConsentChannel, Delivery
from app.services import followups, subscribers
from app.services.followups import Said
from config import ROOT
from tests import factories as make
from tests.background import run_all
from tests.core.ports import free_port
from tests.core.smtp import Box, serving


@pytest.fixture
def box(app, database, monkeypatch):
    """A real mail server, to which the application sends."""
    box, port = Box(), free_port()
    for name, value in {
        "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_USE_TLS": False, "MAIL_USERNAME": "",
        "MAIL_TIMEOUT": 5,
    }.items():  # fmt: skip
        monkeypatch.setitem(app.config, name, value)
    with serving(box, port):
        yield box


@pytest.fixture
def market(database):
    office = make.office(
        "LAG Märkische Seen", parent=make.office("Servicestelle"), email="lag@example.org", phone="030 123"
    )
    started = clock.today() - timedelta(days=14)
    return make.event(office, "Gute Geschäfte", starts_on=started, status=EventStatus.HELD)


@pytest.fixture
def contract(market):
    """A contract of a company whose contact signed, and of a club that has an address only."""
    firm = make.organisation(market.office, "Firma", email="firma@example.org")
    club = make.organisation(market.office, "Verein", email="verein@example.org", phone="030 555")
    row = make.contract(market.office, firm, club, event=market, number=7)
    make.contribution(row, giver=firm, receiver=club, text="Zwei Tage malen")
    row.parties[0].signatory = make.contact(
        market.office, "Jäger", first_name="Jo", email="jo@example.org", phone="030 777", at=firm
    )
    db.session.commit()
    return row


def go(app):
    """Let an hour's work be done."""
    jobs.ask()
    run_all(app)
    db.session.expire_all()


def later(monkeypatch, days):
    """Let so many days pass."""
    now, today = clock.now(), clock.today()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=days))
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=days))


def states():
    return list(db.session.scalars(select(FollowUpMail.state).order_by(FollowUpMail.id)))


def texts(box):
    return {
        recipient: message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        for recipient, message in zip(box.recipients, box.mails, strict=True)
    }


def test_each_party_gets_a_mail_in_its_language_with_its_own_link(app, box, contract):
    contract.parties[0].signatory.language = Language.ENGLISH
    go(app)
    assert sorted(box.recipients) == ["jo@example.org", "verein@example.org"]
    found = texts(box)
    english, german = found["jo@example.org"], found["verein@example.org"]
    assert "Hello Jo Jäger," in english
    assert "Guten Tag," in german
    for text in found.values():
        assert "Zwei Tage malen" in text
        assert "Firma – Verein" in text
        assert "LAG Märkische Seen, 030 123" in text
        # What isn't said in the contract isn't said here.
        assert "777" not in text
        assert "555" not in text
    assert "jo@example.org" not in german
    links = [re.search(r"http\S+/report/\S+", text)[0] for text in found.values()]
    assert len(set(links)) == 2
    assert links[0].endswith("?_l_=en")
    assert {str(one["From"]) for one in box.mails} == {"LAG Märkische Seen <lag@example.org>"}
    assert states() == [MailState.SENT] * 2


def test_the_same_hour_again_sends_nothing_again(app, box, contract):
    go(app)
    go(app)
    for key in db.session.scalars(select(FollowUpMail.id)):
        jobs.send(key)
    assert len(box.mails) == 2


def test_nobody_is_asked_before_the_day(app, box, contract, market):
    market.starts_on = clock.today() - timedelta(days=13)
    go(app)
    assert box.mails == []


def test_two_reminders_are_spaced_and_no_more(app, box, contract, monkeypatch):
    with monkeypatch.context() as patched:
        for days, number in ((0, 2), (9, 2), (1, 4), (9, 4), (1, 6), (50, 6)):
            later(patched, days)
            go(app)
            assert len(box.mails) == number, (days, number)
    assert sum("Erinnerung" in message["Subject"] for message in box.mails) == 4


def test_who_has_answered_is_not_reminded_and_the_other_is(app, box, contract, client, monkeypatch):
    go(app)
    link = re.search(r"http\S+(/report/\S+)", texts(box)["jo@example.org"])[1]
    assert client.post(link, data={"state": "in_progress"}).status_code == 200
    with monkeypatch.context() as patched:
        later(patched, 11)
        go(app)
    assert box.recipients[2:] == ["verein@example.org"]


@pytest.mark.parametrize("why", ["contract", "event", "switch", "decision"])
def test_reminders_stop_where_nobody_wants_an_answer(app, box, contract, market, monkeypatch, why):
    go(app)
    match why:
        case "contract":
            contract.status = ContractStatus.CANCELLED
        case "event":
            market.status = EventStatus.CANCELLED
        case "switch":
            market.follow_up_mails = False
        case "decision":
            followups.decide(contract, Said(ReportState.KEPT), at=clock.now(), by="Office")
    db.session.commit()
    with monkeypatch.context() as patched:
        later(patched, 11)
        go(app)
    assert len(box.mails) == 2


@pytest.mark.parametrize("why", ["contract", "switch", "answer"])
def test_a_mail_that_waits_is_not_sent_any_more_where_it_is_not_wanted(app, box, contract, market, why):
    jobs.ask()
    if why == "contract":
        contract.status = ContractStatus.CANCELLED
    elif why == "switch":
        market.follow_up_mails = False
    else:
        for party in contract.parties:
            said = Said(ReportState.KEPT)
            given = {"at": clock.now(), "by": "x", "channel": ReportChannel.PHONE}
            followups.report(contract, party.organisation, said, **given)
    db.session.commit()
    run_all(app)
    db.session.expire_all()
    assert box.mails == []
    assert states() == [MailState.DROPPED] * 2


def test_an_event_of_long_ago_that_is_entered_today_writes_to_nobody(app, box, contract, market):
    market.starts_on = clock.today() - timedelta(days=400)
    go(app)
    assert box.mails == []
    assert len(db.session.scalars(select(FollowUp)).all()) == 2, "staff see that they are due"
    jobs.ask_now(market.id)
    run_all(app)
    assert len(box.mails) == 2


# --- Who is written to ----------------------------------------------------------------------------------------
def reach(contract, party=0):
    return followups.of_party(contract, contract.parties[party].organisation_id, clock.today())


def test_who_signed_comes_first_then_who_is_there_then_the_organisation(contract, market):
    firm = contract.parties[0].organisation
    assert reach(contract).email == "jo@example.org"
    contract.parties[0].signatory = None
    assert reach(contract).email == "jo@example.org", "the contact at the organisation"
    person = db.session.scalars(select(Contact)).one()
    person.positions[0].until = clock.today() - timedelta(days=1)
    db.session.flush()
    assert reach(contract).email == "firma@example.org"
    firm.email = None
    assert reach(contract).email is None
    assert not reach(contract).refused


@pytest.mark.parametrize(
    ("why", "email"),
    [
        ("signatory", "firma@example.org"),
        ("other contact", "firma@example.org"),
        ("blocked", "firma@example.org"),
        ("erased", "firma@example.org"),
        ("bounced", "firma@example.org"),
        ("linked", "firma@example.org"),
        ("letters", "jo@example.org"),
        ("other office", "jo@example.org"),
        ("all", None),
    ],
)
def test_nobody_is_written_to_who_does_not_want_it(app, box, contract, market, why, email):
    office, person = market.office, contract.parties[0].signatory
    event = subscribers.Event(clock.now(), "tests", ConsentChannel.FORM)
    match why:
        case "signatory":
            person.do_not_email = True
        case "letters":
            person.do_not_mail = True
        case "other contact":
            make.contact(office, "Andere", email="Jo@Example.org", do_not_email=True)
        case "other office":
            make.contact(make.office("Fern"), "Andere", email="jo@example.org", do_not_email=True)
        case "blocked":
            subscribers.block(make.subscriber(office, "jo@example.org"), event)
        case "erased":
            subscribers.erase(make.subscriber(office, "jo@example.org"), event)
        case "bounced":
            make.subscriber(office, "jo@example.org", delivery=Delivery.HARD)
        case "linked":
            no = make.contact(office, "Nein", do_not_email=True)
            make.subscriber(office, "jo@example.org", contact=no)
        case "all":
            person.do_not_email = True
            make.contact(office, "Andere", email="FIRMA@example.org", do_not_email=True)
    db.session.commit()
    found = reach(contract)
    assert (found.email, found.refused) == (email, email is None)
    go(app)
    assert box.recipients == [one for one in (email, "verein@example.org") if one]


def test_who_wants_no_mail_gets_none_however_the_domain_is_spelled(contract, market):
    contract.parties[0].signatory.do_not_email = True
    contract.parties[0].organisation.email = "nie@xn--mller-kva.example.org"
    make.contact(market.office, "Andere", email="nie@müller.example.org", do_not_email=True)
    found = reach(contract)
    assert (found.email, found.refused) == (None, True)


def test_a_shared_organisation_has_no_people_of_another_office(contract, market):
    """What another office shares is read; its people aren't."""
    there = make.office("Dort")
    shared = make.organisation(there, "Bank", shared=True, email="bank@example.org")
    make.contact(there, "Fremde", email="fremde@example.org", phone="030 999", at=shared)
    row = make.contract(market.office, shared, contract.parties[1].organisation, event=market, number=8)
    assert reach(row) == followups.Reach("bank@example.org", "", Language.GERMAN, ())


def test_who_wants_no_calls_is_on_no_list(contract):
    person = contract.parties[0].signatory
    assert reach(contract).phones == ((str(person), "030 777"),)
    person.channels.append(Channel(kind=ChannelKind.MOBILE, value="0170 1"))
    assert [number for _who, number in reach(contract).phones] == ["030 777", "0170 1"]
    person.do_not_phone = True
    assert reach(contract).phones == ()
    assert reach(contract, 1).phones == (("Verein", "030 555"),)


# --- At most once ---------------------------------------------------------------------------------------------
KILLED = """
import json, os, signal, sys
from pathlib import Path
from app import create_app
from app.core import mail
from app.jobs import followups

given = json.loads(sys.argv[1])
given["DATA_DIR"] = Path(given["DATA_DIR"])
send = mail.send

def and_die(message):
    send(message)
    os.kill(os.getpid(), signal.SIGKILL)

mail.send = and_die
app = create_app(**given)
with app.app_context():
    followups.send(int(sys.argv[2]))
"""
NAMES = (
    "DATA_DIR", "UPLOAD_FOLDER", "SQLALCHEMY_DATABASE_URI", "SECRET_KEY", "SESSION_TYPE", "SERVER_NAME",
    "MAIL_SERVER", "MAIL_PORT", "MAIL_USE_TLS", "MAIL_USERNAME", "DEMO",
)  # fmt: skip


def test_a_worker_that_is_killed_after_sending_sends_nothing_twice(app, box, contract, monkeypatch):
    """The mail is marked before it leaves; who may have got one gets the next only as a reminder."""
    jobs.ask()
    [first, second] = db.session.scalars(select(FollowUpMail.id).order_by(FollowUpMail.id)).all()
    db.session.rollback()
    given = json.dumps({name: app.config[name] for name in NAMES}, default=str)
    died = subprocess.run(
        [sys.executable, "-c", KILLED, given, str(first)], cwd=ROOT, capture_output=True, check=False
    )
    assert died.returncode == -9, died.stderr
    assert len(box.mails) == 1
    run_all(app)
    go(app)
    assert len(box.mails) == 2, "the other party's, and no second one"
    assert states() == [MailState.SENDING, MailState.SENT]
    with monkeypatch.context() as patched:
        later(patched, 10)
        go(app)
    assert len(box.mails) == 4
    assert second


def test_a_server_that_is_down_is_tried_again_and_one_that_breaks_off_is_not(app, box, contract, monkeypatch):
    jobs.ask()
    [first, second] = db.session.scalars(select(FollowUpMail.id).order_by(FollowUpMail.id)).all()
    with monkeypatch.context() as patched:
        patched.setitem(app.config, "MAIL_PORT", free_port())
        with pytest.raises(ConnectionRefusedError):
            jobs.send(first)
    box.answer = "451 later"
    with pytest.raises(smtplib.SMTPException):
        jobs.send(first)
    db.session.expire_all()
    assert states() == [MailState.WAITING] * 2
    box.answer = ""
    jobs.send(first)
    assert len(box.mails) == 1

    def break_off(_message):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr(mail, "send", break_off)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            jobs.send(second)
    jobs.send(second)
    db.session.expire_all()
    assert states() == [MailState.SENT, MailState.SENDING]
    assert len(box.mails) == 1


def test_an_address_that_a_server_refuses_is_not_written_to_again(app, box, contract, monkeypatch):
    box.answer = "550 no such user"
    go(app)
    assert states() == [MailState.REFUSED] * 2
    box.answer = ""
    with monkeypatch.context() as patched:
        later(patched, 11)
        go(app)
    assert box.mails == []


def test_a_mail_whose_task_was_lost_is_sent_hours_later(app, box, contract, monkeypatch):
    jobs.ask()
    queue.huey_of(app).flush()
    go(app)
    assert box.mails == []
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "LOST", timedelta(0))
        go(app)
    assert len(box.mails) == 2


def test_two_workers_in_the_same_hour_write_one_mail_each_down(app, box, contract, monkeypatch):
    """The second has read before the first wrote: its rows break a rule of the database, and are left."""
    jobs.ask()
    before = set(db.session.scalars(select(FollowUp.id)))
    monkeypatch.setattr(
        followups.asking.queries, "of_contracts", lambda _keys: select(FollowUp).where(FollowUp.id < 0)
    )
    jobs.ask()
    assert set(db.session.scalars(select(FollowUp.id))) == before


def test_the_work_is_done_every_hour():
    assert "followups.ask" in queue.HOURLY


def test_the_link_of_a_mail_opens_without_a_sign_in(app, box, contract, client):
    go(app)
    link = urlsplit(re.search(r"http\S+/report/\S+", texts(box)["verein@example.org"])[0])
    assert client.get(f"{link.path}?{link.query}").status_code == 200
