"""The certificate says what the log says, in letters of all Europe, and every one is written down."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.access import Role
from app.core import clock
from app.core.db import db
from app.models.languages import Language
from app.models.newsletters import TextKind
from app.models.receipts import Receipt
from app.models.subscribers import ConsentChannel
from app.services import subscribers
from tests import factories as make

ENGLISH = {"Accept-Language": "en"}
WORDS = "Ja, ich möchte den Rundbrief – auch für Łódź und Çeşme."


@pytest.fixture
def person(database):
    letter = make.newsletter(make.office("LAG", parent=make.office("Servicestelle")), "Märkische Marktpost")
    make.newsletter_text(letter, WORDS)
    make.newsletter_text(letter, "Wir speichern. " * 400, kind=TextKind.PRIVACY)
    event = subscribers.Event(
        clock.now(), "public page", ConsentChannel.FORM, "https://lag.example.org/news", ip="192.0.2.7"
    )
    asked = subscribers.request(letter, "ana@example.org", Language.GERMAN, event, last_name="Łukasz")
    line = subscribers.confirm(asked, event)
    subscribers.withdraw(line, event)
    db.session.commit()
    return line.subscriber


def editor(app, person):
    return make.sign_in(app.test_client(), make.staff(Role.NEWSLETTER_EDITOR, offices=(person.office,)))


def text_of(answer):
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()), len(pages)


def test_it_proves_each_step_with_its_time_channel_and_wording(app, person):
    answer = editor(app, person).get(f"/subscribers/certificate/{person.id}", headers=ENGLISH)
    assert answer.mimetype == "application/pdf"
    text, pages = text_of(answer)
    assert pages > 1
    wording = person.subscriptions[0].newsletter.texts[0]
    for said in (
        "ana@example.org", "Łukasz", "Märkische Marktpost", "1. Requested", "2. Confirmed", "3. Withdrawn",
        "https://lag.example.org/news", "Sign-up form", "Public page", "192.0.2.7", "version 1", WORDS, "UTC)",
        wording.sha256, f"Page {pages} of {pages}",
    ):  # fmt: skip
        assert said in text, said
    # Each of the three steps names the wording that counted then.
    assert text.count(f"{wording.sha256[:12]}…") == 4


def test_it_is_written_down(app, person):
    editor(app, person).get(f"/subscribers/certificate/{person.id}")
    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.format, receipt.rows, len(receipt.sha256)) == ("pdf", 3, 64)


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.NEWSLETTER_EDITOR, Role.ADMINISTRATOR}]
)
def test_who_may_not_take_the_log_gets_none(app, person, role):
    other = make.sign_in(app.test_client(), make.staff(role, offices=(person.office,)))
    assert other.get(f"/subscribers/certificate/{person.id}").status_code == 403


def test_another_office_gets_none(app, person):
    other = make.staff(Role.NEWSLETTER_EDITOR, offices=(make.office("Andere"),))
    assert (
        make.sign_in(app.test_client(), other).get(f"/subscribers/certificate/{person.id}").status_code == 404
    )
