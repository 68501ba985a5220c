"""The pages of the matching: what they show to whom, in few statements, and what goes with it on paper."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.access import Role
from app.core.db import db
from app.models.categories import Category, Side
from app.models.downloads import Download, DownloadError, DownloadState
from app.models.offers import Direction, OfferStatus
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import ParticipationStatus
from app.models.receipts import Receipt
from app.models.users import Membership, Staff
from tests import factories as make
from tests.background import run_all

#: Of the matching: who takes part, and what is open.
OWN = 2
TABS = ("", "/plan", "/unmatched", "/sheets")


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def event(office):
    return make.event(office, "Markt")


@pytest.fixture
def person(client, office):
    return make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)))


def offered(event, party, title, **more):
    return make.offer(event, party, title=title, **more)


def needed(event, party, title, **more):
    return offered(event, party, title, direction=Direction.NEED, **more)


@pytest.fixture
def market(event, office):
    """A company and a nonprofit that fit, a nonprofit that doesn't, and one that says nothing."""
    firm = make.organisation(office, "Umzüge Anker", city="Strausberg")
    club = make.organisation(office, "Beratungsstelle", kind=OrganisationKind.NONPROFIT, city="Strausberg")
    lonely = make.organisation(office, "Ruderclub", kind=OrganisationKind.NONPROFIT)
    silent = make.organisation(office, "Stiller Verein", kind=OrganisationKind.NONPROFIT)
    for party in (club, lonely, silent):
        make.participation(event, party, side=Side.NONPROFIT, status=ParticipationStatus.CONFIRMED)
    make.participation(event, firm, status=ParticipationStatus.REGISTERED)
    offered(event, firm, "Umzugshelfer für einen Samstag")
    needed(event, club, "Hilfe beim Umzug")
    needed(event, lonely, "Bootsbauer", category=Category.CONTACTS)
    return event


def words(answer):
    assert answer.status_code == 200
    return " ".join(
        re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2].partition("</main>")[0]).split()
    )


def test_a_suggestion_stands_with_both_and_says_why_in_the_language_of_the_person(market, person):
    text = words(person.get(f"/matching/{market.id}"))
    for said in (
        "1 open offers and 2 open needs",
        "same category: Helping hands",
        "Umzugshelfer – Umzug",
        "Strausberg",
    ):
        assert said in text
    assert text.count("good match") + text.count("strong match") == 2
    person.post("/lang/de")
    assert "ähnliche Wörter: Umzugshelfer – Umzug" in words(person.get(f"/matching/{market.id}"))


def test_one_organisation_can_be_looked_at_alone(market, person):
    club = db.session.scalar(select(make.Organisation.id).where(make.Organisation.name == "Beratungsstelle"))
    page = person.get(f"/matching/{market.id}?organisation={club}").text
    assert f'id="party-{club}"' in page
    assert page.count('id="party-') == 1
    assert person.get(f"/matching/{market.id}?organisation=999999").status_code == 404
    assert person.get(f"/matching/{market.id}?organisation=x").status_code == 400


def test_the_plan_seats_all_who_come_and_says_what_about(market, person):
    text = words(person.get(f"/matching/{market.id}/plan?rounds=3"))
    assert "Round 3" in text
    assert "Round 4" not in text
    assert "“Umzugshelfer für einen Samstag” → “Hilfe beim Umzug”" in text
    assert "Stiller Verein" in text
    assert "No match was found: get to know each other." in text
    # Whatever else stands in the address is the usual number of rounds.
    for nonsense in ("0", "9", "-1", "x", "²", "1e9", "", "%00"):
        assert "selected>4<" in person.get(f"/matching/{market.id}/plan?rounds={nonsense}").text


def test_what_nobody_matches_is_listed_for_the_brokers(market, person):
    text = words(person.get(f"/matching/{market.id}/unmatched"))
    assert "Ruderclub Bootsbauer Contacts and networks" in text
    assert "Umzug" not in text
    assert "Stiller Verein" in text.partition("Takes part without an open offer or need")[2]


