"""Sign-in, sessions, tokens, and what every answer of the server keeps to."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import jwt
import pytest
from flask import Response
from sqlalchemy import select, text

import config
from app import create_app
from app.access import Role, everything, of_staff, opened
from app.core import clock
from app.core.db import db
from app.models.activities import Activity
from app.models.figures import Measure
from app.models.users import Staff
from app.security import local_target
from app.services import users
from tests import factories as make

PASSWORD = "an apple a day keeps"
OTHER = "the quick brown foxes"
COOKIE = config.SESSION_COOKIE_NAME
API = "/api/v1/organisations/"
SETTINGS = (
    "TESTING", "DATA_DIR", "UPLOAD_FOLDER", "SQLALCHEMY_DATABASE_URI", "SECRET_KEY", "SESSION_TYPE", "DEMO",
    "WTF_CSRF_ENABLED", "RATELIMIT_ENABLED", "SERVER_NAME",
)  # fmt: skip


def like(app, **changes):
    """Make a second application on the same database and sessions, with other settings."""
    made = create_app(**{**{name: app.config[name] for name in SETTINGS}, **changes})
    made.test_client_class = app.test_client_class
    return made


@pytest.fixture(scope="module")
def strict(app):
    """Forms need a token, as they do outside tests; a page that breaks has a bug to show."""
    made = like(app, WTF_CSRF_ENABLED=True)
    broken = text("SELECT sesame FROM nowhere")
    made.add_url_rule("/broken/sql", "broken_sql", lambda: db.session.execute(broken))
    made.add_url_rule("/broken/code", "broken_code", lambda: {}["sesame"])
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def counted(app):
    """Three attempts a minute."""
    made = like(app, RATELIMIT_ENABLED=True, AUTH_RATE_LIMIT="3 per minute")
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def limited(counted):
    counted.extensions["appbuilder"].sm.limiter.reset()
    return counted


@pytest.fixture
def office(database):
    return make.office()


@pytest.fixture
def person(office):
    names = {"username": "udo", "email": "udo@example.org"}
    return make.staff(Role.ADMINISTRATOR, offices=(office,), password=PASSWORD, **names)


def sign_in(client, username="udo", password=PASSWORD, **more):
    return client.post("/login/", data={"username": username, "password": password}, **more)


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def cookie(client) -> str:
    return client.get_cookie(COOKIE).value


def browser_with(app, value):
    """A browser that sends this session cookie: stolen, kept, or made up."""
    client = app.test_client()
    client.set_cookie(COOKIE, value)
    return client


def token_in(page) -> str:
    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]


def tokens(client, username="udo", password=PASSWORD, **more):
    data = {"username": username, "password": password, "provider": "db", "refresh": True}
    return client.post("/api/v1/security/login", json={**data, **more})


def call(app, token, path=API, method="GET"):
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().open(path, method=method, headers=headers, buffered=True)


def snapshot(*, without=()):
    """Everything that the database holds."""
    with db.engine.connect() as connection:
        tables = (table for table in db.metadata.sorted_tables if table.name not in without)
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def world(office):
    """A record of each kind."""
    company, club = make.organisation(office), make.organisation(office, "Verein")
    contact = make.contact(office, email="j@example.org", phone="030 123456", at=company)
    event = make.event(office)
    make.figure(event, Measure.CONTRACTS)
    make.participation(event, company)
    make.registration(event)
    make.offer(event, company)
    contract = make.contract(office, company, club, event=event, number=1)
    make.contribution(contract, giver=company, receiver=club, rate=make.rate(office), hours=8)
    make.follow_up(contract, company)
    make.follow_up_note(make.follow_up_report(contract, club))
    make.activity(office, contact=contact)
    letter = make.newsletter(office)
    make.newsletter_text(letter)
    make.consent(make.subscription(make.subscriber(office), letter))
    make.imported(letter)
    make.preset(office)
    make.bounce_address(letter)
    make.series(office)
    make.template(office)
    make.material(office)
    make.news_item(office)
    make.receipt(office)
    db.session.commit()


def routes(app, *methods):
    """Yield rule and method of each route that takes one of these methods."""
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods & set(methods)):
            yield rule, method


def body_of(answer) -> bytes:
    """Give what an answer says; a workbook is a packed folder."""
    if not answer.data.startswith(b"PK"):
        return answer.data
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return b"".join(map(book.read, book.namelist()))


def address(app, rule) -> str:
    """Give an address of a rule, with a record's key where it asks for one."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    view = views.get(rule.endpoint.split(".")[0])
    model = getattr(getattr(view, "datamodel", None), "obj", None)
    key = db.session.scalars(select(model.id).order_by(model.id)).first() if model else 1
    values = {"fmt": "csv", "version": "v1", "locale": "en", "filename": "app.css", "path": "event"}
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: str(values.get(found[1], key)), rule.rule)


