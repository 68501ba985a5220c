"""Downloads in the background: made with today's rights, whole or not at all, and never lost in silence."""

from __future__ import annotations

import csv
import gc
import os
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask_babel import force_locale
from sqlalchemy import select, update

from app.access import Role, everything, of_staff, opened
from app.core import clock, depot, queue
from app.core.db import db
from app.core.files import sha256
from app.core.rules import RuleBrokenError
from app.jobs import downloads as jobs
from app.jobs import heart
from app.models.downloads import Download, DownloadError, DownloadState
from app.models.receipts import Receipt
from app.models.users import Membership
from app.services import downloads
from tests import factories as make
from tests.background import run_all
from tests.conftest import SERVER

LATER = timedelta(minutes=5)
END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


@pytest.fixture
def office(database, app, tmp_path, monkeypatch):
    """An office with two organisations, and a folder of its own."""
    monkeypatch.setitem(app.config, "DOWNLOADS", str(tmp_path / "made"))
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.organisation(office, "Müller GmbH")
    make.organisation(office, "Verein am See")
    return office


@pytest.fixture
def person(office):
    return make.staff(Role.OFFICE_MANAGER, offices=(office,))


def ask(person, *, choice=None, **more):
    """Ask for the organisations as a .csv, as the page does."""
    asked = downloads.Asked(
        **{
            "title": "Organisations",
            "report": "organisations",
            "parameters": {},
            "fmt": "csv",
            "language": "en",
            **more,
        }
    )
    db.session.commit()
    with opened(of_staff(person.id, choice)):
        key = downloads.ask(asked).id
        db.session.commit()
    return key


def state(key):
    db.session.expire_all()
    row = db.session.get(Download, key)
    return row.state, row.error


def rows(key):
    path = depot.place(db.session.get(Download, key).token)
    return list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))


def files():
    return sorted(path.name for path in depot.folder().iterdir())


# --- Made -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_a_file_is_made_with_a_receipt_of_what_is_in_it(app, person, fmt):
    key = ask(person, fmt=fmt)
    assert state(key) == (DownloadState.WAITING, None)
    run_all(app)
    assert state(key) == (DownloadState.READY, None)
    made = db.session.get(Download, key)
    receipt = db.session.scalars(select(Receipt)).one()
    path = depot.place(made.token)
    assert (receipt.title, receipt.format, receipt.staff_id) == ("Organisations", fmt, person.id)
    assert receipt.sha256 == sha256(path)
    assert receipt.rows == made.rows >= 2
    assert made.size == path.stat().st_size
    assert files() == [made.token]
    assert path.stat().st_mode & 0o077 == 0
    assert made.expires_at - made.ended_at == timedelta(days=7)


def test_each_person_gets_the_rows_of_the_own_offices(app, office, person):
    there = make.office("Dort")
    make.organisation(there, "Fremde AG")
    stranger = make.staff(Role.OFFICE_MANAGER, offices=(there,))
    mine, theirs = ask(person), ask(stranger)
    run_all(app)
    assert {line[1] for line in rows(mine)[1:]} == {"Müller GmbH", "Verein am See"}
    assert {line[1] for line in rows(theirs)[1:]} == {"Fremde AG"}


def test_what_is_asked_for_twice_is_made_once(app, person):
    assert ask(person) == ask(person)
    assert ask(person, language="de") != ask(person)
    run_all(app)
    assert len(files()) == 2


def test_nobody_can_fill_the_queue(app, person, monkeypatch):
    monkeypatch.setattr(downloads.asking, "MOST", 2)
    for year in ("2006", "2007"):
        ask(person, report="contracts", parameters={"year": year})
    with pytest.raises(RuleBrokenError), force_locale("en"):
        ask(person, report="contracts", parameters={"year": "2008"})


def test_who_waits_for_one_comes_before_who_has_had_many(app, office, person):
    other = make.staff(Role.OFFICE_MANAGER, offices=(office,))
    many = [ask(person, report="contracts", parameters={"year": str(year)}) for year in range(2000, 2010)]
    one = ask(other)
    jobs.make()
    jobs.make()
    done = db.session.scalars(select(Download.id).where(Download.state == DownloadState.READY)).all()
    assert set(done) == {many[0], one}


