"""A party reports on its contract with the link of its mail, as somebody without an account meets the page."""

from __future__ import annotations

import html
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.access import everything
from app.core import clock, tokens
from app.core.db import db
from app.core.files import folder
from app.models.contracts import ContractStatus
from app.models.followups import FollowUp, FollowUpNote, FollowUpReport, ReportChannel, ReportState
from app.services import followups, links
from app.services.followups import Said
from tests import factories as make
from tests.test_security import like

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def contract(database):
    office = make.office("LAG", parent=make.office("Servicestelle"), phone="030 100", email="lag@example.org")
    firm = make.organisation(office, "Firma", phone="030 200", email="firma@example.org", notes="geheim")
    club = make.organisation(office, "Verein", phone="030 300", email="verein@example.org")
    event = make.event(office, "Gute Geschäfte", starts_on=clock.today() - timedelta(days=20))
    row = make.contract(office, firm, club, event=event, number=7, notes="intern")
    make.contribution(row, giver=firm, receiver=club, text="Zwei Tage malen", value=1600)
    row.parties[0].signatory = make.contact(office, "Geheimrat", email="g@example.org")
    db.session.commit()
    return row


@pytest.fixture
def asked(contract):
    return make.follow_up(contract, contract.parties[1].organisation)


def link(asked):
    with everything("tests"):
        db.session.commit()
        return f"/report/{links.to_report(asked)}"


def reports():
    return list(db.session.scalars(select(FollowUpReport).order_by(FollowUpReport.id)))


def test_a_party_reports_in_a_minute(app, client, contract, asked):
    address = link(asked)
    page = client.get(address, headers=ENGLISH)
    assert page.status_code == 200
    assert "Verein" in page.text
    assert reports() == [], "who only opens the link has said nothing"
    data = {
        "state": "partly", "hours": "12.5", "value": "1,234.50", "comment": "Zwei\r\nZeilen",
        "photo": (io.BytesIO(PNG), "bild.png"), "photo_consent": "y",
    }  # fmt: skip
    sent = client.post(address, data=data, headers=ENGLISH)
    assert sent.status_code == 200
    assert "Thank you" in sent.text
    [report] = reports()
    assert (report.state, report.channel, report.actor) == (ReportState.PARTLY, ReportChannel.LINK, "Verein")
    assert (report.hours, report.value) == (Decimal("12.50"), Decimal("1234.50"))
    assert (report.organisation.name, report.follow_up_id) == ("Verein", asked.id)
    assert (report.note.comment, report.note.photo_consent) == ("Zwei\nZeilen", True)
    assert (folder() / report.note.photo).read_bytes() == PNG
    assert contract.status is ContractStatus.PARTLY_FULFILLED
    # The link is over: seen, sent again, or opened by somebody else.
    for answer in (client.get(address), client.post(address, data={"state": "kept"})):
        assert answer.status_code == 410
        assert "Verein" not in answer.text
        assert "Zwei Tage" not in answer.text
    assert len(reports()) == 1


def test_the_page_shows_what_the_contract_says_and_nothing_else(client, contract, asked):
    followups.report(
        contract, contract.parties[0].organisation, Said(ReportState.KEPT, comment="vertraulich"),
        at=clock.now(), by="Firma", channel=ReportChannel.LINK,
    )  # fmt: skip
    page = client.get(link(asked)).text
    for said in ("Firma – Verein", "Zwei Tage malen", "Gute Geschäfte", "LAG"):
        assert said in page
    for other in (
        "030 200",
        "firma@",
        "Geheimrat",
        "geheim",
        "intern",
        "vertraulich",
        "g@example.org",
        "030 300",
    ):
        assert other not in page, other


def test_the_page_needs_no_sign_in_no_script_and_no_cookie(client, asked):
    address = link(asked)
    for answer in (
        client.get(address),
        client.post(address, data={}),
        client.post(address, data={"state": "kept"}),
    ):
        assert "Set-Cookie" not in answer.headers
        assert "csrf_token" not in answer.text
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "how", ["forged", "other purpose", "expired", "answered", "closed", "cancelled", "gone"]
)
def test_a_link_that_is_over_says_so_and_nothing_of_any_contract(
    app, client, contract, asked, monkeypatch, how
):
    address = link(asked)
    match how:
        case "forged":
            address = address[:-2] + "xx"
        case "other purpose":
            address = f"/report/{tokens.signed('leave a newsletter', asked.id)}"
        case "expired":
            monkeypatch.setitem(app.config, "REPORT_DAYS", -1)
        case "answered":
            asked.answered_at = clock.now()
        case "closed":
            asked.closed_at = clock.now()
        case "cancelled":
            contract.status = ContractStatus.CANCELLED
        case "gone":
            address = f"/report/{tokens.signed('report on a contract', 2**31 - 1)}"
    db.session.commit()
    pages = [client.get(address), client.post(address, data={"state": "kept"})]
    assert [page.status_code for page in pages] == [410, 410]
    token = address.rpartition("/")[2]
    assert pages[0].text.replace(token, "x") == client.get("/report/x").text
    assert reports() == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Please choose an answer."),
        ({"state": "lost"}, "Not a valid choice"),
        ({"state": "not_feasible"}, "Say why it isn't feasible."),
        ({"state": "kept", "hours": "viel"}, "This is no number."),
        ({"state": "kept", "value": "-1"}, "An amount can't be negative."),
        ({"state": "kept", "photo": (b"<script>", "bild.png")}, "This file holds no picture."),
        ({"state": "kept", "photo": (b"%PDF-", "brief.pdf")}, "Files of this kind aren't taken."),
        ({"state": "kept", "photo": (PNG, "bild.png")}, "A photo is kept only if all"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, asked, data, said):
    data = {"comment": "Das bleibt", "reason": "", **data}
    if "photo" in data:
        content, name = data["photo"]
        data["photo"] = (io.BytesIO(content), name)
    page = client.post(link(asked), data=data, headers=ENGLISH)
    assert page.status_code == 200
    assert said in html.unescape(page.text)
    assert "Das bleibt" in page.text
    assert reports() == []
    assert db.session.scalars(select(FollowUp)).one().open


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(client, asked):
    sent = client.post(link(asked), data={"state": "kept", "website": "x"}, headers=ENGLISH)
    assert "Thank you" in sent.text
    assert reports() == []
    assert db.session.scalars(select(FollowUp)).one().open


def test_who_sends_too_many_forms_has_to_wait(app, client, asked):
    address = link(asked)
    strict = like(app, RATELIMIT_ENABLED=True, REPORT_LIMIT="2 per hour")
    browser = strict.test_client()
    answers = [browser.post(address, data={}).status_code for _attempt in range(3)]
    assert answers == [200, 200, 429]
    with strict.app_context():
        db.engine.dispose()


def test_a_party_that_was_taken_out_of_the_contract_answers_no_more(client, contract, asked):
    address = link(asked)
    third = make.organisation(contract.office, "Dritte")
    contract.contributions.clear()
    contract.parties[1].organisation = third
    db.session.commit()
    assert client.get(address).status_code == 410


def test_the_reason_belongs_to_what_is_not_feasible(client, contract, asked):
    client.post(link(asked), data={"state": "kept", "reason": "nur so"})
    assert db.session.scalars(select(FollowUpNote)).all() == []
    assert contract.reason is None
