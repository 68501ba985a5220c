"""Reports by mail that couldn't be made: each recipient is told why, and when it's tried next, at most once."""

from __future__ import annotations

import errno
import smtplib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.access import Role, everything, of_staff, opened
from app.core import clock, depot, mail, queue
from app.core.db import db
from app.jobs import downloads as making
from app.jobs import schedules as jobs
from app.models.downloads import Download, DownloadError, DownloadState
from app.models.schedules import ReportRecipient, ReportSchedule, Sending
from app.services import downloads
from tests import factories as make
from tests.background import run_all
from tests.jobs.told import mails, outcomes


@pytest.fixture
def office(database, app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DOWNLOADS", str(tmp_path / "made"))
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def owner(office):
    return make.staff(Role.OFFICE_MANAGER, offices=(office,), language="de")


@pytest.fixture
def full(monkeypatch):
    """The file system of the downloads is full."""

    def touch(*_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(depot, "making", touch)
        yield patch


def run(app):
    jobs.run()
    run_all(app)


def test_each_recipient_is_told_why_there_is_none_and_when_it_is_tried_next(app, office, owner, full):
    other = make.staff(Role.OFFICE_MANAGER, offices=(office,), language="en")
    row = make.schedule(owner, owner, other, report="followups", title="Nachfragen")
    db.session.commit()
    run(app)
    errors = db.session.execute(select(Download.state, Download.error)).all()
    assert errors == [(DownloadState.FAILED, DownloadError.SPACE)] * 2
    assert outcomes() == dict.fromkeys((owner.id, other.id), Sending.TOLD)
    sent = {one["To"].addresses[0].addr_spec: one for one in mails()}
    assert set(sent) == {owner.email, other.email}
    day = db.session.get(ReportSchedule, row.id).next_on
    said = {
        owner: (
            "Ihr Bericht „Nachfragen“ konnte nicht erstellt werden",
            "Auf dem Server ist kein Platz mehr für die Datei.",
            f"Der nächste Versuch ist am {day:%d.%m.%Y}.",
        ),
        other: (
            "Your report “Nachfragen” couldn't be made",
            "The server has no room left for the file.",
            "It’s tried next on ",
        ),
    }
    for person, (subject, reason, following) in said.items():
        told = sent[person.email]
        assert told["Subject"] == subject
        for kind in ("plain", "html"):
            text = " ".join(told.get_body((kind,)).get_content().split())
            assert "Nachfragen" in text
            assert reason in text
            assert following in text
            assert "/downloads/" in text
        assert not list(told.iter_attachments())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DownloadError.ASKED, "What was asked for no longer exists"),
        (DownloadError.BROKEN, "The administrators find the reason in the log."),
    ],
)
def test_the_reason_is_the_one_that_my_downloads_gives(app, office, monkeypatch, error, said):
    reader = make.staff(Role.OFFICE_MANAGER, offices=(office,), language="en")
    asked = {"parameters": {"year": "nonsense"}} if error is DownloadError.ASKED else {}
    if not asked:
        monkeypatch.setattr(making, "_expected", lambda *_more: 1 / 0)
    make.schedule(reader, reader, **asked)
    db.session.commit()
    run(app)
    assert db.session.scalars(select(Download.error)).one() is error
    [told] = mails()
    assert said in told.get_body(("plain",)).get_content()


def test_a_file_that_was_given_up_is_told_too_and_once(app, owner):
    make.schedule(owner, owner)
    db.session.commit()
    jobs.run()
    queue.huey_of(app).flush()
    with everything("tests"):
        for _attempt in range(downloads.MOST_ATTEMPTS):
            assert downloads.claim("gone", clock.now(), timedelta(seconds=-1))
        for _worker in range(2):
            assert downloads.claim("last", clock.now(), timedelta(seconds=-1)) is None
        db.session.commit()
    run_all(app)
    assert outcomes() == {owner.id: Sending.TOLD}
    assert len(mails()) == 1