@pytest.mark.parametrize("status", [OfferStatus.MATCHED, OfferStatus.WITHDRAWN])
def test_what_has_a_partner_or_is_withdrawn_is_not_suggested(market, person, status):
    offer = db.session.scalars(select(make.Offer).where(make.Offer.direction == Direction.OFFER)).one()
    offer.status = status
    db.session.commit()
    for tab in TABS:
        assert "Umzugshelfer" not in words(person.get(f"/matching/{market.id}{tab}")), tab


@pytest.mark.parametrize(
    "status", [ParticipationStatus.CANCELLED, ParticipationStatus.NO_SHOW, ParticipationStatus.WAITLIST]
)
def test_who_does_not_come_is_in_nobodys_plan(market, person, status):
    row = db.session.scalars(select(make.Participation).where(make.Participation.side == Side.COMPANY)).one()
    row.status = status
    db.session.commit()
    for tab in TABS:
        assert "Anker" not in words(person.get(f"/matching/{market.id}{tab}")), tab


def test_who_is_only_invited_and_has_said_nothing_is_not_planned(market, office, person):
    guest = make.organisation(office, "Nur eingeladen")
    make.participation(market, guest)
    assert "Nur eingeladen" not in words(person.get(f"/matching/{market.id}/plan"))
    offered(market, guest, "Fotos")
    assert "Nur eingeladen" in words(person.get(f"/matching/{market.id}/plan"))


def test_an_offer_of_an_organisation_that_is_not_entered_as_participant_counts(event, office, person):
    offered(event, make.organisation(office, "Firma"), "Umzugshelfer")
    needed(event, make.organisation(office, "Verein", kind=OrganisationKind.NONPROFIT), "Umzug")
    text = words(person.get(f"/matching/{event.id}"))
    assert "Umzugshelfer – Umzug" in text
    assert "Nonprofit side" in text


def test_another_events_offers_are_none_of_this(market, office, person):
    other = make.event(office, "Anderer")
    assert "no open offers and needs yet" in words(person.get(f"/matching/{other.id}"))
    assert "nobody yet" in words(person.get(f"/matching/{other.id}/plan"))
    assert "Nobody takes part yet" in words(person.get(f"/matching/{other.id}/sheets"))
    assert person.get(f"/matching/{other.id}/unmatched").status_code == 200
    assert person.get(f"/matching/{other.id}/paper").status_code == 200


@pytest.mark.each_database
def test_the_pages_take_as_many_statements_for_forty_offers_as_for_two(
    market, office, person, count_statements
):
    def statements(tab):
        person.get(f"/matching/{market.id}{tab}")
        with count_statements() as found:
            assert person.get(f"/matching/{market.id}{tab}").status_code == 200
        return len(found), sum("offer" in text or "participation" in text for text in found)

    few = {tab: statements(tab) for tab in TABS}
    for number in range(20):
        offered(market, make.organisation(office, f"Firma {number}"), f"Umzugshelfer {number}")
        needed(
            market, make.organisation(office, f"Verein {number}", kind=OrganisationKind.NONPROFIT), "Umzug"
        )
    many = {tab: statements(tab) for tab in TABS}
    assert many == few
    assert {own for _all, own in many.values()} == {OWN}


def test_many_organisations_are_shown_in_pages(event, office, person):
    for number in range(21):
        offered(event, make.organisation(office, f"Firma {number:02}"), "Fotos")
    first, second = (words(person.get(f"/matching/{event.id}?page={page}")) for page in (0, 1))
    assert "1 to 20 of 21" in first
    assert "21 to 21 of 21" in second
    shown = [re.findall(r"Firma \d\d(?= Company side)", text) for text in (first, second)]
    assert [len(names) for names in shown] == [20, 1]
    assert person.get(f"/matching/{event.id}?page=9999").status_code == 200


def test_the_event_leads_to_its_matching(market, person):
    assert f'href="/matching/{market.id}"' in person.get(f"/events/show/{market.id}").text


# --- on paper -------------------------------------------------------------------------------------------------
def pdf(answer):
    assert answer.mimetype == "application/pdf"
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.data)).pages]


