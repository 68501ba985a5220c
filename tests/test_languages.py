"""Both languages are complete, and a person gets the one that they want."""

from __future__ import annotations

import os
import shutil

import pytest
from babel.messages.pofile import read_po

from app.access import Role
from app.core import catalogue
from app.models.languages import Language
from config import ROOT
from tests import factories as make
from tests.pages import addresses, texts, views

PO = ROOT / "translations" / "de" / "LC_MESSAGES" / "messages.po"


@pytest.fixture
def person(database):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    return make.staff(Role.ADMINISTRATOR, offices=(office,))


def language_of(client, **more):
    page = client.get("/login/", **more)
    return page.text.partition('<html lang="')[2][:2]


def test_german_comes_first_and_the_browser_is_heard(client):
    assert language_of(client) == "de"
    assert language_of(client, headers={"Accept-Language": "en-GB,en;q=0.9"}) == "en"
    assert language_of(client, headers={"Accept-Language": "fr, de;q=0.5, en;q=0.4"}) == "de"
    assert language_of(client, headers={"Accept-Language": "xx; q=nonsense"}) == "de"


def test_a_choice_is_kept_in_the_browser_and_with_the_person(client, person, database, app):
    make.sign_in(client, person, "de")
    client.post("/lang/en", data={"next": "/contacts/list/"})
    assert '<html lang="en">' in client.get("/").text
    database.refresh(person)
    assert person.language is Language.ENGLISH
    elsewhere = app.test_client()
    with elsewhere.session_transaction() as session:
        session["_user_id"] = person.get_id()
    assert '<html lang="en">' in elsewhere.get("/", headers={"Accept-Language": "de"}).text


def test_a_language_that_does_not_exist_is_none(client, person):
    assert client.post("/lang/xx").status_code == 404
    assert client.get("/lang/en").status_code == 405
    with client.session_transaction() as session:
        session["locale"] = "xx"  # of an older version
    assert language_of(client) == "de"


def test_the_catalogue_is_complete():
    assert catalogue.check(ROOT, ROOT / "translations") == []


def test_a_stale_or_fuzzy_catalogue_is_found(tmp_path):
    target = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    target.parent.mkdir(parents=True)
    text = PO.read_text(encoding="utf-8")
    broken = text.replace('msgid "Contracts"', 'msgid "Kontracts"', 1)
    broken = broken.replace('msgid "Contact"\n', '#, fuzzy\nmsgid "Contact"\n', 1).replace(
        '"Verwaltung"', '""', 1
    )
    target.write_text(broken, encoding="utf-8")
    found = "\n".join(catalogue.check(ROOT, tmp_path))
    for expected in ("not in the catalogue: |Contracts", "no longer in the source: |Kontracts"):
        assert expected in found
    assert found.count("not translated") >= 2


def test_no_page_shows_english_to_a_german(client, person, app, database, full_office):
    """Every text that is an English source string must be its German translation."""
    with PO.open("rb") as file:
        english = {
            m.id for m in read_po(file, locale="de") if isinstance(m.id, str) and m.id and m.id != m.string
        }
        file.seek(0)
        german = {m.string for m in read_po(file, locale="de") if m.id}
    english -= german  # "Name", "Position" … are both
    english.discard("English")  # the language is called so by who wants it
    make.sign_in(client, person, "de")
    rows = {
        view.datamodel.obj: database.query(view.datamodel.obj.id).limit(1).scalar() for view in views(app)
    }
    wrong = {}
    for address in addresses(app, rows):
        page = client.get(address)
        assert page.status_code == 200, address
        leftovers = {text.rstrip(" *:") for text in texts(page.text)} & english
        if leftovers:
            wrong[address] = sorted(leftovers)
    assert not wrong


def test_a_catalogue_is_replaced_whole_while_others_read_it(tmp_path, monkeypatch):
    source = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    shutil.copy(ROOT / "translations" / "de" / "LC_MESSAGES" / "messages.po", source)
    target = source.with_suffix(".mo")
    target.write_bytes(b"older")
    os.utime(target, (0, 0))
    write = catalogue.write_mo

    def look(file, messages):
        write(file, messages)
        assert target.read_bytes() == b"older"

    monkeypatch.setattr(catalogue, "write_mo", look)
    catalogue.compile_all(tmp_path)
    assert len(target.read_bytes()) > 10_000
    assert sorted(path.name for path in target.parent.iterdir()) == ["messages.mo", "messages.po"]
