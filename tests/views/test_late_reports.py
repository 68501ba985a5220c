"""What takes long to read holds up nobody: a page or a panel says so, and files are made in the background."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.access import Role
from app.core.db import db
from app.models.downloads import Download, DownloadState
from app.models.receipts import Receipt
from app.reports import REPORTS
from app.views.start_panels import PANELS
from tests import factories as make
from tests.background import run_all
from tests.slow import slow

LATE = "To read all this takes longer than a page should."
FILE = "Have it made as a file"


@pytest.fixture
def office(database, app, tmp_path, monkeypatch):
    """An office with so many organisations that they can be counted slowly, and with nobody's patience."""
    monkeypatch.setitem(app.config, "DOWNLOADS", str(tmp_path / "made"))
    for name in ("DOWNLOAD_PATIENCE", "PREVIEW_PATIENCE"):
        monkeypatch.setitem(app.config, name, 0.05)
    office = make.office("LAG", parent=make.office("Servicestelle"))
    for number in range(40):
        make.organisation(office, f"Verein {number}")
    return office


@pytest.fixture
def browser(app, office):
    return make.sign_in(app.test_client(), make.staff(Role.OFFICE_MANAGER, offices=(office,)))


def test_a_page_of_rows_says_that_it_takes_too_long(browser, monkeypatch):
    monkeypatch.setattr("app.reports.tables.base.Result.previews", slow)
    answer = browser.get("/reports/organisations")
    assert answer.status_code == 200
    assert LATE in answer.text
    assert FILE in answer.text
    assert 'href="/reports/organisations/export"' in answer.text
    monkeypatch.undo()
    assert LATE not in browser.get("/reports/organisations").text


@pytest.mark.parametrize(
    ("role", "offered"), [(Role.OFFICE_MANAGER, True), (Role.READER, False)], ids=["manager", "reader"]
)
def test_a_page_of_pictures_does_too_and_offers_a_file_to_who_may_take_it(
    app, office, monkeypatch, role, offered
):
    monkeypatch.setitem(REPORTS, "marketplaces", replace(REPORTS["marketplaces"], build=slow))
    page = make.sign_in(app.test_client(), make.staff(role, offices=(office,))).get("/reports/marketplaces")
    assert page.status_code == 200
    assert LATE in page.text
    assert (FILE in page.text) is offered


@pytest.mark.parametrize("name", ["export", "export/comparison.csv"])
def test_its_files_are_made_in_the_background(app, browser, monkeypatch, name):
    whole = REPORTS["marketplaces"]
    assert browser.get(f"/reports/marketplaces/{name}").status_code == 200
    monkeypatch.setitem(REPORTS, "marketplaces", replace(whole, build=slow))
    assert browser.get(f"/reports/marketplaces/{name}").location == "/downloads/"
    monkeypatch.setitem(REPORTS, "marketplaces", whole)
    run_all(app)
    db.session.expire_all()
    (made,) = db.session.scalars(select(Download))
    assert (made.state, made.report) == (DownloadState.READY, "marketplaces")


def test_a_strange_table_is_none_however_it_would_be_made(browser):
    for report in ("marketplaces", "organisations"):
        assert browser.get(f"/reports/{report}/export/strange.csv").status_code == 404


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {}], ids=["part", "page"])
def test_a_panel_of_the_start_page_does_too_and_is_not_asked_for_again(browser, monkeypatch, headers):
    monkeypatch.setitem(PANELS, "gaps", replace(PANELS["gaps"], build=slow))
    answer = browser.get("/panel/gaps", headers=headers)
    assert answer.status_code == 200
    assert LATE in answer.text
    assert 'hx-get="/panel/gaps"' not in answer.text


@pytest.mark.parametrize("role", [Role.OFFICE_MANAGER, Role.NEWSLETTER_EDITOR], ids=str)
def test_the_workbook_of_a_panel_that_is_late_is_its_report(app, office, monkeypatch, role):
    browser = make.sign_in(app.test_client(), make.staff(role, offices=(office,)))
    assert browser.get("/panel/newsletters/export").status_code == 200
    db.session.expire_all()
    (taken,) = db.session.scalars(select(Receipt))
    monkeypatch.setitem(PANELS, "newsletters", replace(PANELS["newsletters"], build=slow))
    page = browser.get("/panel/newsletters/export", follow_redirects=True)
    assert LATE in page.text
    assert 'href="/reports/newsletters"' in page.text
    assert db.session.scalars(select(Receipt)).all() == [taken]  # nothing was taken