def test_a_failure_is_told_once_however_often_it_is_looked_at_and_the_next_one_again(app, owner, full):
    row = make.schedule(owner, owner)
    db.session.commit()
    for week in range(1, 3):
        run(app)
        run(app)
        jobs.tell_failed(db.session.scalars(select(Download.id).order_by(Download.id.desc())).first())
        assert len(mails()) == week
        row.next_on = clock.today()
        db.session.commit()


def test_what_is_tried_once_more_by_hand_and_fails_again_is_no_news(app, owner, full):
    make.schedule(owner, owner)
    db.session.commit()
    run(app)

    def again():
        with opened(of_staff(owner.id)):
            assert downloads.retry(db.session.scalars(select(Download)).one())
            db.session.commit()
        run_all(app)

    again()
    assert db.session.scalars(select(Download.error)).one() is DownloadError.SPACE
    assert len(mails()) == 1
    full.undo()
    again()
    assert outcomes() == {owner.id: Sending.SENT}
    assert len(mails()) == 2


def test_who_lost_the_right_before_it_was_made_gets_no_mail(app, office, owner, monkeypatch):
    asked, declared = [], queue.TASKS["schedules.failed"]
    monkeypatch.setitem(queue.TASKS, "schedules.failed", replace(declared, function=asked.append))
    reader = make.staff(Role.OFFICE_MANAGER, offices=(office,))
    make.schedule(owner, reader)
    db.session.commit()
    jobs.run()
    reader.roles = []
    db.session.commit()
    run_all(app)
    assert outcomes() == {reader.id: Sending.RIGHTS}
    assert asked == mails() == []


@pytest.mark.parametrize("ended", [{"active": False}, {"problem": Sending.RIGHTS}])
def test_of_a_report_that_rests_no_next_day_is_told(app, office, full, ended):
    reader = make.staff(Role.OFFICE_MANAGER, offices=(office,), language="en")
    row = make.schedule(reader, reader)
    db.session.commit()
    jobs.run()
    for name, value in ended.items():
        setattr(row, name, value)
    db.session.commit()
    run_all(app)
    [told] = mails()
    assert "It’s made again on" not in told.as_string()


def test_a_report_that_nobody_wants_any_more_is_not_told(app, owner, full):
    row = make.schedule(owner, owner)
    db.session.commit()
    jobs.run()
    db.session.delete(row)
    db.session.commit()
    run_all(app)
    assert db.session.scalars(select(Download.error)).one() is DownloadError.SPACE
    assert mails() == []


def test_of_two_workers_with_the_same_failure_one_writes(app, owner, full, monkeypatch):
    written = jobs._written

    def overtaken(*asked, **more):
        mine = written(*asked, **more)
        other = update(ReportRecipient).values(version=ReportRecipient.version + 1, outcome=Sending.TOLD)
        db.session.execute(other.execution_options(synchronize_session=False))
        return mine

    make.schedule(owner, owner)
    db.session.commit()
    monkeypatch.setattr(jobs, "_written", overtaken)
    run(app)
    assert mails() == []


@pytest.mark.parametrize(
    ("error", "outcome", "tries"),
    [
        (smtplib.SMTPServerDisconnected(), Sending.TOLD, 1),  # it may have left
        (ConnectionRefusedError(), Sending.FAILED, 2),
        (mail.RefusedError(), Sending.FAILED, 1),
    ],
)
def test_a_mail_is_tried_again_only_where_it_surely_did_not_leave(
    app, owner, full, monkeypatch, error, outcome, tries
):
    tried = []

    def send(message):
        tried.append(message)
        raise error

    monkeypatch.setattr(mail, "send", send)
    make.schedule(owner, owner)
    db.session.commit()
    run(app)
    assert outcomes() == {owner.id: outcome}
    run_all(app, clock.now() + timedelta(minutes=2))
    assert len(tried) == tries