# --- CSRF -------------------------------------------------------------------------------------------------
def test_every_form_without_a_token_is_refused_and_changes_nothing(strict, office, person, database):
    world(office)
    client = make.sign_in(strict.test_client(), person)
    client.get("/account/")
    before, seen = snapshot(), 0
    for rule, method in routes(strict, "POST", "PUT", "PATCH", "DELETE"):
        # A program has a token of its own; the pages for everybody have no session that could be misused.
        if rule.rule.startswith(("/api/", "/newsletter/", "/register/", "/report/")):
            continue
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "x"}):
            answer = client.open(address(strict, rule), method=method, data=data)
            assert answer.status_code == 400, rule
            assert "The form was open for too long" in answer.text, rule
        seen += 1
    assert seen > 30
    assert snapshot() == before
    assert is_in(client)


def test_a_token_of_another_session_is_refused_and_the_own_is_taken(strict, person):
    mine, stranger = strict.test_client(), strict.test_client()
    foreign = token_in(stranger.get("/login/").text)
    data = {"username": "udo", "password": PASSWORD}
    own = token_in(mine.get("/login/").text)
    assert mine.post("/login/", data={**data, "csrf_token": foreign}).status_code == 400
    assert mine.post("/login/", data={**data, "csrf_token": own}).status_code == 302
    assert is_in(mine)
    # Signing in changes the session, and the token with it.
    assert mine.post("/logout/", data={"csrf_token": own}).status_code == 400
    page = mine.get("/").text
    assert mine.post("/logout/", data={"csrf_token": token_in(page)}).status_code == 302
    assert not is_in(mine)


def test_every_form_on_a_page_carries_the_token(strict, office, person):
    world(office)
    client = make.sign_in(strict.test_client(), person)
    for rule, _method in routes(strict, "GET"):
        if rule.rule.startswith("/newsletter/"):
            continue  # the pages for everybody have no session that could be misused
        page = client.get(address(strict, rule), buffered=True).data.decode("utf-8", "replace")
        for form in re.findall(r'<form method="post".*?</form>', page, re.DOTALL):
            assert 'name="csrf_token"' in form, rule


def test_the_api_takes_no_cookie(app, office, person):
    """It's exempt from the token: so a session, which a foreign page could use, must not open it."""
    world(office)
    client, seen = make.sign_in(app.test_client(), person), 0
    before = snapshot()
    for rule, method in routes(app, "GET", "POST", "PUT", "DELETE"):
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("/login"):
            assert client.open(address(app, rule), method=method, json={}).status_code == 401, rule
            seen += 1
    assert seen > 20
    assert snapshot() == before


# --- Signing in -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["udo", "UDO", " udo ", "udo@example.org", "Udo@Example.ORG"])
def test_people_sign_in_by_name_or_address(app, person, name):
    client = app.test_client()
    assert sign_in(client, name).location == "/"
    assert is_in(client)
    assert person.last_login is not None


