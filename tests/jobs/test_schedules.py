"""Reports by mail: made on their day under each recipient's own rights, told by a link, and said to the owner."""

from __future__ import annotations

import html
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.access import Role, everything, of_staff, opened
from app.core import clock, depot
from app.core.db import db
from app.jobs import schedules as jobs
from app.models.downloads import Download, DownloadState
from app.models.receipts import Receipt
from app.models.schedules import ReportSchedule, Rhythm, Sending
from app.reports import REPORTS
from app.services import downloads
from tests import factories as make
from tests.background import run_all
from tests.jobs.told import mails, outcomes


@pytest.fixture
def office(database, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DOWNLOADS", str(tmp_path / "made"))
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.organisation(office, "Verein am See")
    return office


@pytest.fixture
def owner(office):
    return make.staff(Role.OFFICE_MANAGER, offices=(office,))


@pytest.mark.parametrize(
    ("rhythm", "day", "following"),
    [
        (Rhythm.WEEKLY, date(2026, 11, 27), date(2026, 11, 30)),
        (Rhythm.WEEKLY, date(2026, 11, 30), date(2026, 12, 7)),
        (Rhythm.MONTHLY, date(2026, 11, 1), date(2026, 12, 1)),
        (Rhythm.MONTHLY, date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_the_next_day_is_a_monday_or_the_first(rhythm, day, following):
    assert rhythm.after(day) == following


def test_each_recipient_gets_their_own_file_and_a_mail_with_a_link(app, office, owner):
    there = make.office("Dort", parent=office)
    make.organisation(there, "Neue AG")
    below = make.staff(Role.OFFICE_MANAGER, offices=(there,), language="en")
    make.schedule(owner, owner, below, report="organisations", title="Organisationen", fmt="csv")
    db.session.commit()
    jobs.run()
    run_all(app)
    made = {one.staff_id: one for one in db.session.scalars(select(Download))}
    assert {key: (one.state, one.rows) for key, one in made.items()} == {
        owner.id: (DownloadState.READY, 2),
        below.id: (DownloadState.READY, 1),
    }
    assert outcomes() == {owner.id: Sending.SENT, below.id: Sending.SENT}
    assert len(db.session.scalars(select(Receipt)).all()) == 2
    sent = mails()
    assert {owner.email, below.email} == {one["To"].addresses[0].addr_spec for one in sent}
    for one in sent:
        text = one.get_body(("plain",)).get_content()
        assert "/downloads/" in text
        assert "Neue AG" not in one.as_string()
        assert not list(one.iter_attachments())
    assert {one["Subject"] for one in sent} == {
        "Ihr Bericht „Organisationen“ ist fertig",
        "Your report “Organisationen” is ready",
    }


def test_it_is_made_once_a_day_however_often_a_worker_looks(app, owner):
    make.schedule(owner, owner)
    db.session.commit()
    for _worker in range(2):
        jobs.run()
    run_all(app)
    assert len(db.session.scalars(select(Download)).all()) == len(mails()) == 1
    assert db.session.scalars(select(ReportSchedule.next_on)).one() == Rhythm.WEEKLY.after(clock.today())


def test_who_has_lost_the_right_gets_none_and_the_owner_sees_why(app, office, owner):
    reader = make.staff(Role.READER, offices=(office,))
    gone = make.staff(Role.OFFICE_MANAGER, offices=(office,), active=False)
    make.schedule(owner, owner, reader, gone)
    db.session.commit()
    jobs.run()
    run_all(app)
    assert outcomes() == {owner.id: Sending.SENT, reader.id: Sending.RIGHTS, gone.id: Sending.GONE}
    assert db.session.scalars(select(Download.staff_id)).all() == [owner.id]


@pytest.mark.parametrize(
    ("lost", "problem", "said"),
    [
        ({"roles": []}, Sending.RIGHTS, "no longer has the right to take it out"),
        ({"active": False}, Sending.GONE, "no longer has an account"),
    ],
)
def test_nobody_gets_what_the_owner_may_no_longer_take_and_is_told_why_once(
    app, office, owner, lost, problem, said
):
    other = make.staff(Role.OFFICE_MANAGER, offices=(office,), language="en")
    reader = make.staff(Role.READER, offices=(office,))
    row = make.schedule(owner, owner, other, reader)
    for name, value in lost.items():
        setattr(owner, name, value)
    db.session.commit()
    for _week in range(2):
        jobs.run()
        run_all(app)
        assert outcomes() == dict.fromkeys((owner.id, other.id, reader.id), Sending.OWNER)
        assert row.problem is problem
        [told] = mails()
        assert told["To"].addresses[0].addr_spec == other.email
        assert told["Subject"] == "Your report “Contracts” no longer comes"
        text = told.get_body(("plain",)).get_content()
        assert said in text
        assert "/reports/contracts" in text
        row.next_on = clock.today()
        db.session.commit()
    assert db.session.scalars(select(Download)).all() == []


def test_a_report_of_one_office_is_of_that_office_for_each_recipient(app, office, owner):
    there, beside = make.office("Dort", parent=office), make.office("Daneben", parent=office.parent)
    make.organisation(there, "Neue AG")
    agency = make.staff(Role.OFFICE_MANAGER, offices=(office.parent,))
    below = make.staff(Role.OFFICE_MANAGER, offices=(there,))
    other = make.staff(Role.OFFICE_MANAGER, offices=(beside,))
    make.schedule(owner, agency, below, owner, other, report="organisations", fmt="csv", chosen=there.id)
    db.session.commit()
    jobs.run()
    run_all(app)
    made = {one.staff_id: one.rows for one in db.session.scalars(select(Download))}
    assert made == {agency.id: 1, below.id: 1, owner.id: 1}
    assert outcomes() == {**dict.fromkeys(made, Sending.SENT), other.id: Sending.OFFICE}
    for receipt in db.session.scalars(select(Receipt)):
        assert "Büro: Dort und die Büros darunter" in receipt.filter.splitlines()


def test_nobody_gets_a_report_of_an_office_that_is_no_longer_the_owners(app, office, owner):
    agency = make.staff(Role.OFFICE_MANAGER, offices=(office.parent,))
    row = make.schedule(owner, agency, chosen=office.parent_id)
    db.session.commit()
    jobs.run()
    run_all(app)
    assert (outcomes(), row.problem) == ({agency.id: Sending.OWNER}, Sending.OFFICE)
    assert db.session.scalars(select(Download)).all() == []


def test_a_report_for_paper_comes_as_a_pdf(app, owner):
    make.schedule(owner, owner, report="tasks", fmt="pdf")
    db.session.commit()
    jobs.run()
    run_all(app)
    assert outcomes() == {owner.id: Sending.SENT}
    assert depot.place(db.session.scalars(select(Download.token)).one()).read_bytes().startswith(b"%PDF")


def test_what_rests_is_not_made(app, owner):
    row = make.schedule(owner, owner, active=False)
    make.schedule(owner, owner, next_on=clock.today() + timedelta(days=1))
    db.session.commit()
    jobs.run()
    assert db.session.scalars(select(Download)).all() == []
    with opened(of_staff(owner.id)):
        downloads.switch(row, clock.today(), on=True)
        db.session.commit()
    assert row.next_on > clock.today()


def test_only_who_may_take_it_out_can_be_chosen(app, office, owner):
    manager = make.staff(Role.OFFICE_MANAGER, offices=(office,))
    make.staff(Role.READER, offices=(office,))
    make.staff(Role.OFFICE_MANAGER, offices=(make.office("Dort"),))
    db.session.commit()
    about = {
        REPORTS["contracts"].section,
        *[one for one in REPORTS["contracts"].sections if one == "reports"],
    }
    with opened(of_staff(owner.id)):
        assert [one.id for one in downloads.allowed(about)] == sorted([owner.id, manager.id])
    with everything("tests"):
        assert len(downloads.allowed(about)) == 3


def test_the_owner_reads_that_a_recipient_broke_it_off(app, office, owner):
    """Until it's there by another try: then it was told by mail as ever."""
    reader = make.staff(Role.OFFICE_MANAGER, offices=(office,))
    make.schedule(owner, reader)
    db.session.commit()
    jobs.run()
    browser = make.sign_in(app.test_client(), reader)
    key = db.session.scalars(select(Download.id)).one()
    assert browser.post(f"/downloads/{key}/cancel").status_code == 302
    run_all(app)
    assert outcomes() == {reader.id: Sending.CANCELLED}
    assert mails() == []
    page = make.sign_in(app.test_client(), owner).get("/schedules/").text
    assert "broke it off before the file was there" in html.unescape(page)
    browser.post(f"/downloads/{key}/retry")
    run_all(app)
    assert outcomes() == {reader.id: Sending.SENT}
