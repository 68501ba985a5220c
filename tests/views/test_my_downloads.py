"""The page of a person's downloads: large reports go there, small ones are saved at once, and nobody sees another's."""

from __future__ import annotations

import csv
import re
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from app.access import Role
from app.core import clock, depot
from app.core.db import db
from app.models.downloads import Download, DownloadError, DownloadState
from app.models.organisations import Organisation
from app.models.receipts import Receipt
from app.models.users import Membership
from app.views.background import AT_ONCE, SHARE
from app.views.downloads import QUICKER
from app.views.reports import SLOWER
from tests import factories as make
from tests.background import run_all
from tests.slow import slow

PAGE = "/downloads/"
EXPORT = "/reports/organisations/export"
CSV = f"{EXPORT}/organisations.csv"
PAPER = "/reports/letters/export.pdf"


@pytest.fixture
def office(database, app, tmp_path, monkeypatch):
    """An office with three organisations, where two are already many."""
    monkeypatch.setitem(app.config, "DOWNLOADS", str(tmp_path / "made"))
    monkeypatch.setitem(app.config, "DOWNLOAD_ROWS", 2)
    office = make.office("LAG", parent=make.office("Servicestelle"))
    for name in ("Müller GmbH", "Verein am See", "Theater e.V."):
        make.organisation(office, name)
    return office


@pytest.fixture
def person(office):
    return make.staff(Role.OFFICE_MANAGER, offices=(office,))


@pytest.fixture
def browser(client, person):
    return make.sign_in(client, person)


def only():
    db.session.expire_all()
    return db.session.scalars(select(Download)).one()


def test_a_large_report_is_made_in_the_background_and_then_saved(app, browser, person):
    answer = browser.get(EXPORT)
    assert (answer.status_code, answer.location) == (302, PAGE)
    page = browser.get(PAGE).text
    assert "Organisations with their history" in page
    assert "is being made. You can go on working" in page
    assert 'hx-trigger="every 2s"' in page
    assert db.session.scalars(select(Receipt)).all() == []
    run_all(app)
    page = browser.get(PAGE).text
    assert 'hx-trigger="every 2s"' not in page
    (link,) = re.findall(r'href="(/downloads/\d+/file)"', page)
    with browser.get(link) as file:
        assert file.data == depot.place(only().token).read_bytes()
        assert file.data.startswith(b"PK")
        assert "no-store" in file.headers["Cache-Control"]
        disposition = file.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    assert only().token not in page + disposition
    assert db.session.scalars(select(Receipt.staff_id)).all() == [person.id]


def test_a_csv_and_its_parameters_go_the_same_way(app, browser, office):
    assert browser.get(f"{CSV}?office={office.id}").location == PAGE
    assert "Office: LAG" in browser.get(PAGE).text
    run_all(app)
    assert only().parameters == {"office": str(office.id)}
    with browser.get(f"/downloads/{only().id}/file") as file:
        assert len(file.data.decode("utf-8-sig").splitlines()) == 4
    assert only().title == "Organisations with their history – Organisations"


def test_a_long_pdf_is_made_in_the_background(app, browser, office, monkeypatch):
    for number in range(3):
        host = make.organisation(office, f"Laden {number}")
        make.contact(office, f"Nr. {number}", at=host, street="Weg 1", postal_code="15344", city="Ort")
    monkeypatch.setitem(app.config, "DOWNLOAD_ROWS", 3 * SLOWER)
    with browser.get(PAPER) as file:
        printed = file.data
    assert db.session.scalars(select(Download)).all() == []
    monkeypatch.setitem(app.config, "DOWNLOAD_ROWS", 2 * SLOWER)
    assert browser.get(PAPER).location == PAGE
    assert '<small class="text-secondary">PDF</small>' in browser.get(PAGE).text
    run_all(app)
    assert (only().state, only().rows) == (DownloadState.READY, 3)
    with browser.get(f"/downloads/{only().id}/file") as file:
        assert file.mimetype == "application/pdf"
        assert ".pdf" in file.headers["Content-Disposition"]
        assert file.data.startswith(b"%PDF")
        assert abs(len(file.data) - len(printed)) < 100
    assert db.session.execute(select(Receipt.format, Receipt.rows)).all() == [("pdf", 3)] * 2