def test_the_answer_doesnt_tell_whether_an_account_exists(app, person, office):
    make.staff(Role.READER, offices=(office,), username="gone", password=PASSWORD, active=False)
    make.staff(Role.READER, offices=(office,), username="new")
    attempts = [("udo", "wrong"), ("nobody", "wrong"), ("gone", PASSWORD), ("new", "")]

    def answer(name, password):
        page = sign_in(app.test_client(), name, password)
        assert page.status_code == 200
        body = re.sub(r'(csrf_token" value)="[^"]*"', "", page.text)
        body = body.replace(f' value="{name}"', "").replace("autofocus", "").replace(' value=""', "")
        return re.sub(r"\s+", " ", body).replace(" >", ">")

    pages = {name: answer(name, password) for name, password in attempts}
    assert len(set(pages.values())) == 1
    assert "Name oder Passwort ist falsch" in pages["udo"]
    for name, password in (("", ""), ("a\0", "b\0"), ("udo", "\0")):
        assert "Name oder Passwort ist falsch" in sign_in(app.test_client(), name, password).text
    programs = [tokens(app.test_client(), name, "wrong") for name in pages]
    programs.append(tokens(app.test_client(), "gone", PASSWORD))
    assert len({(program.status_code, program.text) for program in programs}) == 1
    assert programs[0].status_code == 401


def test_half_a_character_is_no_name(app, person):
    for name, password in (("\ud800", "x"), ("udo", "\ud800"), ("a\0", "x")):
        assert tokens(app.test_client(), name, password).status_code in {400, 401}


def test_the_sign_in_page_keeps_the_name_and_not_the_password(app, person):
    page = sign_in(app.test_client(), 'udo"><b>', "wrong password").text
    assert 'value="udo&#34;&gt;&lt;b&gt;"' in page
    assert "wrong password" not in page


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example.org/", "//evil.example.org/", "///evil.example.org", "/\\evil.example.org",
        "\\\\evil.example.org", "http:evil.example.org", "https:///evil.example.org", "javascript:alert(1)",
        "/\t/evil.example.org", "http://localhost@evil.example.org/", "http://localhost.evil.example.org/",
        "http://[", "", "login/evil", "http://evil.example.org\\@localhost/",
        "/%0d%0aX: y\r\nSet-Cookie: a=b",
    ],
)  # fmt: skip
def test_signing_in_leads_to_no_other_host(app, person, target):
    client = app.test_client()
    answer = sign_in(client, query_string={"next": target})
    assert answer.status_code == 302
    assert re.fullmatch(r"/(?![/\\])[^\\]*", answer.location)
    assert "evil" not in answer.location.replace("/evil.example.org", "", 1) or answer.location[1] != "/"
    assert not [header for header in answer.headers.getlist("Set-Cookie") if header.startswith("a=")]
    again = client.get("/login/", query_string={"next": target})
    assert re.fullmatch(r"/(?![/\\])[^\\]*", again.location)
    chosen = client.post("/lang/en", data={"next": target})
    assert re.fullmatch(r"/(?![/\\])[^\\]*", chosen.location)


def test_signing_in_leads_back_to_the_page_that_was_asked_for(app, person):
    asked = app.test_client().get("/organisations/list/?q=M%C3%BCller")
    answer = sign_in(app.test_client(), query_string=asked.location.partition("?")[2])
    assert answer.location == "/organisations/list/?q=M%C3%BCller"
    with app.test_request_context(headers={"Host": "localhost:8080"}):
        assert local_target("http://localhost:8080/contacts/list/?q=a") == "/contacts/list/?q=a"
        assert local_target("http://localhost:9090/contacts/list/") == "/"
        # Browsers read both as the name of another host.
        assert local_target("////evil.example.org/") == "/"
        assert local_target("/\\evil.example.org/") == "/"


