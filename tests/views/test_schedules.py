"""The pages of reports by mail."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.access import Role
from app.core import clock
from app.core.db import db
from app.models.downloads import DownloadError, DownloadState
from app.models.schedules import ReportSchedule, Rhythm, Sending
from app.reports import REPORTS
from tests import factories as make

PAGE, NEW = "/schedules/", "/schedules/new/contracts"


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def person(office):
    return make.staff(Role.OFFICE_MANAGER, offices=(office,))


@pytest.fixture
def browser(client, person):
    return make.sign_in(client, person)


def only():
    db.session.expire_all()
    return db.session.scalars(select(ReportSchedule)).one()


def test_a_report_is_set_up_from_its_page_with_its_filters(browser, office, person):
    colleague = make.staff(Role.OFFICE_MANAGER, offices=(office,))
    reader = make.staff(Role.READER, offices=(office,))
    assert f'href="{NEW}?year=2006"' in browser.get("/reports/contracts?year=2006").text
    page = browser.get(f"{NEW}?year=2006").text
    assert "Year: 2006" in page
    assert str(colleague) in page
    assert str(reader) not in page
    sent = {"rhythm": "monthly", "fmt": "csv", "people": [person.id, colleague.id]}
    assert browser.post(f"{NEW}?year=2006", data=sent).location == PAGE
    row = only()
    assert (row.report, row.parameters, row.fmt, row.rhythm) == (
        "contracts",
        {"year": "2006"},
        "csv",
        Rhythm.MONTHLY,
    )
    assert row.next_on == Rhythm.MONTHLY.after(clock.today())
    assert [one.person_id for one in row.recipients] == [person.id, colleague.id]
    assert str(colleague) in browser.get(PAGE).text


def test_nobody_is_chosen_who_may_not(browser, office):
    reader = make.staff(Role.READER, offices=(office,))
    for people in ([], [reader.id]):
        page = browser.post(NEW, data={"rhythm": "weekly", "fmt": "xlsx", "people": people})
        assert page.status_code == 200
        assert 'class="error' in page.text
    assert db.session.scalars(select(ReportSchedule)).all() == []


def test_it_is_changed_paused_and_deleted_by_its_owner_alone(app, browser, office, person):
    key = make.schedule(person, person).id
    other = make.sign_in(app.test_client(), make.staff(Role.ADMINISTRATOR, offices=(office,)))
    for address in (f"/schedules/{key}", f"/schedules/{key}/remove"):
        assert other.post(address).status_code == 404
    sent = {"rhythm": "monthly", "fmt": "xlsx", "people": [person.id]}
    assert browser.post(f"/schedules/{key}", data=sent).location == PAGE
    assert only().rhythm is Rhythm.MONTHLY
    browser.post(f"/schedules/{key}/pause")
    assert not only().active
    assert "Paused" in browser.get(PAGE).text
    browser.post(f"/schedules/{key}/resume")
    assert only().active
    browser.post(f"/schedules/{key}/remove")
    assert db.session.scalars(select(ReportSchedule)).all() == []
    assert "No report is made by itself yet." in browser.get(PAGE).text


def test_the_owner_reads_why_somebody_got_none(browser, office, person):
    row = make.schedule(person, make.staff(Role.READER, offices=(office,)))
    row.recipients[0].outcome, row.recipients[0].outcome_at = Sending.RIGHTS, clock.now()
    assert "no longer has the right to take it out, and got none" in browser.get(PAGE).text
    page = browser.get(f"/schedules/{row.id}").text
    assert row.recipients[0].name in page  # to be taken off the list


@pytest.mark.parametrize("outcome", [Sending.FAILED, Sending.TOLD])
def test_the_owner_reads_why_the_file_of_a_recipient_could_not_be_made(browser, office, person, outcome):
    colleague, other = (make.staff(Role.OFFICE_MANAGER, offices=(office,)) for _number in range(2))
    row = make.schedule(person, person, colleague, other)
    people = {one.id: one for one in (person, colleague, other)}
    then = clock.now()
    for one in row.recipients:
        one.outcome, one.outcome_at = outcome, then
    ended = {"state": DownloadState.FAILED, "ended_at": then}
    for one, error in zip(row.recipients, (DownloadError.SPACE, DownloadError.DATABASE), strict=False):
        make.download(people[one.person_id], recipient_id=one.id, error=error, **ended)
    earlier = {**ended, "ended_at": then - timedelta(days=7), "error": DownloadError.STOPPED}
    for one in row.recipients:
        make.download(people[one.person_id], recipient_id=one.id, **earlier)
    page = html.unescape(browser.get(PAGE).text)
    assert "The server has no room left for the file. Please tell the administrators" in page
    assert "The database was away or too busy, at several attempts." in page
    assert "the file couldn't be made (" in page  # of the third, who has deleted theirs
    assert "The work was broken off" not in page
    assert page.count("told by mail") == (3 if outcome is Sending.TOLD else 0)


def test_the_list_takes_few_statements_however_long(browser, person, count_statements):
    for number in range(20):
        make.schedule(person, person, title=f"Nr. {number}")
    with count_statements() as counted:
        assert browser.get(PAGE).status_code == 200
    assert len(counted) <= 8


def test_it_is_of_the_office_that_was_chosen_and_only_for_who_works_there(browser, office, person):
    there = make.office("Dort", parent=office)
    colleague = make.staff(Role.OFFICE_MANAGER, offices=(there,))
    below = make.staff(Role.OFFICE_MANAGER, offices=(make.office("Darunter", parent=there),))
    browser.post("/office/choose", data={"office": there.id})
    said = "Office: Dort and those below it"
    assert said in browser.get(NEW).text
    sent = {"rhythm": "weekly", "fmt": "xlsx"}
    page = browser.post(NEW, data={**sent, "people": [colleague.id, below.id]}).text
    assert f"{below} doesn't work in the office of this report." in html.unescape(page)
    assert browser.post(NEW, data={**sent, "people": [colleague.id]}).location == PAGE
    browser.post("/office/choose", data={"office": "all"})
    assert said in browser.get(PAGE).text
    assert said in browser.get(f"/schedules/{only().id}").text
    assert browser.post(f"/schedules/{only().id}", data={**sent, "people": [person.id]}).location == PAGE
    assert only().chosen == there.id


def test_the_formats_are_those_of_the_report_and_a_csv_says_which_table_it_holds(browser):
    several, one, printed = (
        html.unescape(browser.get(f"/schedules/new/{name}").text)
        for name in ("followups", "contacts", "letters")
    )
    assert "CSV: only the first table, “" in several
    assert 'value="csv"' in one
    assert "only the first table" not in one
    assert ['value="pdf"' in page for page in (one, printed)] == [False, True]


def test_each_report_can_be_set_up(app, office):
    browser = make.sign_in(app.test_client(), make.staff(Role.ADMINISTRATOR, offices=(office,)))
    answers = {name: browser.get(f"/schedules/new/{name}").status_code for name in REPORTS}
    assert answers == dict.fromkeys(REPORTS, 200)