def test_a_pdf_of_what_nobody_prints_is_refused_in_the_background_too(app, browser):
    browser.get(EXPORT)
    only().fmt = "pdf"
    db.session.commit()
    run_all(app)
    assert (only().state, only().error) == (DownloadState.FAILED, DownloadError.ASKED)


def test_a_small_one_is_saved_at_once(app, browser, monkeypatch):
    monkeypatch.setitem(app.config, "DOWNLOAD_ROWS", 3)
    for address in (EXPORT, CSV):
        with browser.get(address) as file:
            assert file.status_code == 200
    assert db.session.scalars(select(Download)).all() == []


def test_what_takes_long_to_count_is_made_in_the_background(app, browser, office, monkeypatch):
    monkeypatch.setitem(app.config, "DOWNLOAD_ROWS", 10**6)
    monkeypatch.setitem(app.config, "DOWNLOAD_PATIENCE", 0.05)
    for number in range(40):
        make.organisation(office, f"Verein {number}")
    monkeypatch.setattr("app.reports.tables.base.Result.size", slow)
    assert browser.get(EXPORT).location == PAGE


def test_while_many_files_are_made_a_small_one_waits_for_its_turn(app, browser, monkeypatch):
    """Made within requests, they would leave no thread for pages."""
    monkeypatch.setitem(app.config, "DOWNLOAD_ROWS", 3)
    free = app.extensions[AT_ONCE]
    places = app.config["THREADS"] // SHARE
    for _request in range(places + 1):
        assert browser.get(EXPORT).status_code == 200, "each gives its place back"
    with ExitStack() as others:
        for _other in range(places):
            others.enter_context(free)
        monkeypatch.setitem(app.config, "DOWNLOAD_PATIENCE", 0.2)
        assert browser.get(EXPORT).location == PAGE
        assert browser.get("/organisations/export/csv").location == PAGE
    monkeypatch.setitem(app.config, "DOWNLOAD_PATIENCE", 20)
    assert browser.get(EXPORT).status_code == 200
    run_all(app)
    db.session.expire_all()
    assert [one.state for one in db.session.scalars(select(Download))] == [DownloadState.READY] * 2


def test_twenty_at_once_by_two_people_are_all_made(app, office, browser, person):
    second = app.test_client()
    make.sign_in(second, make.staff(Role.OFFICE_MANAGER, offices=(office,)))
    for reader in (browser, second):
        for number in range(10):
            address = f"{CSV}?office={office.id}" if number % 2 else CSV
            with reader.session_transaction() as session:
                session["locale"] = "en" if number < 5 else "de"
            assert reader.get(address).location == PAGE
    assert run_all(app) >= 8
    assert set(db.session.scalars(select(Download.state))) == {DownloadState.READY}
    assert (
        len(db.session.scalars(select(Receipt)).all()) == len(db.session.scalars(select(Download)).all()) == 8
    )
    assert browser.get(PAGE).text.count("Datei speichern") == 4


def test_the_top_bar_tells_what_is_made_and_what_is_ready(app, browser):
    assert "downloads-notice" not in browser.get("/").text
    browser.get(EXPORT)
    assert 'hx-get="/downloads/notice"' in browser.get("/").text
    making = browser.get("/downloads/notice")
    assert making.status_code == 200
    assert "A download is being made." in making.text
    run_all(app)
    ready = browser.get("/downloads/notice")
    assert ready.status_code == 286  # htmx asks no more
    assert "1 download is ready." in ready.text
    browser.get(PAGE)
    over = browser.get("/downloads/notice")
    assert (over.status_code, over.text.strip()) == (286, "")
    assert "downloads-notice" not in browser.get("/").text


