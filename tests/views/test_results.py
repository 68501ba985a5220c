"""The page of an event's result: what it shows, what is made of it in one click, and by whom."""

from __future__ import annotations

import html
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pypdf
import pytest
from sqlalchemy import select

from app.access import Role
from app.core.db import db
from app.models.categories import Category, Side
from app.models.contracts import Contract, ContractParty, Contribution
from app.models.figures import Figure, Measure
from app.models.receipts import Receipt
from app.services.evening import desk, results
from tests import factories as make
from tests.marketplaces_2006 import six

AT = datetime(2026, 9, 24, 18, 15, tzinfo=UTC)


@pytest.fixture
def world(database, client):
    """An event with three contracts, one of them of three parties, and a person who may do everything there."""
    office = make.office("LAG", parent=make.office("Servicestelle"))
    person = make.staff(Role.OFFICE_MANAGER, offices=(office,))
    event = make.event(office, "Markt", city="Seelow", starts_on=date(2026, 9, 24))
    firm, club, third = (make.organisation(office, name) for name in ("Firma", "Verein", "Dritte"))
    world = SimpleNamespace(office=office, event=event, parties=(firm, club, third))
    for number, value in enumerate((Decimal(199_000), Decimal(350), None)):
        enter(world, number, value)
    world.browser = make.sign_in(client, person)
    world.address = f"/result/{event.id}"
    return world


def enter(world, number, value=None):
    contract = Contract()
    for index, party in enumerate(world.parties[: 2 + (number == 0)]):
        side = Side.NONPROFIT if index else Side.COMPANY
        contract.parties.append(ContractParty(organisation=party, side=side))
    giver = world.parties[number % 2]
    contract.contributions.append(
        Contribution(category=Category.HANDS, text="Streichen", value=value, giver=giver)
    )
    desk.enter(world.event, contract, str(number))


def shown(world, address=""):
    """Give the text of the page, without tags and doubled blanks."""
    page = world.browser.get(world.address + address)
    assert page.status_code == 200
    text = html.unescape(re.sub(r"<[^>]+>", " ", page.text.partition("<main")[2]))
    return re.sub(r"\s+", " ", text)


def gong(world, after="0"):
    answer = world.browser.post(
        f"/hall/{world.event.id}/gong", data={"after": after, "from": "result", "note": ""}
    )
    assert answer.location == world.address
    return shown(world)


def test_the_page_freezes_as_the_gong_does_and_shows_who_did(world):
    before = shown(world)
    assert "3 contracts are entered. Freeze the count" in before
    assert "Result sheet" not in before
    page = gong(world)
    assert "Frozen: 3 contracts." in page
    assert "Result of the gong of" in page
    assert "Counted by Pat Person" in page
    assert "just under 200,000 € known for 2 of 3 contributions" in page
    assert "each once, however many parties it has" in page
    assert "Companies give 2 199,000 € known for 1" in page
    assert "Nonprofits give 1 350 € known for 1" in page
    assert "No contract has come or gone since then." in page
    assert "frozen a moment ago" in gong(world), "a second click is no second gong"
    enter(world, 3)
    enter(world, 4)
    gone = db.session.scalars(select(Contract).order_by(Contract.id)).first()
    gone.status = type(gone.status).CANCELLED
    page = shown(world)
    assert (
        "Since then, 2 contracts have come. 1 that was counted isn’t one any more. Now there are 4." in page
    )
    assert "At “Markt”, 3 contracts were made." in page, "what is frozen is what is told"
    assert "What is entered has changed since then: equivalent value" in page


def test_a_correction_to_nothing_tells_nothing_of_the_gong(world):
    gong(world)
    world.browser.post(f"{world.address}/figures")
    for contract in db.session.scalars(select(Contract)):
        contract.status = type(contract.status).CANCELLED
    gong(world, after=str(results.latest(world.event).id))
    page = shown(world)
    assert "Corrected result of" in page
    assert "contracts were made" not in page
    assert "just under 200,000 €" not in page.partition("Reported figures")[0]


def test_sheet_pdf_and_text_are_one_click_each_and_say_the_same(world):
    gong(world)
    links = re.findall(rf'href="({world.address}/[^"]+)"', world.browser.get(world.address).text)
    assert links == [
        f"{world.address}/{fmt}?language={language}" for language in ("en", "de") for fmt in ("xlsx", "pdf")
    ]
    for language, known, title in (
        ("en", "just under 200,000", "Result"),
        ("de", "knapp 200.000", "Ergebnis"),
    ):
        answer = world.browser.get(f"{world.address}/xlsx?language={language}")
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{title} Markt')
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
        assert sheet.title == title
        numbers = [row[2].value for row in sheet.iter_rows(min_row=2, max_row=3)]
        assert numbers == [3, 200_000]
        answer = world.browser.get(f"{world.address}/pdf?language={language}")
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
        assert known in re.sub(r"\s+", " ", text)
        assert known in shown(world)
    receipts = db.session.scalars(select(Receipt).order_by(Receipt.id)).all()
    assert [(one.format, one.rows) for one in receipts][1::2] == [("pdf", 2)] * 2
    assert receipts[0].filter == "Event: Markt, Seelow, 2026"
    assert receipts[0].sections == "contracts figures"
    assert world.browser.get(f"{world.address}/pdf?language=fr").status_code == 400
    # Without a choice, in the language of the page.
    assert "Result" in world.browser.get(f"{world.address}/pdf").headers["Content-Disposition"]