# --- Rights ---------------------------------------------------------------------------------------------------
def test_who_may_not_take_it_out_any_more_gets_nothing(app, person):
    key = ask(person)
    person.roles = []
    db.session.commit()
    run_all(app)
    assert state(key) == (DownloadState.FAILED, DownloadError.RIGHTS)
    assert files() == []
    assert db.session.scalars(select(Receipt)).all() == []


def test_who_has_left_the_chosen_office_does_not_get_all_the_others(app, office, person):
    other = make.office("Dort")
    make.organisation(other, "Andere AG")
    db.session.add(Membership(staff_id=person.id, office_id=other.id))
    key = ask(person, choice=office.id)
    db.session.delete(db.session.scalars(select(Membership).where(Membership.office_id == office.id)).one())
    db.session.commit()
    run_all(app)
    assert state(key) == (DownloadState.FAILED, DownloadError.RIGHTS)


def test_a_file_is_given_only_as_long_as_its_offices_and_sections_are_the_persons(app, office, person):
    key = ask(person)
    run_all(app)
    made = db.session.get(Download, key)
    assert downloads.may_fetch(made, of_staff(person.id))
    stranger = make.staff(Role.OFFICE_MANAGER, offices=(make.office("Dort"),))
    reader = make.staff(Role.READER, offices=(office,))
    admin = make.staff(Role.ADMINISTRATOR, offices=(office,))
    given = [downloads.may_fetch(made, of_staff(one.id)) for one in (stranger, reader, admin)]
    assert given == [False, False, True]


def test_what_was_asked_for_and_is_gone_is_said(app, person):
    keys = [ask(person, parameters={"office": "999999"}, report="contracts"), ask(person, report="none")]
    keys.append(ask(person, sheet="none"))
    run_all(app)
    assert [state(key) for key in keys] == [(DownloadState.FAILED, DownloadError.ASKED)] * 3


# --- What goes wrong ------------------------------------------------------------------------------------------
# A ZipFile complains once more when it goes.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_a_full_disk_is_said_and_leaves_nothing(app, person, fmt, monkeypatch):
    """The kernel's own device says that there is no room, as a full disk does."""
    if not Path("/dev/full").exists():
        pytest.skip("no device that is full")
    monkeypatch.setattr(jobs.log, "exception", lambda *_more: None)  # a record would keep the ZipFile
    key = ask(person, fmt=fmt)
    with everything("tests"):
        lease = downloads.claim("here", clock.now(), LATER)
        db.session.commit()
    (depot.folder() / f"{lease.token}.draft").symlink_to("/dev/full")
    jobs._make(lease)
    assert state(key) == (DownloadState.FAILED, DownloadError.SPACE)
    assert files() == []
    assert db.session.scalars(select(Receipt)).all() == []
    gc.collect()
    # Once there's room again, it's asked for once more, and is made as if nothing had been.
    with opened(of_staff(person.id)):
        assert downloads.retry(db.session.get(Download, key))
        db.session.commit()
    jobs.make()
    assert state(key) == (DownloadState.READY, None)
    assert len(files()) == len(db.session.scalars(select(Receipt)).all()) == 1


def test_as_many_tasks_as_are_of_use_wake_the_workers(person, monkeypatch, count_statements):
    """How many wait is counted, whoever they are of; none of the rows is read for it."""
    for language in ("de", "en", "fr"):
        ask(person, language=language)
    woken = []
    monkeypatch.setattr(jobs, "enqueue", woken.append)
    with count_statements() as statements:
        jobs.resume()
    assert woken == [jobs.TASK] * 3
    assert [one for one in statements if "ORDER BY" in one] == []