@pytest.mark.parametrize(
    ("ready", "failed", "english", "german"),
    [
        (1, 0, "1 download is ready.", "1 Download ist fertig."),
        (2, 0, "2 downloads are ready.", "2 Downloads sind fertig."),
        (0, 1, "1 download has failed.", "1 Download ist fehlgeschlagen."),
        (0, 2, "2 downloads have failed.", "2 Downloads sind fehlgeschlagen."),
        (1, 1, "1 download is ready, 1 has failed.", "1 Download ist fertig, 1 ist fehlgeschlagen."),
        (3, 2, "3 downloads are ready, 2 have failed.", "3 Downloads sind fertig, 2 sind fehlgeschlagen."),
    ],
)
def test_the_top_bar_tells_how_many_have_failed(browser, person, ready, failed, english, german):
    for state, number in ((DownloadState.READY, ready), (DownloadState.FAILED, failed)):
        for _each in range(number):
            make.download(person, state=state, ended_at=clock.now())
    make.download(person, state=DownloadState.FAILED, seen=True)
    make.download(person, state=DownloadState.CANCELLED)
    for language, said in (("en", english), ("de", german)):
        with browser.session_transaction() as session:
            session["locale"] = language
        notice = browser.get("/downloads/notice").text
        assert said in notice
        assert f">{ready + failed}</span>" in notice
        assert ("#alert-triangle" in notice) is bool(failed)


def test_cancel_once_more_and_delete(app, browser):
    browser.get(EXPORT)
    key = only().id
    assert browser.post(f"/downloads/{key}/remove").location == PAGE
    assert "Meanwhile the download has gone on" in browser.get(PAGE).text
    browser.post(f"/downloads/{key}/cancel")
    assert only().state is DownloadState.CANCELLED
    run_all(app)
    assert only().state is DownloadState.CANCELLED
    browser.post(f"/downloads/{key}/retry")
    run_all(app)
    path = depot.place(only().token)
    assert path.is_file()
    browser.post(f"/downloads/{key}/remove")
    assert db.session.scalars(select(Download)).all() == []
    assert not path.exists()
    assert "There are no downloads here." in browser.get(PAGE).text


def test_nobody_gets_at_another_persons_download(app, browser, office):
    browser.get(EXPORT)
    run_all(app)
    key = only().id
    for role in (Role.ADMINISTRATOR, Role.OFFICE_MANAGER):
        other = make.sign_in(app.test_client(), make.staff(role, offices=(office,)))
        assert "Organisations with" not in other.get(PAGE).text
        assert other.get(f"/downloads/{key}/file").status_code == 404
        for act in ("cancel", "retry", "remove"):
            assert other.post(f"/downloads/{key}/{act}").status_code == 404
    visitor = app.test_client()
    assert "/login/" in visitor.get(f"/downloads/{key}/file").location
    assert visitor.get(f"/static/{only().token}").status_code == 404
    with browser.get(f"/downloads/{key}/file") as file:
        assert file.status_code == 200


def test_who_has_lost_the_right_is_told_so_and_the_file_goes(app, browser, person):
    browser.get(EXPORT)
    run_all(app)
    key, path = only().id, depot.place(only().token)
    person.roles = []
    assert browser.get(f"/downloads/{key}/file").location == PAGE
    assert (only().state, only().error) == (DownloadState.FAILED, DownloadError.RIGHTS)
    assert not path.exists()
    assert "You no longer have the right" in browser.get(PAGE).text


def test_a_file_whose_time_is_over_is_not_given_before_it_is_tidied_away_either(app, browser):
    browser.get(EXPORT)
    run_all(app)
    key, path = only().id, depot.place(only().token)
    only().expires_at = clock.now()
    db.session.commit()
    assert browser.get(f"/downloads/{key}/file").location == PAGE
    assert (only().state, only().token) == (DownloadState.EXPIRED, None)
    assert not path.exists()
    page = browser.get(PAGE).text
    assert "You can have it made once more." in page
    assert "Expired" in page
    assert f"/downloads/{key}/retry" in page


def test_a_file_that_is_gone_is_said_to_be_gone(app, browser):
    browser.get(EXPORT)
    run_all(app)
    depot.remove(only().token)
    assert browser.get(f"/downloads/{only().id}/file").location == PAGE
    assert "any more. Please try again." in browser.get(PAGE).text
    assert browser.get(f"/downloads/{only().id}/file").location == PAGE


def test_the_list_takes_few_statements_however_long(app, browser, person, count_statements):
    for year in range(2000, 2020):
        make.download(person, parameters={"year": str(year)})
    with count_statements() as counted:
        assert browser.get(PAGE).status_code == 200
    assert len(counted) <= 8


# --- Lists ----------------------------------------------------------------------------------------------------
LIST, ORGANISATIONS = "/organisations/export/csv", "OrganisationView"
MANY = 2 * QUICKER + 1