# --- Sessions ---------------------------------------------------------------------------------------------
def test_a_session_gets_a_new_key_when_somebody_signs_in(app, person):
    """Or who had set a cookie in the person's browser would be signed in with it."""
    client = app.test_client()
    client.post("/lang/en")
    before = cookie(client)
    sign_in(client)
    assert cookie(client) != before
    assert not is_in(browser_with(app, before))
    assert '<html lang="en">' in client.get("/").text, "the language that was chosen stays"

    made_up = browser_with(app, "x" * 43)
    sign_in(made_up)
    assert cookie(made_up) != "x" * 43
    assert not is_in(browser_with(app, "x" * 43))


def test_signing_out_ends_the_session_on_the_server(app, person):
    client = app.test_client()
    sign_in(client)
    kept = cookie(client)
    assert is_in(browser_with(app, kept))
    assert client.get("/logout/").status_code == 405
    assert is_in(client)
    assert client.post("/logout/").location == "/login/"
    assert client.get_cookie(COOKIE) is None or cookie(client) != kept
    assert not is_in(browser_with(app, kept))


def test_a_slow_request_doesnt_bring_an_ended_session_back(app, person):
    client = app.test_client()
    sign_in(client)
    kept = cookie(client)
    with app.test_request_context("/", headers={"Cookie": f"{COOKIE}={kept}"}):
        from flask import session

        session["something"] = "changed while it ran"
        client.post("/logout/")
        app.process_response(Response())
    assert not is_in(browser_with(app, kept))


def test_a_session_that_is_used_lasts_on_and_is_written_every_few_minutes_alone(app, person, monkeypatch):
    client, now = app.test_client(), clock.now()
    sign_in(client)
    written = []
    save = app.session_interface._upsert_session
    monkeypatch.setattr(
        app.session_interface, "_upsert_session", lambda *args: written.append(1) or save(*args)
    )
    # A page keeps its address, and a token for its forms.
    client.get("/organisations/list/?view=0")
    known = len(written)
    for minutes, more in ((4, 0), (6, 1), (7, 1), (12, 2)):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: now + timedelta(minutes=minutes))
        answer = client.get("/organisations/list/?view=0")
        assert answer.status_code == 200
        assert (len(written) - known, bool(answer.headers.getlist("Set-Cookie"))) == (
            more,
            minutes in (6, 12),
        )


def test_a_changed_password_ends_all_other_sessions_and_tokens(app, person):
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    kept, issued = cookie(here), tokens(app.test_client()).json
    assert call(app, issued["access_token"]).status_code == 200
    data = {"old": PASSWORD, "password": OTHER, "again": OTHER}
    assert here.post("/account/", data=data).location == "/account/"
    assert is_in(here)
    assert not is_in(there)
    assert not is_in(browser_with(app, kept))
    assert call(app, issued["access_token"]).status_code == 401
    assert call(app, issued["refresh_token"], "/api/v1/security/refresh", "POST").status_code == 401
    # At once, not only from the next second on.
    fresh = tokens(app.test_client(), password=OTHER).json["access_token"]
    assert call(app, fresh).status_code == 200


def test_a_deactivated_account_is_out_at_once_and_stays_out(app, office, person, database):
    make.staff(Role.ADMINISTRATOR)
    client, issued = app.test_client(), tokens(app.test_client()).json
    sign_in(client)
    assert is_in(client)
    assert call(app, issued["access_token"]).status_code == 200
    command = of_staff(make.staff(Role.ADMINISTRATOR).id)
    for active in (False, True):
        with opened(command):
            users.assign(person, [Role.ADMINISTRATOR], [office.id], active=active, by=command)
        database.commit()
        assert not is_in(client)
        assert client.get("/organisations/list/").status_code == 302
        assert call(app, issued["access_token"]).status_code == 401
        assert call(app, issued["refresh_token"], "/api/v1/security/refresh", "POST").status_code == 401
        assert not is_in(browser_with(app, cookie(client)))
        again = app.test_client()
        assert sign_in(again).status_code == 200
        assert not is_in(again)
        assert tokens(app.test_client()).status_code == 401


