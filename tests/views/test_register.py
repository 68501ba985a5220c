"""The page on which everybody registers for an event: without an account, a script or a cookie."""

from __future__ import annotations

import re
from datetime import time, timedelta

import icalendar
import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.models.categories import Side
from app.models.contacts import Contact
from app.models.events import EventStatus
from app.models.offers import Direction
from app.models.organisations import Organisation
from app.models.participations import Participation, ParticipationStatus
from app.models.registrations import Registration
from tests import factories as make
from tests.test_security import like

ENGLISH = {"Accept-Language": "en"}
SENT = {
    "entry": "one press",
    "side": "company",
    "name": "Fahrradladen Rückenwind",
    "street": "Probegasse 9",
    "postal_code": "15344",
    "city": "Strausberg",
    "site": "rueckenwind.example.org",
    "first_name": "Rika",
    "last_name": "Rademacher",
    "function": "Inhaberin",
    "email": "Rika@Rueckenwind.example.org",
    "phone": "030 23125 172",
    "comes": "y",
    "people-0-name": "Ole Ost",
    "people-1-name": "",
    "offers-0-title": "Fahrräder flott machen",
    "offers-0-category": "know_how",
    "offers-0-text": "Ein Nachmittag\r\nmit Werkzeug",
    "needs-0-title": "Ein neuer Anstrich",
    "needs-0-category": "hands",
    "notes": "Bis bald",
    "website": "",
}


@pytest.fixture
def event(database):
    office = make.office("LAG", parent=make.office("Servicestelle"), email="post@lag.example.org")
    day = clock.today() + timedelta(days=30)
    event = make.event(office, "Marktplatz", registration_open=True, starts_on=day, start_time=time(17))
    db.session.commit()
    return event


@pytest.fixture
def send(client, event):
    def send(**changes):
        data = {**SENT, **{name.replace("__", "-"): value for name, value in changes.items()}}
        data = {name: value for name, value in data.items() if value is not None}
        return client.post(f"/register/{event.id}", data=data, headers=ENGLISH)

    return send


def kept():
    return db.session.scalars(select(Registration).order_by(Registration.id)).all()


def test_what_was_typed_is_kept_apart_from_what_the_office_knows(client, event, send):
    page = client.get(f"/register/{event.id}?side=nonprofit", headers=ENGLISH)
    assert page.status_code == 200
    assert '<option selected value="nonprofit">' in page.text
    assert "Art. 6 (1) (b) GDPR" in page.text
    answer = send()
    assert "Your registration has arrived." in answer.text
    assert "Set-Cookie" not in answer.headers
    [one] = kept()
    assert (one.name, one.side, one.email, one.person) == (
        "Fahrradladen Rückenwind", Side.COMPANY, "Rika@Rueckenwind.example.org", "Rika Rademacher",
    )  # fmt: skip
    assert (one.street, one.postal_code, one.city, one.country) == (
        "Probegasse 9",
        "15344",
        "Strausberg",
        "DE",
    )
    assert (one.website, one.phone, one.notes) == ("rueckenwind.example.org", "030 23125 172", "Bis bald")
    assert (one.language.value, one.office_id) == ("en", event.office_id)
    assert one.guests == ["Rika Rademacher", "Ole Ost"]
    assert [(row.direction, row.title, row.text) for row in one.offers] == [
        (Direction.OFFER, "Fahrräder flott machen", "Ein Nachmittag\nmit Werkzeug"),
        (Direction.NEED, "Ein neuer Anstrich", None),
    ]
    for model in (Organisation, Contact, Participation):
        assert db.session.scalars(select(model)).all() == []


def test_a_button_that_is_pressed_twice_sends_once_and_a_correction_is_seen(send):
    first, second = send(), send()
    assert first.text == second.text
    assert len(kept()) == 1
    # Who goes back and corrects something has said something else.
    send(phone="030 23125 173")
    assert [one.phone for one in kept()] == ["030 23125 172", "030 23125 173"]


def test_no_answer_tells_whether_an_organisation_or_an_address_is_known(event, send):
    new = send()
    known = make.organisation(event.office, "Fahrradladen Rückenwind", city="Strausberg")
    make.contact(
        event.office, "Rademacher", email="rika@rueckenwind.example.org", at=known, do_not_email=True
    )
    make.participation(event, known, status=ParticipationStatus.CONFIRMED)
    again = send(notes="Noch einmal")
    assert again.status_code == new.status_code
    assert again.text == new.text


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("email", "nobody", "This is no e-mail address."),
        ("email", "", "This field is required."),
        ("name", "   ", "This field is required."),
        ("side", "money", "This is none of the choices."),
        ("phone", "call me", "This is no phone number."),
        ("site", "javascript:alert(1)", "This is no web address."),
        ("offers-0-title", "500 Euro", "Money is taboo"),
        ("offers-0-text", "Wir spenden 500 Euro", "Money is taboo"),
        ("needs-0-title", "Geldspende", "Money is taboo"),
        ("offers-0-category", "", "This field is required."),
        ("people-0-name", "x" * 201, "Field cannot be longer than 200 characters."),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_the_rest_stays(send, place, value, said):
    answer = send(**{place: value})
    messages = re.search(rf'id="{place}-error">(.*?)</div>', answer.text, re.DOTALL)
    assert messages is not None, answer.text
    assert said in messages[1]
    assert "Nothing was sent yet." in answer.text
    for left in ({"city": "Strausberg", "offers-0-text": "Ein Nachmittag"} | {place: value}).values():
        assert not left or left in answer.text
    assert kept() == []