@pytest.mark.postgresql
def test_a_database_that_goes_away_in_the_middle_is_tried_again(app, person, monkeypatch):
    """Every connection of the worker ends while rows are read, as when the server is restarted."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("a file doesn't go away")
    monkeypatch.setitem(app.config, "DOWNLOAD_PAUSE", 0)
    key = ask(person)
    name = db.engine.url.database
    ended = []

    def restart(self, rows):
        if not ended:
            with psycopg.connect(SERVER + "postgres", autocommit=True) as server:
                ended.append(server.execute(END, [name]).fetchall())
            db.session.execute(select(Receipt.id))

    monkeypatch.setattr(heart.Heart, "step", restart)
    jobs.make()
    assert state(key) == (DownloadState.WAITING, DownloadError.DATABASE)
    assert files() == []
    jobs.make()
    assert state(key) == (DownloadState.READY, None)
    assert db.session.get(Download, key).attempts == 2
    assert len(db.session.scalars(select(Receipt)).all()) == 1


def test_a_worker_that_is_gone_is_followed_by_another_which_makes_the_file_once(app, person):
    key = ask(person)
    with everything("tests"):
        lost = downloads.claim("gone", clock.now(), timedelta(seconds=-1))
        db.session.commit()
    depot.place(lost.token).with_name(lost.token + ".draft").write_bytes(b"half")
    queue.huey_of(app).flush()  # and its task with it
    jobs.resume()
    run_all(app)
    assert state(key) == (DownloadState.READY, None)
    made = db.session.get(Download, key)
    assert made.attempts == 2
    assert made.token != lost.token
    assert len(db.session.scalars(select(Receipt)).all()) == 1


def test_a_worker_that_wakes_up_late_has_no_say_any_more(app, person):
    ask(person)
    with everything("tests"):
        lost = downloads.claim("late", clock.now(), timedelta(seconds=-1))
        held = downloads.claim("next", clock.now(), LATER)
        assert held.key == lost.key
        now, made = clock.now(), downloads.Made(1, 1, None, ())
        assert not downloads.renew(lost, now + LATER, 1, None)
        assert not downloads.fail(lost, DownloadError.BROKEN, now)
        assert not downloads.put_off(lost, DownloadError.DATABASE, now)
        assert not downloads.finish(lost, made, now, now)
        assert downloads.finish(held, made, now, now)


def test_two_workers_never_take_the_same(app, person):
    ask(person)
    with everything("tests"):
        first = downloads.claim("one", clock.now(), LATER)
        assert first is not None
        assert downloads.claim("two", clock.now(), LATER) is None


def test_a_download_that_kills_each_worker_is_given_up_and_that_is_said(app, person):
    key = ask(person)
    with everything("tests"):
        for _attempt in range(downloads.MOST_ATTEMPTS):
            assert downloads.claim("gone", clock.now(), timedelta(seconds=-1))
        assert downloads.claim("last", clock.now(), LATER) is None
        db.session.commit()
    assert state(key) == (DownloadState.FAILED, DownloadError.STOPPED)


def test_an_error_of_ours_is_said_and_logged(app, person, monkeypatch, caplog):
    key = ask(person)
    monkeypatch.setattr(jobs, "_expected", lambda *_more: 1 / 0)
    run_all(app)
    assert state(key) == (DownloadState.FAILED, DownloadError.BROKEN)
    assert "ZeroDivisionError" in caplog.text


# --- What the person does -------------------------------------------------------------------------------------
def test_what_is_cancelled_while_it_is_made_leaves_nothing(app, person, monkeypatch):
    monkeypatch.setattr(heart, "BEAT", 0.05)
    key = ask(person)
    with everything("tests"):
        lease = downloads.claim("here", clock.now(), LATER)
        db.session.commit()
    with opened(of_staff(person.id)):
        assert downloads.cancel(db.session.get(Download, key))
        db.session.commit()
    jobs._make(lease)
    assert state(key) == (DownloadState.CANCELLED, None)
    assert files() == []
    assert db.session.scalars(select(Receipt)).all() == []


def test_the_work_stops_soon_after_it_was_cancelled(app, person, monkeypatch):
    monkeypatch.setattr(heart, "BEAT", 0.02)
    ask(person)
    with everything("tests"):
        lease = downloads.claim("here", clock.now(), LATER)
        db.session.execute(update(Download).values(state=DownloadState.CANCELLED))
        db.session.commit()
    with pytest.raises(heart.LostError), heart.Heart(app, lease) as beating:
        for _step in range(500):
            beating._ended.wait(0.01)
            beating.step(1)


def test_states_follow_one_another_as_the_table_says(app, person):
    key = ask(person)
    row = db.session.get(Download, key)
    with opened(of_staff(person.id)):
        assert not downloads.retry(row)  # it waits
        assert not downloads.remove(row)
        row = db.session.get(Download, key)
        assert downloads.cancel(row)
        assert not downloads.cancel(row)
        assert downloads.retry(row)
        db.session.commit()
    run_all(app)
    assert state(key) == (DownloadState.READY, None)
    with opened(of_staff(person.id)):
        row = db.session.get(Download, key)
        assert not downloads.retry(row)
        assert not downloads.cancel(row)
        assert downloads.remove(row)


def test_downloads_are_the_persons_alone(app, office, person):
    key = ask(person)
    admin = make.staff(Role.ADMINISTRATOR, offices=(office,))
    scope = of_staff(admin.id)
    db.session.expunge_all()
    with opened(scope):
        assert db.session.scalars(select(Download)).all() == []
        assert db.session.get(Download, key) is None


# --- Tidied up ------------------------------------------------------------------------------------------------
def test_files_whose_time_is_over_go_and_so_do_those_that_nobody_names(app, person):
    key = ask(person)
    run_all(app)
    token = db.session.get(Download, key).token
    orphan, draft, fresh = (depot.folder() / name for name in ("orphan", "half.draft", "fresh"))
    for path in (orphan, draft, fresh):
        path.write_bytes(b"x")
    old = (clock.now() - timedelta(hours=2)).timestamp()
    for path in (orphan, draft, depot.place(token)):
        os.utime(path, (old, old))
    jobs.tidy()
    assert files() == sorted([token, "fresh"])
    db.session.execute(update(Download).values(expires_at=clock.now()))
    db.session.commit()
    jobs.tidy()
    assert state(key) == (DownloadState.EXPIRED, None)
    assert files() == ["fresh"]
    db.session.execute(update(Download).values(ended_at=clock.now() - timedelta(days=91)))
    db.session.commit()
    jobs.tidy()
    assert db.session.scalars(select(Download)).all() == []
    assert "downloads.tidy" in queue.HOURLY
    assert "downloads.resume" in queue.EACH_MINUTE


def test_a_worker_that_starts_looks_for_what_was_left(app, person):
    key = ask(person)
    queue.huey_of(app).flush()
    queue._look(app)
    run_all(app)
    assert state(key) == (DownloadState.READY, None)


# --- Watched --------------------------------------------------------------------------------------------------
@pytest.fixture
def killed(app, person, monkeypatch):
    """A download whose worker has taken it, and doesn't say anything any more."""
    queue.huey_of(app).flush()
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_make", lambda _lease: None)
        key = ask(person)
        run_all(app)
    assert state(key) == (DownloadState.RUNNING, None)
    return key