@pytest.fixture
def many(app, office):
    """More rows than a list gives at once, whether or not all of its columns stand in the table."""
    for number in range(MANY):
        make.organisation(office, f"Firma {number:02}", city="Ähre")


def lines(browser):
    with browser.get(f"/downloads/{only().id}/file") as file:
        return list(csv.reader(file.data.decode("utf-8-sig").splitlines(), delimiter=";"))


@pytest.mark.usefixtures("many")
def test_a_long_list_is_made_as_the_person_sees_it(app, browser, person):
    """With filter, search, order and columns of the moment in which it was asked for, in that language."""
    browser.post("/organisations/settings", data={"column": ["city", "name"]})
    sent = f"q=firma&_flt_0_city=%C3%84hre&_oc_{ORGANISATIONS}=name&_od_{ORGANISATIONS}=desc"
    with browser.session_transaction() as session:
        session["locale"] = "de"
    assert browser.get(f"{LIST}?{sent}&page_{ORGANISATIONS}=1").location == PAGE
    browser.post("/organisations/settings", data={"column": ["name"]})
    run_all(app)
    head, *rows = lines(browser)
    assert head == ["Ort", "Name"]
    assert rows == [["Ähre", f"Firma {number:02}"] for number in reversed(range(MANY))]
    row = only()
    assert (row.title, row.rows) == ("Organisationen", MANY)
    receipt = db.session.scalars(select(Receipt)).one()
    assert (receipt.staff_id, receipt.rows, receipt.title) == (person.id, MANY, "Organisationen")
    assert receipt.filter == row.words == "Ort enthält Ähre\nSuche enthält firma"


@pytest.mark.usefixtures("many")
def test_all_matches_go_the_same_way_and_some_chosen_rows_do_not(app, browser):
    keys = db.session.scalars(select(Organisation.id).limit(2)).all()
    with browser.post("/organisations/bulk", data={"rowid": keys, "act": "xlsx"}) as file:
        assert file.data.startswith(b"PK")
    data = {"every": "1", "query": "q=firma", "act": "xlsx"}
    assert browser.post("/organisations/bulk", data=data).location == PAGE
    run_all(app)
    assert only().rows == MANY
    with browser.get(f"/downloads/{only().id}/file") as file:
        assert file.data.startswith(b"PK")


@pytest.mark.usefixtures("many")
def test_a_list_of_related_rows_is_made_too(app, browser, office):
    for number in range(3):
        make.contact(office, f"Nr. {number}", at=make.organisation(office, f"Verein {number}"))
    assert browser.get("/contacts/export/xlsx").location == PAGE
    run_all(app)
    assert (only().state, only().rows) == (DownloadState.READY, 3)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"report": "list/nothing"}, DownloadError.ASKED),
        ({"report": "nothing/organisations"}, DownloadError.ASKED),
        ({"report": "list/subscribers"}, DownloadError.ASKED),  # no list gives them out
        ({"parameters": {"query": "_flt_0_gone=1", "columns": "name"}}, DownloadError.ASKED),
        ({"parameters": {"query": "_oc_X=1&_flt_77_city=1", "columns": "name"}}, DownloadError.ASKED),
        ({"parameters": {}}, DownloadError.ASKED),
    ],
)
def test_a_list_that_is_no_longer_what_it_was_fails_with_a_reason(app, browser, change, error):
    browser.get(LIST)
    for name, value in change.items():
        setattr(only(), name, value)
        db.session.commit()
    run_all(app)
    assert (only().state, only().error) == (DownloadState.FAILED, error)


@pytest.mark.usefixtures("many")
def test_a_list_is_made_with_the_rights_and_the_offices_of_the_day(app, browser, person):
    browser.get(LIST)
    had, person.roles = list(person.roles), make.staff(Role.REGIONAL_OFFICE).roles
    db.session.commit()
    run_all(app)
    assert (only().state, only().error) == (DownloadState.FAILED, DownloadError.RIGHTS)
    there = make.office("Dort")
    make.organisation(there, "Fremde AG")
    person.roles, person.memberships = had, [Membership(office_id=there.id)]
    db.session.commit()
    browser.post(f"/downloads/{only().id}/retry")
    run_all(app)
    assert [row[0] for row in lines(browser)[1:]] == ["Fremde AG"]
