"""While the database or Redis is away, people are told so in their language, and get back what they sent."""

from __future__ import annotations

import html

import pytest
from flask_jwt_extended import create_access_token

from app import create_app
from app.access import Role
from tests import factories as make
from tests.conftest import settings
from tests.core.ports import free_port

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