def test_an_account_that_is_only_marked_inactive_is_out_as_well(app, person, database):
    """The mark in the session is one guard, the account's state another."""
    client, issued = app.test_client(), tokens(app.test_client()).json["access_token"]
    sign_in(client)
    person.active = False
    database.commit()
    assert not is_in(client)
    assert call(app, issued).status_code == 401
    assert not is_in(sign_in(app.test_client()) and client)


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(app, person):
    header = sign_in(app.test_client()).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Domain=" not in header
    assert len(header) < 300, "the session itself is on the server"


def test_session_files_are_for_the_owner_only(app, person):
    sign_in(app.test_client())
    files = [path for path in (app.config["DATA_DIR"] / "sessions").iterdir() if path.is_file()]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


# --- Limits -----------------------------------------------------------------------------------------------
def test_guessing_at_the_sign_in_page_is_slowed_down(limited, person):
    client = limited.test_client()
    client.post("/lang/en")
    codes = [sign_in(client, password="wrong").status_code for _ in range(3)]
    assert codes == [200, 200, 200]
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Too many attempts" in answer.text
    assert '<html lang="en">' in answer.text
    german = sign_in(limited.test_client(), headers={"Accept-Language": "de"})
    assert german.status_code == 429
    assert '<html lang="de">' in german.text
    assert "Too many attempts" not in german.text
    assert client.get("/login/").status_code == 200
    elsewhere = limited.test_client()
    assert sign_in(elsewhere, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 302


def test_guessing_at_the_token_sign_in_is_slowed_down(limited, person):
    codes = [tokens(limited.test_client(), password="wrong").status_code for _ in range(4)]
    assert codes == [401, 401, 401, 429]
    answer = tokens(limited.test_client())
    assert answer.status_code == 429
    assert answer.is_json


def test_guessing_the_old_password_is_slowed_down_and_changing_it_isnt(limited, person, office):
    colleague = make.staff(Role.READER, offices=(office,), password=PASSWORD)
    client = make.sign_in(limited.test_client(), person)
    typing = {"old": PASSWORD, "password": "short", "again": "short"}
    assert [client.post("/account/", data=typing).status_code for _ in range(5)] == [200] * 5
    wrong = {"old": "wrong", "password": OTHER, "again": OTHER}
    assert [client.post("/account/", data=wrong).status_code for _ in range(4)] == [200, 200, 200, 429]
    right = {**wrong, "old": PASSWORD}
    assert client.post("/account/", data=right).status_code == 429
    # Counted by person, not by the address of the whole office.
    other = make.sign_in(limited.test_client(), colleague)
    assert other.post("/account/", data=right).status_code == 302


# --- Tokens -----------------------------------------------------------------------------------------------
def test_tokens_are_signed_with_the_secret_key(app, person):
    issued = tokens(app.test_client()).json["access_token"]
    claims = jwt.decode(issued, app.config["SECRET_KEY"], algorithms=["HS256"])
    assert claims["sub"] == str(person.id)
    assert person.password not in str(claims)
    for key, algorithm in (("another key, long enough to be one for HS256", "HS256"), ("", "none")):
        forged = jwt.encode(claims, key, algorithm=algorithm)
        assert call(app, forged).status_code == 401
    stale = jwt.encode({**claims, "exp": 1}, app.config["SECRET_KEY"], algorithm="HS256")
    assert call(app, stale).status_code == 401
    for changed in ({"mark": ""}, {"mark": None}, {"sub": "0"}, {"sub": "x"}, {"sub": "9" * 30}):
        token = jwt.encode({**claims, **changed}, app.config["SECRET_KEY"], algorithm="HS256")
        assert call(app, token).status_code == 401
    unmarked = {name: value for name, value in claims.items() if name != "mark"}
    assert call(app, jwt.encode(unmarked, app.config["SECRET_KEY"], algorithm="HS256")).status_code == 401


def test_a_refreshed_token_is_good_as_long_as_the_password(app, person, database):
    issued = tokens(app.test_client()).json["refresh_token"]
    renewed = call(app, issued, "/api/v1/security/refresh", "POST").json["access_token"]
    assert call(app, renewed).status_code == 200
    users.lock(person)
    database.commit()
    assert call(app, renewed).status_code == 401


def test_a_link_token_is_no_session_and_no_api_token(app, person):
    from app.security import invitation

    with app.app_context():
        link = invitation(person)
    assert call(app, link).status_code == 401
    assert not is_in(browser_with(app, link))


# --- Headers and hosts ------------------------------------------------------------------------------------
PAGES = ("/", "/login/", "/nowhere", API, "/organisations/list/", "/invitation/x")


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_the_headers(app, person, path):
    client = make.sign_in(app.test_client(), person)
    headers = client.get(path, buffered=True).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_no_page_has_a_script_or_style_of_its_own_or_one_from_elsewhere(app, office, person):
    world(office)
    client = make.sign_in(app.test_client(), person)
    for path in ("/", "/organisations/list/", "/contracts/add", "/staff/list/", "/account/"):
        answer = client.get(path)
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
        scripts = re.findall(r"<script([^>]*)>", answer.text)
        assert scripts
        assert all("src=" in script or 'type="application/json"' in script for script in scripts)
        assert not re.search(r"<[^>]+\s(?:on\w+|style)=|<style|javascript:", answer.text)
        assert not re.search(r'(?:src|href)="(?:https?:)?//(?!localhost)', answer.text)


def test_over_https_everything_stays_there(app, person):
    made = like(app, HTTPS=True, PROXIES=1, SESSION_COOKIE_SECURE=False)
    client = made.test_client()
    secure = {"X-Forwarded-Proto": "https"}
    answer = client.get("/login/", headers=secure)
    assert answer.status_code == 200
    assert int(re.search(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])[1]) >= 31536000
    assert "; Secure" in answer.headers["Set-Cookie"]
    plain = client.get("/login/?next=/account/")
    assert plain.status_code in {301, 302}
    assert plain.location == "https://localhost/login/?next=/account/"
    for host in ("evil.example.org", "localhost.evil.example.org"):
        for headers in ({"Host": host}, {"X-Forwarded-Host": host, **secure}):
            assert client.get("/login/", headers=headers).status_code == 400
    with made.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    "host", ["evil.example.org", "localhost.evil.example.org", "evil.example.org:80", "a b", ""]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_host_that_isnt_trusted_is_refused_and_never_repeated(strict, person, host, method):
    client = make.sign_in(strict.test_client(), person)
    for path in (*PAGES, "/logout/", "/api/v1/security/login", "/staff/add", "/broken/sql"):
        answer = client.open(path, method=method, headers={"Host": host})
        assert answer.status_code == 400, path
        assert "evil" not in answer.text + str(answer.headers)
        assert answer.location is None


