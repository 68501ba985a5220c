"""What was typed is never lost: not with an old token, a session that has ended, a file too large, or a fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app import create_app
from app.access import Role
from app.core.db import db
from app.models.contracts import Contract
from app.models.organisations import Organisation
from app.views import saving
from tests import factories as make
from tests.forms import encoded, opened, read
from tests.test_security import SETTINGS

HERE = {"Origin": "http://localhost"}
TYPED = {"name": "Kranichholz <b>", "kind": "company", "notes": "zwei\r\nZeilen"}
LIMIT = 50_000


@pytest.fixture(scope="module")
def strict(app):
    """Forms need a token, as they do outside tests, and files are small."""
    settings = {name: app.config[name] for name in SETTINGS}
    made = create_app(**{**settings, "WTF_CSRF_ENABLED": True, "MAX_CONTENT_LENGTH": LIMIT})
    made.test_client_class = app.test_client_class
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def person(office):
    return make.staff(Role.REGIONAL_OFFICE, offices=(office,))


@pytest.fixture
def client(strict, person):
    return make.sign_in(strict.test_client(), person)


def post(client, data, headers=HERE, url="/organisations/add"):
    parts = [
        (name, one) for name, value in data.items() for one in (value if isinstance(value, list) else [value])
    ]
    body, kind = encoded(parts)
    return client.post(url, data=body, content_type=kind, headers=headers)


def token(page):
    return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]


def count(database, model=Organisation):
    return database.query(model).count()


@pytest.mark.parametrize("headers", [HERE, {"Sec-Fetch-Site": "same-origin"}])
@pytest.mark.parametrize("old", ["", "x"])
def test_a_form_with_an_old_token_is_shown_again_and_saved_the_next_time(
    client, office, database, old, headers
):
    fields = opened(client, "/organisations/add").fields
    answer = post(client, {**fields, **TYPED, "csrf_token": old}, headers)
    assert answer.status_code == 400
    form = read(answer)
    assert {name: form.fields[name] for name in TYPED} == TYPED
    assert any("signed in again" in text for text in form.alerts)
    assert count(database) == 0
    sent = post(client, form.fields, headers)
    assert sent.status_code == 302, read(sent).errors
    assert count(database) == 1


def test_an_edited_record_is_kept_too(client, office, database):
    row = make.organisation(office)
    address = f"/organisations/edit/{row.id}"
    form = opened(client, address)
    answer = post(client, {**form.fields, "name": "Neu", "csrf_token": "x"}, url=address)
    assert read(answer).fields["name"] == "Neu"
    assert read(answer).fields["row_version"] == form.fields["row_version"]
    database.refresh(row)
    assert row.name != "Neu"
    assert post(client, read(answer).fields, url=address).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site", **HERE}],
)
def test_a_form_that_another_site_sent_is_not_shown(client, office, database, headers):
    answer = post(client, {**TYPED, "office": str(office.id)}, headers)
    assert answer.status_code == 400
    assert "Kranichholz" not in answer.text
    assert count(database) == 0


def test_what_may_not_be_opened_is_not_shown_again_either(client, strict, office, database):
    foreign = make.organisation(make.office("Dort", parent=office.parent), "Geheim")
    answer = post(client, TYPED, url=f"/organisations/edit/{foreign.id}")
    assert answer.status_code == 404
    assert "Geheim" not in answer.text
    reader = make.sign_in(strict.test_client(), make.staff(Role.READER, offices=(office,)))
    assert post(reader, TYPED).status_code in {302, 403}


def test_who_was_signed_out_gets_back_what_was_typed_and_goes_on_after_signing_in(
    strict, person, office, database
):
    row = make.organisation(office, "Geheim")
    client = strict.test_client()
    address = f"/organisations/edit/{row.id}"
    answer = post(client, {**TYPED, "csrf_token": "old"}, url=address)
    assert answer.status_code == 400
    assert "Kranichholz &lt;b&gt;" in answer.text
    assert "Geheim" not in answer.text
    assert 'name="csrf_token" value="old"' not in answer.text
    make.sign_in(client, person)
    form = read(client.post(address, data=TYPED, headers=HERE))  # as the page's button does
    assert form.fields["name"] == TYPED["name"]
    database.refresh(row)
    assert row.name == "Geheim"


def test_a_file_that_is_too_large_costs_nothing_else(client, strict, office, database):
    form = opened(client, "/contracts/add")
    before = list(Path(strict.config["UPLOAD_FOLDER"]).glob("*"))
    data = {**form.fields, "title": "Kept", "scan": (b"x" * 2 * LIMIT, "scan.pdf")}
    answer = post(client, data, url="/contracts/add")
    assert answer.status_code == 413
    again = read(answer)
    assert again.fields["title"] == "Kept"
    assert "scan" in again.errors
    assert list(Path(strict.config["UPLOAD_FOLDER"]).glob("*")) == before
    assert count(database, Contract) == 0


def test_far_too_much_is_not_even_read(client, office):
    data = {"title": "Lost", "scan": (b"x" * 11 * LIMIT, "scan.pdf")}
    answer = post(client, data, url="/contracts/add")
    assert answer.status_code == 413
    assert "Lost" not in answer.text


def test_a_fault_of_ours_keeps_the_form_and_a_second_one_ends(client, office, database, monkeypatch):
    form = opened(client, "/organisations/add")
    data = {**form.fields, **TYPED}
    error = OperationalError("INSERT sesame", {}, Exception("locked"))
    monkeypatch.setattr(saving, "create", lambda *_more: (_ for _ in ()).throw(error))
    answer = post(client, data)
    assert answer.status_code == 500
    assert read(answer).fields["name"] == TYPED["name"]
    assert "sesame" not in answer.text
    monkeypatch.setattr("app.views.keeping.only_shown", lambda _form: (_ for _ in ()).throw(error))
    assert post(client, data).status_code == 500


def test_a_program_is_answered_as_before(client):
    assert client.post("/organisations/add", json=TYPED, headers=HERE).status_code == 400