def test_the_text_for_the_press_stands_there_in_both_languages_without_a_script(world):
    gong(world)
    page = html.unescape(world.browser.get(world.address).text).replace("\u00a0", " ")
    texts = dict(re.findall(r'<blockquote id="[^"]+" lang="(\w+)">([^<]+)</blockquote>', page))
    assert texts["de"] == (
        "Seelow, 24. September 2026 – Bei „Markt“ wurden 3 Kontrakte geschlossen. Für 2 von 3 Leistungen gibt es eine "
        "Schätzung des Gegenwerts, zusammen knapp 200.000 Euro. Geld fließt dabei nicht: Was zählt, sind helfende "
        "Hände, Wissen, Material, Räume und Kontakte."
    )
    assert texts["en"].startswith("Seelow, 24 September 2026 – At “Markt”, 3 contracts were made. For 2 of 3")
    assert page.count("hidden data-copy=") == 2


def test_figures_are_written_once_and_a_newer_count_beside_them(world):
    gong(world)
    report = f"{world.address}/figures"
    assert world.browser.post(report).location == world.address
    assert "2 figures were written." in shown(world)
    world.browser.post(report)
    assert "These figures stand there already: nothing was written." in shown(world)
    figures = db.session.scalars(select(Figure).order_by(Figure.id)).all()
    assert [(one.measure, one.chosen, one.chosen_by is not None) for one in figures] == [
        (Measure.CONTRACTS, True, True),
        (Measure.VALUE, True, True),
    ]
    assert "Ergebnis des Gongs vom" in shown(world)
    enter(world, 3, Decimal(50_000))
    gong(world, after=str(results.latest(world.event).id))
    world.browser.post(report)
    page = shown(world)
    assert "2 figures were written." in page
    assert "Another figure stays chosen" not in page
    assert len(db.session.scalars(select(Figure)).all()) == 4


def test_without_contracts_the_page_leads_to_figures_by_hand_and_is_made_of_them(world, app):
    essen, *_others = six(world.office)
    empty = make.event(world.office, "Alt")
    world.address = f"/result/{empty.id}"
    page = world.browser.get(world.address).text
    assert "No contract is entered." in page
    link = html.unescape(re.search(r'href="(/figures/add\?[^"]+)"', page)[1])
    assert f"<option value='{empty.id}' selected>" in world.browser.get(link).text
    make.figure(empty, Measure.CONTRACTS, 12)
    assert "none is chosen for reports" in shown(world)
    assert world.browser.get(f"{world.address}/pdf").status_code == 404
    assert world.browser.post(f"{world.address}/figures").status_code == 404
    world.address = f"/result/{essen.id}"
    page = shown(world)
    for said in (
        "Companies 90", "Nonprofit organisations about 150", "Contracts 97", "just under 200,000 €",
        "„Ruhrdax“ brachte 90 Unternehmen und rund 150", "131", "another newspaper", "What was reported",
    ):  # fmt: skip
        assert said in page
    assert "Hours" not in page
    assert "Write as reported figures" not in page
    assert world.browser.get(f"{world.address}/pdf").status_code == 200


def test_who_may_only_read_sees_the_result_and_takes_no_file(world, app):
    gong(world)
    reader = make.sign_in(app.test_client(), make.staff(Role.READER, offices=(world.office,)))
    page = reader.get(world.address).text
    assert "just under 200,000" in page.replace("\u00a0", " ")
    for sign in ("/xlsx", "/gong", "/figures/add", f"{world.address}/figures"):
        assert sign not in page
    assert reader.get(f"{world.address}/pdf").status_code == 403
    assert reader.post(f"{world.address}/figures").status_code == 403
    # Who works there, and may not export, does everything else.
    staff = make.sign_in(app.test_client(), make.staff(Role.REGIONAL_OFFICE, offices=(world.office,)))
    assert "/xlsx" not in staff.get(world.address).text
    assert staff.get(f"{world.address}/xlsx").status_code == 403
    assert staff.post(f"{world.address}/figures").status_code == 302


def test_another_office_sees_nothing_of_it(world, app):
    gong(world)
    stranger = make.sign_in(
        app.test_client(), make.staff(Role.OFFICE_MANAGER, offices=(make.office("Dort"),))
    )
    assert stranger.get(world.address).status_code == 404
    assert stranger.get(f"{world.address}/xlsx").status_code == 404
    assert stranger.post(f"{world.address}/figures").status_code == 404
    world.event.shared = True
    assert stranger.get(world.address).status_code == 403
    assert stranger.get(f"{world.address}/pdf").status_code == 403