def test_a_forwarded_host_counts_only_behind_a_proxy_that_is_configured(app, person):
    answer = app.test_client().get("/contacts/list/", headers={"X-Forwarded-Host": "evil.example.org"})
    assert answer.status_code == 302
    assert "evil" not in answer.location


# --- Errors and secrets -----------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["de", "en"])
def test_an_error_shows_neither_sql_nor_code(strict, person, language):
    client = make.sign_in(strict.test_client(), person, language)
    for path in ("/broken/sql", "/broken/code"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert f'<html lang="{language}">' in answer.text
        for word in ("SELECT", "nowhere", "sesame", "sqlalche", "Traceback", "KeyError"):
            assert word not in answer.text
    assert is_in(client)


@pytest.mark.parametrize(
    "path",
    ["/staff/list/?_flt_0_password=scrypt", "/staff/list/?_oc_StaffView=password", "/staff/lookup/password"],
)
def test_no_parameter_reads_the_password(app, person, path):
    assert make.sign_in(app.test_client(), person).get(path).status_code in {400, 404}


def test_reading_changes_nothing_and_tells_no_hash_of_a_password(app, office, person, database):
    """Neither a page, a download nor the API, nor what a search finds. A download writes its receipt."""
    secret = person.password
    other = make.staff(Role.READER, offices=(office,), password=OTHER)
    world(office)
    database.query(Activity).one().assignee = other
    client = make.sign_in(app.test_client(), person)
    program = tokens(app.test_client()).json["access_token"]
    before = snapshot(without=("receipt",))
    parts = [secret, other.password, secret.split("$")[-1][:20], person.password_mark, other.password_mark]
    seen = 0
    for rule, _method in routes(app, "GET"):
        for path in {address(app, rule), address(app, rule).replace("csv", "xlsx")}:
            for answer in (client.get(path, buffered=True), call(app, program, path)):
                body = body_of(answer)
                assert not [part for part in parts if part.encode() in body], path
                seen += answer.status_code == 200
    assert seen > 80
    assert snapshot(without=("receipt",)) == before
    assert is_in(client)
    for text_of in (secret, secret[:12], secret[-12:]):
        found = client.get("/staff/list/", query_string={"q": text_of}).text
        assert "udo@example.org" not in found
    assert client.get("/staff/list/?q=udo").text.count("udo@example.org")


def test_a_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    folder = tmp_path / "new" / "data"
    key = config.secret_key(folder)
    assert len(key) >= 43
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert config.secret_key(folder) == key
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert config.secret_key(tmp_path / "other") != key


def test_whoever_starts_at_once_shares_one_key(tmp_path):
    for attempt in range(20):
        folder = tmp_path / str(attempt)
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda _number, at=folder: config.secret_key(at), range(8)))
        assert len(keys) == 1
        assert len(keys.pop()) >= 43


