"""Loading the demo, and its accounts: doors that only a demo has."""

from __future__ import annotations

import tomllib

import pytest
from flask_jwt_extended import decode_token
from sqlalchemy import func, select

from app.access import Role, demo, of_staff
from app.core import clock
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.offices import Office
from app.models.organisations import Organisation
from app.models.users import Staff
from app.security import invitation, invited
from app.services import demo as loader
from app.services import users
from tests import factories as make


@pytest.fixture
def _demo_mode(app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)


@pytest.fixture
def rows(database, _demo_mode):
    """Give the session with the demo in it, in demo mode."""
    assert loader.load()
    database.commit()
    return database


@pytest.fixture
def _ended(app, rows, monkeypatch):
    """Start without demo mode on a database that holds the demo."""
    assert rows.scalar(select(func.count(Staff.id))) == len(ACCOUNTS)
    monkeypatch.setitem(app.config, "DEMO", False)


def office_named(session, name):
    return session.scalars(select(Office).where(Office.name.contains(name))).one()


# --- Loading ----------------------------------------------------------------------------------------------
def contents(session):
    """Give every value of every row, accounts and roles included."""
    with session.no_autoflush:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in db.metadata.sorted_tables
        }


def test_a_second_load_changes_nothing(rows):
    before = contents(rows)
    assert sum(map(len, before.values())) > 500
    assert loader.load() is False
    rows.commit()
    assert contents(rows) == before


@pytest.mark.parametrize("found", ["office", "account"])
@pytest.mark.usefixtures("_demo_mode")
def test_a_database_in_use_gets_no_demo(database, found):
    """Whoever forgets DEMO=0 on real data must not get accounts into it that everybody can use."""
    make.office("Amt") if found == "office" else make.staff(Role.ADMINISTRATOR)
    assert loader.load() is False
    assert database.scalar(select(func.count(Organisation.id))) == 0
    assert database.scalar(select(func.count(Staff.id))) == (found == "account")


def test_outside_demo_mode_nothing_is_loaded(database):
    with pytest.raises(loader.NoDemoError):
        loader.load()
    assert database.scalar(select(func.count(Office.id))) == 0


@pytest.mark.usefixtures("database")
def test_the_command_loads_once_and_says_so(app, monkeypatch):
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["load-demo"])
    assert refused.exit_code == 1
    assert "MARKTBUERO_DEMO=1" in refused.output
    monkeypatch.setitem(app.config, "DEMO", True)
    assert runner.invoke(args=["load-demo"]).output == "The demo data was loaded.\n"
    assert "nothing was loaded" in runner.invoke(args=["load-demo"]).output


def test_every_table_of_the_files_is_read():
    """A table with a misspelt name would be left out without a word."""
    for path in demo.FOLDER.glob("*.toml"):
        known = {"account"} if path.name == "accounts.toml" else {*loader.MODELS, "defaults"}
        assert set(tomllib.loads(path.read_text("utf-8"))) <= known, path.name


# --- Accounts ---------------------------------------------------------------------------------------------
ACCOUNTS = {
    "admin": ({Role.ADMINISTRATOR}, "Servicestelle"),
    "servicestelle": ({Role.SERVICE_AGENCY}, "Servicestelle"),
    "regionalbuero": ({Role.REGIONAL_OFFICE}, "LAG"),
    "leitung": ({Role.OFFICE_MANAGER}, "LAG"),
    "newsletter": ({Role.NEWSLETTER_EDITOR}, "LAG"),
    "lesen": ({Role.READER}, "LAG"),
    "maerkische-seen": ({Role.REGIONAL_OFFICE, Role.NEWSLETTER_EDITOR}, "LAG"),
}


def signs_in(app, account):
    """Sign in with a browser and with a program; both must agree."""
    browser = app.test_client()
    answer = browser.post("/login/", data={"username": account.username, "password": account.password})
    program = app.test_client().post(
        "/api/v1/security/login",
        json={"username": account.username, "password": account.password, "provider": "db"},
    )
    assert (answer.status_code, program.status_code) in {(302, 200), (200, 401)}
    return answer.status_code == 302


def test_each_role_has_an_account_in_its_office(rows):
    assert {account.username for account in demo.accounts()} == set(ACCOUNTS)
    assert {role for roles, _office in ACCOUNTS.values() for role in roles} == set(Role)
    for username, (roles, office) in ACCOUNTS.items():
        person = rows.scalars(select(Staff).where(Staff.username == username)).one()
        assert set(of_staff(person.id).roles) == roles
        assert [m.office_id for m in person.memberships] == [office_named(rows, office).id]
        assert person.password_set_at is not None  # else its page asks for a sign-in link


@pytest.mark.usefixtures("rows")
def test_each_account_signs_in_in_demo_mode(app):
    assert all(signs_in(app, account) for account in demo.accounts())


@pytest.mark.usefixtures("_ended")
def test_no_account_signs_in_outside_demo_mode(app):
    assert not any(signs_in(app, account) for account in demo.accounts())


def test_sessions_tokens_and_links_of_the_demo_end_with_it(app, rows, monkeypatch):
    account = next(account for account in demo.accounts() if account.username == "admin")
    credentials = {"username": account.username, "password": account.password}
    browser, program = app.test_client(), app.test_client()
    browser.post("/login/", data=credentials)
    answer = program.post("/api/v1/security/login", json={**credentials, "provider": "db"})
    claims = decode_token(answer.json["access_token"])
    sm = app.extensions["appbuilder"].sm
    person = rows.scalars(select(Staff).where(Staff.username == "admin")).one()
    link = invitation(person)
    assert browser.get("/organisations/list/").status_code == 200
    assert sm.load_user(person.get_id()) is person
    assert invited(link) is person
    assert sm.load_user_jwt({}, claims) is person
    monkeypatch.setitem(app.config, "DEMO", False)
    assert browser.get("/organisations/list/").status_code == 302
    assert sm.load_user(person.get_id()) is None
    assert sm.load_user_jwt({}, claims) is None
    assert invited(link) is None


@pytest.mark.usefixtures("_ended")
def test_a_real_account_beside_them_signs_in_outside_demo_mode(app, database):
    person = make.staff(Role.READER, offices=(office_named(database, "LAG"),), password="a good long one")
    database.commit()
    assert signs_in(app, demo.Account(person.username, "a good long one", "", "", "", (), ()))


@pytest.mark.parametrize("mode", [True, False])
@pytest.mark.usefixtures("database")
def test_nobody_can_choose_a_demo_password(app, monkeypatch, mode):
    """In a demo too: only the loader makes the hash that tells demo accounts, so only it may set these."""
    monkeypatch.setitem(app.config, "DEMO", mode)
    person = make.staff(Role.READER)
    for account in demo.accounts():
        with pytest.raises(RuleBrokenError):
            users.set_password(person, account.password, at=clock.now())
        with pytest.raises(users.StaffError):
            users.create_admin("boss", "B", "Oss", "boss@example.org", account.password)
    users.set_password(person, "something else entirely", at=clock.now())
    assert not demo.is_sealed(person.password)


def test_demo_passwords_are_as_long_as_others():
    for account in demo.accounts():
        assert len(account.password) >= users.PASSWORD_LENGTH
        assert account.password != account.username


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_sign_in_page_shows_the_accounts_in_demo_mode_only(app, monkeypatch, language):
    for mode in (True, False):
        monkeypatch.setitem(app.config, "DEMO", mode)
        page = app.test_client().get("/login/", headers={"Accept-Language": language}).text
        for account in demo.accounts():
            assert (f"<code>{account.username}</code>" in page) is mode
            assert (account.password in page) is mode
