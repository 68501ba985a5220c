"""The page of the mails that stay here: who may read them, and what they can't do."""

from __future__ import annotations

import re
from html import escape

import pytest
from jinja2 import ChoiceLoader, DictLoader

from app.access import Role
from app.core import mail, spool
from tests import factories as make

TEMPLATES = {
    "mail/note.txt": '{% block subject %}{{ subject }}{% endblock %}{% extends "mail/base.txt" %}'
    "{% block content %}{{ word }}{% endblock %}",
    "mail/note.html": '{% extends "mail/base.html" %}{% block content %}<p onclick="x">{{ word }}</p>{% endblock %}',
}
NOBODY, READER, ADMIN = "nobody", Role.READER, Role.ADMINISTRATOR


@pytest.fixture
def folder(app, database, monkeypatch, tmp_path):
    """The folder of the mails, a test's own."""
    loader = ChoiceLoader([DictLoader(TEMPLATES), app.jinja_env.loader])
    monkeypatch.setattr(app.jinja_env, "loader", loader)
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    return mail.spool_folder()


@pytest.fixture
def demo(app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)


def put(folder, subject="Willkommen", word="Grüße", to="anna@example.org"):
    return spool.keep(folder, mail.compose("note", to, "de", subject=subject, word=word))


@pytest.fixture
def browser(app, database):
    """Give a browser in which somebody of a role is signed in, or nobody."""
    office = make.office("LAG", parent=make.office("Servicestelle"))

    def opened(role):
        client = app.test_client()
        return client if role == NOBODY else make.sign_in(client, make.staff(role, offices=(office,)))

    return opened


# --- Who may --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "in_demo", "sends", "status"),
    [
        (NOBODY, False, False, 302),
        (NOBODY, True, False, 302),
        (READER, True, False, 200),
        (READER, False, False, 403),
        (ADMIN, True, False, 200),
        (ADMIN, False, False, 200),
        (READER, False, True, 404),
        (ADMIN, False, True, 404),
        (READER, True, True, 200),  # the demo sends nothing, whatever is configured
    ],
)
def test_who_may_read_the_mails(app, folder, browser, monkeypatch, role, in_demo, sends, status):
    monkeypatch.setitem(app.config, "DEMO", in_demo)
    monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.example.org" if sends else "")
    name, client = put(folder), browser(role)
    for address in ("/outbox/", f"/outbox/{name}", f"/outbox/{name}/html"):
        answer = client.get(address)
        assert answer.status_code == status, address
        assert ("Willkommen" in answer.text or "Grüße" in answer.text) is (status == 200), address
        assert (answer.location or "").startswith("/login/") is (status == 302), address


@pytest.mark.parametrize(("role", "there"), [(NOBODY, False), (READER, True)])
def test_the_bar_of_the_demo_leads_there(folder, browser, demo, role, there):
    page = browser(role).get("/account/" if there else "/login/").text
    assert ('href="/outbox/"' in page) is there


def test_nothing_leads_there_elsewhere(folder, browser):
    assert 'href="/outbox/"' not in browser(ADMIN).get("/account/").text


# --- What they show -------------------------------------------------------------------------------------------
def test_the_newest_stands_first(folder, browser, demo):
    for number in range(3):
        put(folder, f"Nummer {number}", to=("Jörg Müller", f"jörg{number}@example.org"))
    table = browser(READER).get("/outbox/")
    assert re.findall(r"Nummer \d", table.text) == ["Nummer 2", "Nummer 1", "Nummer 0"]
    assert escape("Jörg Müller <jörg2@example.org>") in table.text


def test_an_empty_folder_says_so(folder, browser, demo):
    assert "No e-mail yet." in browser(READER).get("/outbox/").text


def test_the_list_ends_and_says_how_many_are_older(folder, browser, demo, monkeypatch):
    monkeypatch.setattr("app.views.outbox.SHOWN", 2)
    for number in range(5):
        put(folder, f"Nummer {number}")
    page = browser(READER).get("/outbox/").text
    assert page.count("Nummer") == 2
    assert "And 3 older ones." in page


def test_a_mail_is_shown_with_its_headers_and_its_text(folder, browser, demo):
    name = put(folder, "Über & über", "Zeile 1\nZeile <2>")
    page = browser(READER).get(f"/outbox/{name}").text
    assert "Über &amp; über" in page
    assert "anna@example.org" in page
    assert "Zeile 1\nZeile &lt;2&gt;" in page


def test_a_mail_that_goes_while_the_list_is_made_is_left_out(folder, browser, demo, monkeypatch):
    names = [put(folder, "Bleibt"), "20260101T000000000000-0123456789abcdef"]
    monkeypatch.setattr(spool, "names", lambda _folder: names)
    page = browser(READER).get("/outbox/").text
    assert (names[0] in page, names[1] in page) == (True, False)


# --- What they can't do ---------------------------------------------------------------------------------------
def test_the_page_of_a_mail_runs_and_loads_nothing(folder, browser, demo):
    client, name = browser(READER), put(folder)
    frame = re.search(r"<iframe[^>]*>", client.get(f"/outbox/{name}").text)[0]
    assert re.search(r"\ssandbox[\s>]", frame)
    answer = client.get(f"/outbox/{name}/html")
    rules = dict(
        rule.strip().partition(" ")[::2] for rule in answer.headers["Content-Security-Policy"].split(";")
    )
    assert rules["default-src"] == "'none'"
    assert rules["sandbox"] == ""
    assert rules["frame-ancestors"] == "'self'"
    assert "script-src" not in rules
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    # All other pages keep theirs.
    other = client.get(f"/outbox/{name}").headers
    assert other["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


OUTSIDE = [
    "..",
    "../secret",
    "..%2Fsecret",
    "%2e%2e%2fsecret",
    "..\\secret",
    "%00",
    "secret",
    "secret.eml",
    ".secret",
]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("end", ["", "/html"])
def test_no_other_file_is_read(folder, browser, demo, name, end):
    put(folder)
    for place in (folder, folder.parent):
        for kind in ("secret", ".secret", "secret.eml", ".secret.eml", ".eml", "..eml"):
            (place / kind).write_text("Subject: secret\n\nsecret")
    answer = browser(READER).get(f"/outbox/{name}{end}")
    assert answer.status_code == 404
    assert spool.read(folder, name) is None


def test_a_name_is_taken_to_the_letter(folder):
    name = put(folder)
    for other in (f"{name}.eml", f"{name}\n", f"../spool/{name}", name.upper() + "x", "²" * len(name)):
        assert spool.read(folder, other) is None
    assert spool.read(folder, name) is not None