def started(folder, **environment) -> str:
    """Read the configuration as a new process does."""
    wanted = {**os.environ, "MARKTBUERO_DATA": str(folder), **environment}
    if "SECRET_KEY" not in environment:
        wanted.pop("SECRET_KEY", None)
    command = [sys.executable, "-c", "import config; print(config.SECRET_KEY)"]
    return subprocess.run(
        command, cwd=config.ROOT, env=wanted, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_processes_share_one_key_too(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(started, [tmp_path / "new"] * 4))
    assert len(keys) == 1
    assert keys == {config.secret_key(tmp_path / "new")}


def test_there_is_no_default_secret(tmp_path):
    keys = {started(tmp_path / name) for name in "ab"} | {started(tmp_path / "c", SECRET_KEY="")}
    assert len(keys) == 3
    assert min(map(len, keys)) >= 43
    assert started(tmp_path / "a") in keys
    given = "from the environment, and long enough"
    assert started(tmp_path / "a", SECRET_KEY=given) == given
    with pytest.raises(subprocess.CalledProcessError) as refused:
        started(tmp_path / "a", SECRET_KEY="changeme")
    assert "at least 32 characters" in refused.value.stderr


def test_another_secret_ends_links_and_tokens(app, person, database):
    from app.security import invitation, invited

    database.commit()
    with app.app_context():
        link = invitation(person)
        assert invited(link) is not None
    issued = tokens(app.test_client()).json["access_token"]
    other = like(app, SECRET_KEY="another one that is long enough to sign tokens")
    with other.app_context(), everything("tests"):
        assert invited(link) is None
        db.session.remove()
    assert call(other, issued).status_code == 401
    with other.app_context():
        db.engine.dispose()


def test_a_password_is_hashed_slowly_and_with_salt(person, office):
    again = make.staff(Role.READER, offices=(office,), password=PASSWORD)
    assert person.password.startswith("scrypt:")
    assert again.password != person.password
    for digest in (hashlib.sha256, hashlib.md5, hashlib.sha1):
        assert digest(PASSWORD.encode()).hexdigest() not in person.password
    assert isinstance(person, Staff)