def test_each_organisation_has_a_page_of_its_own(market, person):
    pages = pdf(person.get(f"/matching/{market.id}/paper?rounds=2"))
    assert [next(name for name in NAMES if page.startswith(name)) for page in pages] == sorted(NAMES)
    assert "Round 1, table 1: Beratungsstelle (Strausberg)" in pages[3]
    assert "“Umzugshelfer für einen Samstag” → “Hilfe beim Umzug”" in pages[3]
    assert "similar words: Umzugshelfer – Umzug" in pages[0]
    assert "Please ask a broker" in pages[2]
    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.format, receipt.rows) == ("pdf", 4)


NAMES = ["Beratungsstelle", "Ruderclub", "Stiller Verein", "Umzüge Anker"]


def test_many_sheets_are_made_in_the_background(market, person, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DOWNLOADS", str(tmp_path / "made"))
    monkeypatch.setattr("app.views.matching.AT_ONCE", 3)
    firm = db.session.scalars(select(Organisation.id).where(Organisation.name == NAMES[-1])).one()
    assert len(pdf(person.get(f"/matching/{market.id}/paper?organisation={firm}"))) == 1
    assert person.get(f"/matching/{market.id}/paper?rounds=2").location == "/downloads/"
    run_all(app)
    made = db.session.scalars(select(Download)).one()
    assert (made.state, made.rows) == (DownloadState.READY, 4)
    with person.get(f"/downloads/{made.id}/file") as file:
        pages = pdf(file)
    assert [next(name for name in NAMES if page.startswith(name)) for page in pages] == sorted(NAMES)
    assert "Round 1, table 1: Beratungsstelle (Strausberg)" in pages[3]
    assert [one.rows for one in db.session.scalars(select(Receipt).order_by(Receipt.id))] == [1, 4]


def test_who_has_left_the_office_gets_no_sheets(market, person, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DOWNLOADS", str(tmp_path / "made"))
    monkeypatch.setattr("app.views.matching.AT_ONCE", 3)
    person.get(f"/matching/{market.id}/paper")
    staff = db.session.scalars(select(Download)).one().staff_id
    there = make.office("Dort")
    db.session.get(Staff, staff).memberships = [Membership(office_id=there.id)]
    db.session.commit()
    run_all(app)
    db.session.expire_all()
    made = db.session.scalars(select(Download)).one()
    assert (made.state, made.error) == (DownloadState.FAILED, DownloadError.ASKED)


def test_a_full_sheet_is_still_one_page(event, office, person):
    """The most that can stand on it: eight rounds, eight suggestions, long names and long titles."""
    long = (
        "Umzugshelfer mit Transporter und Anhänger für die Beratungsstelle und ihre Nebenstelle am Bahnhof "
        * 2
    )
    name = "Gesellschaft zur Förderung des Umzugs von Beratungsstellen und Kindertagesstätten im Landkreis"
    firm = make.organisation(office, name, city="Strausberg")
    for number in range(2):
        offered(event, firm, f"{number} {long}"[:200], text=long)
    for number in range(10):
        club = make.organisation(
            office, f"{name} {number}", kind=OrganisationKind.NONPROFIT, city="Strausberg"
        )
        needed(event, club, f"{number} {long}"[:200], text=long)
    pages = pdf(person.get(f"/matching/{event.id}/paper?rounds=8&organisation={firm.id}"))
    assert len(pages) == 1
    assert pages[0].count("Round") == 8
    # With fewer talks there is room for suggestions, as many as fit.
    pages = pdf(person.get(f"/matching/{event.id}/paper?rounds=3&organisation={firm.id}"))
    assert len(pages) == 1
    assert 1 < pages[0].count("same category") < 8


def test_who_only_reads_has_the_sheets_on_the_screen_and_takes_none_along(market, office, app):
    reader = make.sign_in(app.test_client(), make.staff(Role.READER, offices=(office,)))
    assert "Umzugshelfer" in words(reader.get(f"/matching/{market.id}/sheets"))
    assert "/paper" not in reader.get(f"/matching/{market.id}").text
    assert reader.get(f"/matching/{market.id}/paper").status_code == 403
