"""The rehearsal as an office starts it: what it says, that it fails where something differs, and what it refuses."""

from __future__ import annotations

import re
from functools import partial

import pytest
from sqlalchemy import create_engine

from app import create_app
from app.core.db import db
from app.models.organisations import Organisation
from app.rehearsal.command import perform
from app.rehearsal.scenario import Scenario, evening
from app.rehearsal.stage import NotEmptyError, check_empty, opened
from tests import factories as make
from tests.conftest import answers, new_database

# How fast the hall follows is asked by an office of its own machine, not by tests of one that does more than this.
LATE = ("--hall-seconds", "60")
ON_POSTGRESQL = pytest.mark.skipif(not answers(5432), reason="PostgreSQL doesn't answer")


def rows(output):
    """Read what was expected and what came, by the title of the step."""
    lines = (re.split(r"  +", line) for line in output.splitlines())
    return {line[0]: line[1:] for line in lines if len(line) > 2}


@ON_POSTGRESQL
def test_an_evening_is_played_and_everything_comes_as_expected(on_sqlite):
    """The browser's test plays the same on SQLite."""
    with new_database() as url:
        done = on_sqlite.test_cli_runner().invoke(args=["rehearsal", "--database", url, *LATE])
        again = on_sqlite.test_cli_runner().invoke(args=["rehearsal", "--database", url])
    assert done.exit_code == 0, done.output
    found = rows(done.output)
    assert found["Kontrakte an drei Tischen zugleich"][:2] == ["84", "84"]
    assert found["Eingehaltene von allen Kontrakten, in Prozent"][:2] == ["70,2", "70,2"]
    assert found["Eingehaltene von den beantworteten, in Prozent"][:2] == ["77,6", "77,6"]
    assert "weicht ab" not in done.output
    assert again.exit_code == 1, "the database isn't empty any more"
    assert "nicht leer" in again.output


def test_an_evening_that_comes_otherwise_is_told_and_fails(tmp_path, capsys):
    """A small one, on SQLite: six contracts are not eighty-four. Of the office's own places nothing is used."""
    deals = evening().deals[:6]
    guests = tuple(dict.fromkeys(party for deal in deals for party in deal.parties))
    office = {
        "DATA_DIR": tmp_path / "office",
        "MAIL_SERVER": "mail.invalid",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    factory = partial(create_app, SESSION_TYPE="redis", HTTPS=True, PROXIES=1, **office)
    stage = partial(opened, factory, tmp_path, f"sqlite:///{tmp_path / 'small.sqlite'}")
    with pytest.raises(SystemExit) as ended:
        perform(stage, Scenario(guests, deals), "en")
    assert "otherwise than expected" in str(ended.value.code)
    assert not (tmp_path / "office").exists()
    found = rows(capsys.readouterr().out)
    assert found["Contracts at three desks at once"][:2] == ["84", "6"]
    assert found["Contracts at three desks at once"][-1] == "differs"
    assert found["Numbers that are missing, or given twice"][:2] == ["0", "78"]
    assert found["Contracts that the gong freezes"][1] == "6"
    assert found["Contracts on the hall’s screen"][1] == "6"
    papers = ("on the result sheet", "in the PDF", "in the German press text", "in the English press text")
    assert [found[f"Contracts {name}"][1] for name in papers] == ["6"] * 4
    assert found["Equivalent value in euros"][0] == found["Equivalent value in euros"][1]
    outcomes = ("Kept", "Partly kept", "Failed", "Silent", "anything else")
    assert [found[f"Contracts: {name}"][1] for name in outcomes] == ["4", "1", "0", "1", "0"]
    assert found["Percent kept, of all contracts"][:2] == ["70.2", "66.7"]
    assert found["Percent kept, of those answered"][:2] == ["77.6", "80.0"]


def test_the_offices_own_database_is_refused_and_stays_as_it_is(app, database):
    """Also while it's empty: nobody wants to begin with the people of a rehearsal."""
    make.organisation(make.office(), "Müller GmbH")
    db.session.commit()
    own = app.config["SQLALCHEMY_DATABASE_URI"]
    done = app.test_cli_runner().invoke(args=["rehearsal", "--database", own, "--language", "en"])
    assert (done.exit_code, "Nothing was done" in done.output) == (1, True)
    assert [one.name for one in db.session.query(Organisation)] == ["Müller GmbH"]


def test_only_an_empty_database_is_taken(tmp_path, on_sqlite):
    empty, other = (f"sqlite:///{tmp_path / name}" for name in ("empty.sqlite", "other.sqlite"))
    check_empty(empty, other)
    with pytest.raises(NotEmptyError):
        check_empty(empty, empty)
    with pytest.raises(NotEmptyError):
        check_empty(on_sqlite.config["SQLALCHEMY_DATABASE_URI"], other)


def test_a_database_that_cannot_be_opened_is_no_traceback(on_sqlite):
    url = "postgresql://nobody:secret@127.0.0.1:1/nothing"
    done = on_sqlite.test_cli_runner().invoke(args=["rehearsal", "--database", url, "--language", "en"])
    assert (done.exit_code, done.output) == (1, "This database can’t be opened. Nothing was done.\n")


@ON_POSTGRESQL
def test_a_schema_of_another_name_counts_as_well():
    with new_database() as url:
        check_empty(url, "sqlite://")
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE SCHEMA office")
            connection.exec_driver_sql("CREATE TABLE office.kept (id int)")
        engine.dispose()
        with pytest.raises(NotEmptyError):
            check_empty(url, "sqlite://")
