"""While the database or Redis is away, people are told so in their language, and get back what they sent."""

from __future__ import annotations

import html

import psycopg
import pytest
from flask import has_request_context, request, request_finished
from flask_jwt_extended import create_access_token
from sqlalchemy import event

from app import create_app
from app.access import Role
from app.core.db import db
from tests import factories as make
from tests.conftest import SERVER, databases, settings
from tests.core.ports import free_port
from tests.forms import opened, send

HOME = {"Sec-Fetch-Site": "same-origin"}
AWAY = {
    "de": "Unsere Datenbank ist im Moment nicht erreichbar. Bitte versuchen Sie es in einer Minute noch einmal.",
    "en": "Our database can't be reached at the moment. Please try again in a minute.",
}


def made(folder):
    """Make an application whose database is on a server that isn't there."""
    return create_app(**settings(folder, f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/none"))


@pytest.fixture(scope="module", params=["database", "Redis"])
def client(request, tmp_path_factory):
    """Give somebody who was signed in before it went away."""
    folder = tmp_path_factory.mktemp("data")
    if request.param == "Redis":
        url = f"sqlite:///{folder / 'none.sqlite'}"
        # For tests Flask would raise what comes up before a view is found.
        redis = {
            "TESTING": False,
            "SESSION_TYPE": "redis",
            "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        }
        app = create_app(**{**settings(folder, url), **redis})
        client = app.test_client()
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], "of-somebody")
        return client
    client = made(folder).test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = "1:x", True
    return client


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("address", ["/", "/contacts/list/", "/reports/contracts/export", "/downloads/"])
def test_a_page_says_that_it_will_be_back(client, address, language):
    answer = client.get(address, headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    page = html.unescape(answer.text)
    assert f'<html lang="{language}">' in page
    assert AWAY[language] in page
    assert "SELECT" not in page


def test_what_was_typed_can_be_sent_again(client):
    sent = {"last_name": '"Ölmüller" <a>', "csrf_token": "of the page"}
    answer = client.post("/contacts/add", data=sent, headers=HOME)
    assert answer.status_code == 503
    assert 'name="last_name" value="&#34;Ölmüller&#34; &lt;a&gt;"' in answer.text
    assert 'name="csrf_token" value="of the page"' in answer.text
    assert "Es wurde nichts gespeichert. Was Sie eingegeben haben, ist noch hier" in answer.text


@pytest.mark.parametrize(
    ("sent", "headers"),
    [
        ({"last_name": "Muster"}, {"Sec-Fetch-Site": "cross-site"}),
        ({"username": "ana", "password": "geheim"}, HOME),
    ],
    ids=["another site's", "a password"],
)
def test_what_a_page_should_not_hold_stays_out_of_it(client, sent, headers):
    answer = client.post("/contacts/add", data=sent, headers=headers)
    assert answer.status_code == 503
    assert "<form" not in answer.text
    assert not [value for value in sent.values() if value in answer.text]


def test_a_program_is_told_when_to_come_back(database, tmp_path):
    token = create_access_token(identity=str(make.staff(Role.READER).id))
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "de"}
    answer = made(tmp_path).test_client().get("/api/v1/contacts/", headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.json == {"message": AWAY["de"]}


def terminate(connection):
    """Have the server end a connection."""
    with psycopg.connect(f"{SERVER}postgres", autocommit=True) as other:
        pid = connection.connection.driver_connection.info.backend_pid
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


@pytest.mark.parametrize("app", databases()[1:], indirect=True)  # a file has no connection
def test_who_gets_no_answer_to_a_commit_is_asked_to_look(app, database):
    """The connection breaks when the row is on its way: nobody here can know whether it has arrived."""
    office = make.office()
    browser = make.sign_in(app.test_client(), make.staff(Role.OFFICE_MANAGER, offices=(office,)), "de")
    form = opened(browser, "/organisations/add")

    def cut(connection):
        if has_request_context() and request.method == "POST":
            terminate(connection)

    event.listen(db.engine, "commit", cut)
    try:
        answer = send(browser, "/organisations/add", form, name="Ölmühle", kind="company")
    finally:
        event.remove(db.engine, "commit", cut)
    assert answer.status == 503
    page = html.unescape(answer.html)
    assert "Vielleicht wurde doch gespeichert: Bitte sehen Sie nach, bevor Sie es noch einmal senden." in page
    assert "nichts gespeichert" not in page


@pytest.mark.parametrize("app", databases()[1:], indirect=True)
def test_an_answer_that_is_ready_is_given_though_the_connection_ends(app, database):
    """As where the server is restarted while a page is written, or has just been saved."""
    office = make.office()
    browser = make.sign_in(app.test_client(), make.staff(Role.OFFICE_MANAGER, offices=(office,)), "de")
    form = opened(browser, "/organisations/add")
    taken = db.engine.pool.checkedout()

    def cut(_app, **_more):
        terminate(db.session.connection())

    with request_finished.connected_to(cut, app):
        answers = [browser.get(address).status_code for address in ("/", "/organisations/list/", "/login/")]
        saved = send(browser, "/organisations/add", form, name="Ölmühle", kind="company")
    assert (answers, saved.status) == ([200, 200, 302], 302)
    assert db.engine.pool.checkedout() == taken
    assert "Ölmühle" in browser.get("/organisations/list/").text
