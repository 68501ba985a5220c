"""Papers are printed by who works on the event, written down where they hold names, and shown in our pages only."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.access import Role
from app.core.db import db
from app.models.categories import Side
from app.models.participations import Participant, ParticipationStatus
from app.models.receipts import Receipt
from tests import factories as make
from tests.pages import texts

BADGES = "language=de&format=a4-85x54&coming=expected"


@pytest.fixture
def language():
    return "de"


@pytest.fixture
def event(office, database):
    event = make.event(office, "Marktplatz", starts_on=date(2030, 5, 1))
    for name, side in (("Bäckerei", Side.COMPANY), ("Verein", Side.NONPROFIT)):
        row = make.participation(event, make.organisation(office, name), side=side)
        row.status = ParticipationStatus.CONFIRMED
        row.people.append(Participant(name=f"Ana {name}"))
    database.commit()
    return event


def receipts():
    return db.session.scalars(select(Receipt).order_by(Receipt.id)).all()


def text_of(answer):
    assert answer.mimetype == "application/pdf"
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split()
    )


def wrong(answer):
    """Give what a page says is wrong with what was typed."""
    return [line for line in texts(answer.get_data(as_text=True)) if line.endswith(".")]


def test_the_event_leads_to_its_papers_and_a_contract_to_its_form(client, event, contract):
    assert f'href="/papers/{event.id}"' in client.get(f"/events/show/{event.id}").get_data(as_text=True)
    page = client.get(f"/papers/{event.id}").get_data(as_text=True)
    for name in ("list", "badges", "signs", "blank", "contracts"):
        assert f'href="/papers/{event.id}/{name}"' in page
    assert f"/contract-forms/{contract.id}" in client.get(f"/contracts/show/{contract.id}").get_data(
        as_text=True
    )


def test_a_paper_is_shown_in_the_page_once_something_was_chosen(client, event):
    assert "<iframe" not in client.get(f"/papers/{event.id}/badges").get_data(as_text=True)
    assert receipts() == []
    page = client.get(f"/papers/{event.id}/badges?{BADGES}").get_data(as_text=True)
    address = f"/papers/{event.id}/badges/file?{BADGES}"
    assert page.count(address.replace("&", "&amp;")) == 2  # in the frame, and to be opened
    answer = client.get(address)
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Ana Bäckerei" in text_of(answer)


def test_only_a_paper_may_stand_in_a_frame_and_only_in_one_of_ours(client, event, contract):
    """The policy stays as strict as it is for all else, object-src and scripts among it."""
    for address in (
        f"/papers/{event.id}/badges/file?{BADGES}",
        f"/contract-forms/{contract.id}/file?language=de",
    ):
        answer = client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in policy
        assert "object-src 'none'" in policy
        assert "script-src 'self'" in policy
    for address in (f"/papers/{event.id}/badges?{BADGES}", f"/papers/{event.id}", "/"):
        answer = client.get(address)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_names_leave_a_receipt_and_blank_forms_leave_none(client, event, contract):
    client.get(f"/papers/{event.id}/blank/file?language=de&first=5&last=7")
    client.get(f"/papers/{event.id}/signs/file?language=de&coming=expected&organisations=y")
    assert receipts() == []
    client.get(f"/papers/{event.id}/list/file?language=de&coming=expected&groups=company")
    client.get(f"/papers/{event.id}/badges/file?{BADGES}")
    client.get(f"/contract-forms/{contract.id}/file?language=en")
    found = [(one.title, one.format, one.purpose, one.rows) for one in receipts()]
    assert found == [
        ("Teilnahmeliste", "pdf", "Druck", 1),
        ("Namensschilder", "pdf", "Druck", 2),
        ("Contract form", "pdf", "Print", 1),
    ]
    assert "Veranstaltung: Marktplatz" in receipts()[0].filter
    assert "Seiten: Unternehmensseite" in receipts()[0].filter
    assert len({one.sha256 for one in receipts()}) == 3


def test_the_language_of_a_paper_is_that_of_its_readers(client, event):
    """The office works in German, and prints for guests."""
    address = f"/papers/{event.id}/blank/file?first=5&last=5"
    assert "Geld ist tabu" in text_of(client.get(f"{address}&language=de"))
    assert "Money is taboo" in text_of(client.get(f"{address}&language=en"))
    assert client.get(f"/papers/{event.id}/blank").get_data(as_text=True).count("Drucksachen") > 1


def test_blank_forms_begin_after_the_last_contract(client, event, office, parties):
    make.contract(office, *parties[:2], event=event, number=97)
    db.session.commit()
    page = client.get(f"/papers/{event.id}/blank").get_data(as_text=True)
    assert 'value="98"' in page
    assert 'value="107"' in page


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ("first=3&last=1", "Die letzte Nummer kann nicht vor der ersten liegen."),
        ("first=0&last=1", "Nummern beginnen mit 1."),
        ("first=x&last=1", "Das ist keine ganze Zahl."),
        ("first=&last=1", "Dieses Feld wird benötigt."),
        ("first=1&last=900", "Eine Datei fasst höchstens 200 davon."),
        ("first=90&last=99", "Kontrakt Nr. 97 ist schon erfasst."),
        ("first=1&last=9999999999999", "Diese Zahl ist zu groß."),
    ],
)
def test_numbers_that_are_none_are_told_at_their_place(client, event, office, parties, numbers, said):
    make.contract(office, *parties[:2], event=event, number=97)
    db.session.commit()
    answer = client.get(f"/papers/{event.id}/blank?language=de&{numbers}")
    assert answer.status_code == 200
    assert said in wrong(answer)
    assert "<iframe" not in answer.get_data(as_text=True)
    typed = numbers.partition("&")[0].partition("=")[2]
    assert f'name="first" required type="text" value="{typed}"' in answer.get_data(as_text=True)
    # The address of the document leads back to what is wrong.
    answer = client.get(f"/papers/{event.id}/blank/file?language=de&{numbers}")
    assert answer.location == f"/papers/{event.id}/blank?language=de&{numbers}"


@pytest.mark.parametrize(
    "asked",
    [
        "language=xx", "format=a5", "coming=nobody", "groups=money", "people=p99999999", "people=%00", "coming=",
        "format=", "language=",
    ],
)  # fmt: skip
def test_what_is_no_choice_is_refused(client, event, asked):
    """Whatever stands in the address, it's a page that says so."""
    kept = [part for part in BADGES.split("&") if part.partition("=")[0] != asked.partition("=")[0]]
    query = "&".join([*kept, asked])
    answer = client.get(f"/papers/{event.id}/badges?{query}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert ("<iframe" in page) is False
    if not asked.startswith("language"):
        assert "invalid-feedback" in page


def test_where_nobody_comes_there_is_nothing_to_print(client, event):
    answer = client.get(f"/papers/{event.id}/badges?{BADGES}&groups=municipality")
    assert "Zu dieser Auswahl gibt es nichts zu drucken." in wrong(answer)
    assert client.get(f"/papers/{event.id}/badges/file?{BADGES}&groups=municipality").status_code == 302
    assert receipts() == []


def test_one_badge_is_printed_again(client, event):
    key = db.session.scalars(select(Participant.id).order_by(Participant.id)).first()
    text = text_of(client.get(f"/papers/{event.id}/badges/file?{BADGES}&people=p{key}"))
    assert "Ana Bäckerei" in text
    assert "Ana Verein" not in text


def test_an_unknown_paper_and_an_unknown_language_are_none(client, event, contract):
    assert client.get(f"/papers/{event.id}/money").status_code == 404
    assert client.get(f"/papers/{event.id}/money/file").status_code == 404
    assert client.get(f"/contract-forms/{contract.id}/file?language=xx").status_code == 400


@pytest.mark.parametrize("role", [Role.REGIONAL_OFFICE, Role.READER, Role.NEWSLETTER_EDITOR])
def test_who_works_on_the_event_prints_and_who_reads_takes_nothing_out(app, office, event, contract, role):
    """A regional office exports no contacts, and prints its badges on the evening."""
    other = make.sign_in(app.test_client(), make.staff(role, offices=(office,)))
    status = 200 if role is Role.REGIONAL_OFFICE else 403
    for address in (
        f"/papers/{event.id}/badges/file?{BADGES}",
        f"/contract-forms/{contract.id}/file?language=de",
    ):
        assert other.get(address).status_code == status
    if role is Role.READER:
        assert "/papers/" not in other.get(f"/events/show/{event.id}").get_data(as_text=True)
        assert "/contract-forms/" not in other.get(f"/contracts/show/{contract.id}").get_data(as_text=True)
