"""Follow-up as staff see it: what has become of contracts, whom to call, and what they take down."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from app.access import Role
from app.core import clock
from app.core.db import db
from app.models.contracts import ContractStatus
from app.models.followups import FollowUpNote, FollowUpReport, ReportChannel, ReportState
from app.models.receipts import Receipt
from app.queries import followups as queries
from tests import factories as make
from tests.access.worlds import stored_file
from tests.background import run_all


@pytest.fixture
def market(database):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    return make.event(office, "Gute Geschäfte", starts_on=clock.today() - timedelta(days=14), status="held")


@pytest.fixture
def contract(market):
    firm = make.organisation(market.office, "Firma", email="firma@example.org")
    club = make.organisation(market.office, "Verein", phone="030 555-1")
    row = make.contract(market.office, firm, club, event=market, number=7)
    make.contribution(row, giver=firm, receiver=club, text="Zwei Tage malen")
    return row


@pytest.fixture
def manager(app, market):
    return make.sign_in(app.test_client(), make.staff(Role.OFFICE_MANAGER, offices=(market.office,)))


def asked(contract, party, **more):
    return make.follow_up(contract, contract.parties[party].organisation, **more)


def text(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


# --- The pages ------------------------------------------------------------------------------------------------
def test_the_event_shows_who_is_late_due_and_out_of_reach(market, contract, manager):
    asked(contract, 0, due_on=clock.today() - timedelta(days=30))
    asked(contract, 1)
    asked(contract, 0, due_on=clock.today() + timedelta(days=1), stage="contact")
    page = text(manager.get(f"/followups/event/{market.id}"))
    late, due = page.index("Overdue 1"), page.index("Due 1")
    assert late < page.index("Firma · Completion") < due < page.index("Verein · Completion")
    assert "Firma · Contact" not in page
    assert "1 party can’t be written to; please call." in page
    assert "no e-mail address" in page
    assert "Follow-up" in manager.get(f"/events/show/{market.id}").text


def test_a_contradiction_is_shown_until_somebody_decides(market, contract, manager):
    base = f"/followups/contract/{contract.id}"
    for party, state in zip(contract.parties, ("kept", "partly"), strict=True):
        sent = manager.post(f"{base}/party/{party.organisation_id}", data={"state": state})
        assert sent.status_code == 302
    for address in (f"/followups/event/{market.id}", "/followups/", "/panel/followups"):
        page = text(manager.get(address))
        assert "Contradicting" in page
        assert "Firma – Verein" in page
    assert "Kept" in text(manager.get(base))
    assert manager.post(f"{base}/decide", data={"state": "partly"}).status_code == 302
    assert contract.status is ContractStatus.PARTLY_FULFILLED
    assert "Decide" not in text(manager.get(f"/followups/event/{market.id}"))
    last = db.session.scalars(queries.last_decision(contract.id)).one()
    assert (last.channel, last.organisation, last.actor[:3]) == (ReportChannel.STAFF, None, "Pat")


def test_an_answer_by_phone_ends_the_question_and_names_who_took_it_down(contract, manager):
    one = asked(contract, 0)
    address = f"/followups/contract/{contract.id}/party/{one.organisation_id}"
    wrong = manager.post(address, data={"state": "not_feasible", "comment": "Das bleibt"})
    assert "Say why it isn't feasible." in html.unescape(wrong.text)
    assert "Das bleibt" in wrong.text
    assert manager.post(address, data={"state": "kept", "hours": "8", "comment": "Gern"}).status_code == 302
    [report] = db.session.scalars(select(FollowUpReport))
    assert (report.channel, report.state) == (ReportChannel.PHONE, ReportState.KEPT)
    assert report.actor.startswith("Pat")
    assert not one.open
    page = text(manager.get(f"/followups/contract/{contract.id}"))
    assert "By phone, written down by staff" in page
    assert "Gern" in page


def test_who_is_no_party_has_no_answer(contract, market, manager):
    stranger = make.organisation(market.office, "Fremd")
    assert manager.get(f"/followups/contract/{contract.id}/party/{stranger.id}").status_code == 404


def test_what_was_called_off_takes_no_answer_and_says_so(contract, manager):
    contract.status = ContractStatus.CANCELLED
    page = manager.post(f"/followups/contract/{contract.id}/decide", data={"state": "kept"})
    assert "This contract was called off." in page.text


def test_words_and_photo_are_taken_back_and_the_report_stays(contract, manager):
    report = make.follow_up_report(contract, contract.parties[0].organisation)
    note = make.follow_up_note(report, photo=stored_file("bild"), photo_consent=True)
    base = f"/followups/contract/note/{note.id}"
    photo = manager.get(f"{base}/photo")
    assert photo.data == b"bild"
    assert "attachment" in photo.headers["Content-Disposition"]
    photo.close()
    assert manager.post(f"{base}/remove").status_code == 302
    assert db.session.scalar(select(func.count(FollowUpNote.id))) == 0
    assert db.session.scalar(select(func.count(FollowUpReport.id))) == 1
    assert manager.get(f"{base}/photo").status_code == 404


# --- Calls ----------------------------------------------------------------------------------------------------
def test_the_call_list_links_numbers_and_leaves_with_a_receipt(market, contract, manager):
    asked(contract, 1)
    page = manager.get(f"/followups/event/{market.id}/calls")
    assert 'href="tel:0305551"' in page.text
    assert "Zwei Tage malen" in page.text
    answer = manager.get(f"/followups/event/{market.id}/calls/export")
    [heads, row] = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert heads[:2] == ("Organisation", "Phone")
    assert row[:2] == ("Verein", "Verein: 030 555-1")
    assert row[4:7] == (7, "Firma – Verein", "Zwei Tage malen")
    [receipt] = db.session.scalars(select(Receipt))
    assert (receipt.rows, receipt.sections) == (1, "contacts contracts")


@pytest.mark.parametrize(
    ("role", "sees", "takes"),
    [(Role.READER, 200, 403), (Role.SERVICE_AGENCY, 200, 403), (Role.NEWSLETTER_EDITOR, 403, 403)],
)
def test_numbers_leave_the_house_with_who_may_export_contacts(app, market, contract, role, sees, takes):
    asked(contract, 1)
    client = make.sign_in(app.test_client(), make.staff(role, offices=(market.office,)))
    page = client.get(f"/followups/event/{market.id}/calls")
    assert page.status_code == sees
    assert "Download for Excel" not in page.text
    assert client.get(f"/followups/event/{market.id}/calls/export").status_code == takes


# --- Asking at once -------------------------------------------------------------------------------------------
def test_staff_may_have_all_asked_at_once_unless_it_is_switched_off(app, market, contract, manager):
    market.starts_on = clock.today()
    address = f"/followups/event/{market.id}/ask"
    assert manager.post(address).status_code == 302
    assert run_all(app) == 2, "one who asks, and the mail to whom it can be sent"
    assert "Firma · Contact" in text(manager.get(f"/followups/event/{market.id}"))
    manager.post(address)
    assert run_all(app) == 1, "nobody is asked twice"
    market.follow_up_mails = False
    manager.post(address)
    assert run_all(app) == 0
    assert "switched off" in manager.get(f"/followups/event/{market.id}").text


def test_an_event_that_is_only_shared_shows_nothing_of_its_contracts(app, market, contract):
    market.shared = True
    stranger = make.staff(Role.OFFICE_MANAGER, offices=(make.office("Dort", parent=market.office.parent),))
    client = make.sign_in(app.test_client(), stranger)
    assert client.get(f"/events/show/{market.id}").status_code == 200
    for end in ("", "/calls", "/calls/export"):
        assert client.get(f"/followups/event/{market.id}{end}").status_code == 403
    assert client.get(f"/followups/contract/{contract.id}").status_code == 404


def test_the_pages_cost_the_same_for_one_contract_and_for_twenty(market, contract, manager, count_statements):
    asked(contract, 0)
    asked(contract, 1)

    def cost():
        manager.get(f"/followups/event/{market.id}")
        with count_statements() as statements:
            manager.get(f"/followups/event/{market.id}")
        return len(statements)

    few = cost()
    for number in range(20):
        firm, club = (
            make.organisation(market.office, f"F{number}"),
            make.organisation(market.office, f"V{number}"),
        )
        row = make.contract(market.office, firm, club, event=market, number=100 + number)
        row.parties[0].signatory = make.contact(market.office, f"K{number}", email=f"k{number}@example.org")
        asked(row, 0)
        asked(row, 1)
    assert cost() <= few + 2