def after(app, monkeypatch, seconds):
    """Let so much time go by, and do what the queue hands on then; nothing that is looked for each minute."""
    then = clock.now() + timedelta(seconds=seconds)
    monkeypatch.setattr(clock, "now", lambda: then)
    run_all(app, then)


def test_one_that_is_killed_is_followed_as_soon_as_its_lease_is_over(app, killed, monkeypatch):
    lasts = app.config["DOWNLOAD_LEASE"]
    after(app, monkeypatch, lasts - 2)
    assert state(killed) == (DownloadState.RUNNING, None)
    after(app, monkeypatch, 4)
    assert state(killed) == (DownloadState.READY, None)
    assert db.session.get(Download, killed).attempts == 2


def test_one_that_lives_is_watched_until_it_is_done(app, killed, monkeypatch):
    lasts = app.config["DOWNLOAD_LEASE"]
    renewed = clock.now() + timedelta(seconds=lasts + 20)
    db.session.execute(update(Download).values(lease_until=renewed))
    db.session.commit()
    after(app, monkeypatch, lasts + 2)
    assert state(killed) == (DownloadState.RUNNING, None)
    assert queue.huey_of(app).scheduled_count() == 1
    db.session.execute(update(Download).values(state=DownloadState.CANCELLED, lease_until=None))
    db.session.commit()
    after(app, monkeypatch, 20)
    assert state(killed) == (DownloadState.CANCELLED, None)
    assert queue.huey_of(app).scheduled_count() == 0