def test_somebody_comes(send):
    answer = send(comes=None, people__0__name="")
    assert "Please name at least one person who comes." in answer.text
    assert kept() == []
    send(comes=None)
    assert kept()[0].guests == ["Ole Ost"]


def test_more_rows_come_without_a_script_and_without_losing_a_word(client, event, send):
    answer = send(more="offers", email="nobody")
    assert 'name="offers-4-title"' in answer.text
    assert 'name="needs-4-title"' not in answer.text
    assert "Fahrräder flott machen" in answer.text
    assert "This is no e-mail address." not in answer.text  # nothing is checked before it's sent
    assert kept() == []
    many = {f"offers-{number}-title": "Painting" for number in range(60)}
    assert send(**many, email="nobody").status_code == 200
    gap = {name.replace("needs-0", "needs-1"): value for name, value in SENT.items()}
    client.post(f"/register/{event.id}", data=gap, headers=ENGLISH)
    assert [row.title for row in kept()[0].offers] == ["Fahrräder flott machen", "Ein neuer Anstrich"]
    odd = {"offers-²-title": "x", "people-99999999-name": "x", "needs--title": "x"}
    assert client.post(f"/register/{event.id}", data={**SENT, **odd}, headers=ENGLISH).status_code == 200


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(send):
    assert "Your registration has arrived." in send(website="https://x.example").text
    assert kept() == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"registration_open": False}, 404),
        ({"registration_until": clock.today() - timedelta(days=1)}, 410),
        ({"starts_on": clock.today() - timedelta(days=1)}, 410),
        ({"status": EventStatus.CANCELLED}, 410),
        ({"status": EventStatus.HELD}, 410),
        ({"registration_until": clock.today(), "starts_on": clock.today()}, 200),
        ({"starts_on": None, "start_time": None}, 200),
    ],
    ids=str,
)
def test_registration_is_open_until_its_last_day(client, event, send, change, status):
    for name, value in change.items():
        setattr(event, name, value)
    assert client.get(f"/register/{event.id}", headers=ENGLISH).status_code == status
    assert send().status_code == status
    assert len(kept()) == (status == 200)


def test_a_side_without_a_place_says_so_and_still_takes_a_registration(client, event, send):
    event.places_companies = 1
    assert "all places are taken" not in client.get(f"/register/{event.id}", headers=ENGLISH).text
    make.participation(event, make.organisation(event.office), status=ParticipationStatus.CONFIRMED)
    assert "Company side: all places are taken" in client.get(f"/register/{event.id}", headers=ENGLISH).text
    send()
    assert len(kept()) == 1


def test_the_day_can_be_put_into_a_calendar(client, event):
    answer = client.get(f"/register/{event.id}/calendar")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    [entry] = icalendar.Calendar.from_ical(answer.data).events
    assert entry["summary"] == "Marktplatz"
    assert entry.start.date() == event.starts_on
    event.starts_on = event.start_time = None
    assert client.get(f"/register/{event.id}/calendar").status_code == 404


@pytest.fixture
def limited(app):
    """An application on the same database that counts: three registrations an hour from a place, two for an address."""
    made = like(app, RATELIMIT_ENABLED=True, REGISTRATION_LIMIT="3 per hour", ADDRESS_LIMIT="2 per day")
    made.extensions["appbuilder"].sm.limiter.reset()
    yield made
    with made.app_context():
        db.engine.dispose()


def test_nobodys_box_is_flooded_from_one_place_or_from_many(limited, event):
    def ask(email, place="192.0.2.1", **more):
        data = {**SENT, "email": email, **more}
        visit = {"headers": ENGLISH, "environ_overrides": {"REMOTE_ADDR": place}}
        return limited.test_client().post(f"/register/{event.id}", data=data, **visit)

    assert [ask("nobody").status_code for _time in range(5)] == [200] * 5
    answers = [ask(f"p{number}@example.org") for number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Too many attempts." in answers[-1].text
    assert 'value="p3@example.org"' in answers[-1].text
    # Who presses twice has asked once.
    assert ask("p2@example.org").status_code == 200
    places = [ask("victim@example.org", f"192.0.2.{n}", phone=f"030 {n}").status_code for n in (2, 3, 4)]
    assert places == [200, 200, 429]
    assert len(kept()) == 5


def test_signs_that_steer_programs_are_no_part_of_a_name(send):
    send(name="A\x00na\r\nBcc: x\x1b", notes="a\x00b\r\n\x1bc")
    assert kept()[0].name == "A na Bcc: x"
    assert kept()[0].notes == "a b\nc"
