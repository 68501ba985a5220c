"""Mails arrive as they were written, at those whom they're for and at nobody else."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import stat
import subprocess
from email import policy
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader

from app.core import clock, mail, queue, spool
from tests.background import run_all
from tests.core.smtp import Box, serving

TEMPLATES = {
    "mail/greeting.txt": """{% extends "mail/base.txt" %}
{% block subject %}{{ _("Welcome, %(name)s", name=name) }}{% endblock %}
{% block content %}{{ _("Welcome, %(name)s", name=name) }}



<b>{{ word }}</b>{% endblock %}""",
    "mail/greeting.html": """{% extends "mail/base.html" %}
{% block content %}<h1>{{ _("Welcome, %(name)s", name=name) }}</h1><p>{{ word }}</p>{% endblock %}""",
}
ANNA = ("Anna Übermut", "anna@example.org")
LINK = "https://buero.example.org/unsubscribe/" + "a-b_c.d" * 30


@pytest.fixture
def app(on_sqlite, monkeypatch, tmp_path):
    """An application whose mails stay in a folder of the test's."""
    loader = ChoiceLoader([DictLoader(TEMPLATES), on_sqlite.jinja_env.loader])
    monkeypatch.setattr(on_sqlite.jinja_env, "loader", loader)
    for name, value in {
        "DATA_DIR": tmp_path,
        "MAIL_SENDER": "Marktbüro Süd <buero@example.org>",
        "MAIL_USE_TLS": False,
        "MAIL_TIMEOUT": 5,
    }.items():
        monkeypatch.setitem(on_sqlite.config, name, value)
    with on_sqlite.app_context():
        yield on_sqlite


def write(to=ANNA, language="de", **more):
    return mail.compose("greeting", to, language, **{"name": "Anna", "word": "Grüße", **more})


def arrived(message, **more):
    """Give a mail as the recipient reads it: sent, and read from the bytes."""
    mail.send(message)
    folder = mail.spool_folder()
    return spool.read(folder, spool.names(folder)[0])


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


# --- Writing --------------------------------------------------------------------------------------------------
def test_a_mail_is_written_in_the_language_of_the_recipient(app):
    german, english = arrived(write(language="de")), arrived(write(language="en"))
    assert german["Subject"] == "Willkommen, Anna"
    assert english["Subject"] == "Welcome, Anna"
    assert text_of(german).startswith("Willkommen, Anna\n\n<b>Grüße</b>\n\n-- \nMarktbüro\n")
    assert '<html lang="de">' in text_of(german, "html")
    assert "<h1>Welcome, Anna</h1>" in text_of(english, "html")
    assert [part.get_content_type() for part in german.iter_parts()] == ["text/plain", "text/html"]


def test_html_is_escaped_and_text_is_not(app):
    message = arrived(write(word="<script>", name="A & B"))
    assert "&lt;script&gt;" in text_of(message, "html")
    assert "<script>" in text_of(message)
    assert message["Subject"] == "Willkommen, A & B"


def test_the_headers_say_who_when_and_that_no_person_wrote_it(app):
    before = clock.now().replace(microsecond=0)
    message = arrived(write())
    assert before <= parsedate_to_datetime(str(message["Date"])) <= clock.now()
    assert re.fullmatch(r"<[^<>@\s]+@example\.org>", message["Message-ID"])
    assert message["Message-ID"] != arrived(write())["Message-ID"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None


def test_another_sender_is_named_and_its_domain_marks_the_mail(app):
    message = arrived(write(sender=("Freiwilligen-Agentur, Nord", "nord@agentur.example")))
    (author,) = message["From"].addresses
    assert (author.display_name, author.addr_spec) == ("Freiwilligen-Agentur, Nord", "nord@agentur.example")
    assert message["Message-ID"].endswith("@agentur.example>")


def test_one_click_unsubscribes(app):
    message = write(unsubscribe=LINK)
    # Encoded or folded, as Python and Flask-Mail would, mail programs don't find the address.
    assert f"\r\nList-Unsubscribe: <{LINK}>\r\n".encode() in message.as_bytes()
    received = arrived(message)
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert LINK in text_of(received)
    assert LINK in text_of(received, "html")


@pytest.mark.parametrize(
    "link",
    [
        "mailto:x@y.example",
        "https://x.example/\r\nBcc: b@x",
        "https://x.example/> , <mailto:x",
        "https://x.example/ü",
        "",
    ],
)
def test_an_unsubscribe_link_that_no_program_could_follow_is_refused(app, link):
    with pytest.raises(ValueError, match="http"):
        write(unsubscribe=link)


BREAKS = ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\x00"]


@pytest.mark.parametrize("broken", BREAKS, ids=ascii)
def test_a_line_break_makes_no_header(app, broken):
    evil = f"Anna{broken}Bcc: all@example.org"
    message = write(to=(evil, "anna@example.org"), name=evil, sender=(evil, "buero@example.org"))
    received = arrived(message)
    assert received["Bcc"] is None
    assert received["Subject"] == "Willkommen, Anna Bcc: all@example.org"
    assert received["To"].addresses[0].display_name == "Anna Bcc: all@example.org"
    assert received["From"].addresses[0].display_name == "Anna Bcc: all@example.org"
    assert [one.addr_spec for one in received["To"].addresses] == ["anna@example.org"]


@pytest.mark.parametrize(
    "address",
    ["", "anna", "@example.org", "anna@", "a@b@example.org", "anna@exa mple.org", "an na@example.org",
     "anna@example.org, all@example.org", "<anna@example.org>", "anna@example.org>", "anna@example..org", "anna@-",
     *(f"anna{broken}@example.org" for broken in BREAKS), *(f"anna@example.org{broken}Bcc: x@y" for broken in BREAKS)],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_address_is_refused(app, address):
    for more in ({"to": address}, {"to": ("Anna", address)}, {"sender": ("Büro", address)}):
        with pytest.raises(ValueError, match=r"address|label|codec"):
            write(**more)


@pytest.mark.parametrize(
    ("name", "address", "reached"),
    [
        ("Jörg Groß-Müller", "joerg@example.org", "joerg@example.org"),
        ('Müller, Anna "Ä"', "anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("", "jörg.müller@bücher.example", "jörg.müller@xn--bcher-kva.example"),
        ("Ж" * 90, "a+b@example.org", "a+b@example.org"),
    ],
)
def test_umlauts_survive(app, name, address, reached):
    subject = "Größe & Übermut – " * 9
    received = arrived(write(to=(name, address), name=subject))
    (person,) = received["To"].addresses
    assert (person.display_name, person.addr_spec) == (name, reached)
    assert received["Subject"] == f"Willkommen, {subject}".strip()
    assert received["From"].addresses[0].display_name == "Marktbüro Süd"
    assert "Grüße" in text_of(received)
    assert "Grüße" in text_of(received, "html")


def test_the_mail_is_short_lines_of_ascii(app):
    raw = write(word="ö" * 3000).as_bytes(policy=policy.SMTP)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_the_frame_of_all_mails_loads_nothing_and_suits_the_dark(app):
    html = text_of(arrived(write(unsubscribe=LINK)), "html")
    assert 'name="color-scheme" content="light dark"' in html
    assert not re.search(r"<img|<link|<script|@import|url\(|src=|color:|background", html)
    assert re.findall(r'href="([^"]+)"', html) == [LINK]


# --- The folder -----------------------------------------------------------------------------------------------
def test_a_mail_that_stays_is_a_file_of_the_owner_alone(app, tmp_path):
    mail.send(write())
    (path,) = (tmp_path / "spool").iterdir()
    assert re.fullmatch(r"\d{8}T\d{12}-[0-9a-f]{16}\.eml", path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert abs((spool.moment(path.stem) - clock.now()).total_seconds()) < 5


def test_the_newest_comes_first_and_other_files_are_none(app, tmp_path):
    for name in "abc":
        mail.send(write(name=name))
    folder = tmp_path / "spool"
    (folder / "notes.eml").write_text("x")
    (folder / ".draft").write_text("x")
    subjects = [spool.read(folder, name)["Subject"] for name in spool.names(folder)]
    assert subjects == ["Willkommen, c", "Willkommen, b", "Willkommen, a"]
    assert spool.names(tmp_path / "nowhere") == []


def test_a_mail_that_can_not_be_written_leaves_nothing(app, tmp_path, monkeypatch):
    mail.send(write())
    monkeypatch.setattr("pathlib.Path.replace", lambda *_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mail.send(write())
    assert len(list((tmp_path / "spool").iterdir())) == 1


# --- The server -----------------------------------------------------------------------------------------------
@pytest.fixture
def port(app, monkeypatch):
    """A free port, which the settings name."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1")
    monkeypatch.setitem(app.config, "MAIL_PORT", free)
    return free


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key and its certificate for this machine, signed by nobody else."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*make.split(), "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    with path.open("a") as file:
        file.write(Path(f"{path}.crt").read_text())
    return path


def test_a_mail_reaches_the_server_and_stays_nowhere_else(app, port):
    box = Box()
    with serving(box, port):
        mail.send(write(to=("Jörg", "joerg@bücher.example"), unsubscribe=LINK))
    assert box.recipients == ["joerg@xn--bcher-kva.example"]
    assert box.mails[0]["Subject"] == "Willkommen, Anna"
    assert box.mails[0]["List-Unsubscribe"] == f"<{LINK}>"
    assert box.raw[0].isascii()
    assert text_of(box.mails[0]).startswith("Willkommen, Anna\n")
    assert not mail.spool_folder().exists()


def test_an_umlaut_before_the_at_reaches_a_server_that_knows_it(app, port):
    box = Box()
    with serving(box, port):
        mail.send(write(to="jörg@example.org"))
    assert box.recipients == ["jörg@example.org"]
    assert "To: jörg@example.org".encode() in box.raw[0]


def test_in_the_demo_nothing_is_sent_whatever_is_configured(app, port, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)
    box = Box()
    with serving(box, port):
        mail.send(write())
    assert box.mails == []
    assert len(spool.names(mail.spool_folder())) == 1


def test_a_server_that_offers_no_encryption_gets_neither_password_nor_mail(app, port, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_USE_TLS", True)
    monkeypatch.setitem(app.config, "MAIL_USERNAME", "buero")
    box = Box()
    login = {"authenticator": box.authenticate, "auth_require_tls": False}
    with serving(box, port, **login), pytest.raises(smtplib.SMTPNotSupportedError):
        mail.send(write())
    assert box.mails == []


def test_a_server_that_says_nothing_is_not_waited_for(app, port, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_TIMEOUT", 0.3)
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"),
    ):
        mail.send(write())


@pytest.mark.parametrize("encrypted", ["MAIL_USE_TLS", "MAIL_USE_SSL"])
def test_another_server_under_the_name_is_not_trusted(app, port, monkeypatch, encrypted, certificate):
    """Python's STARTTLS would take any certificate, and Flask-Mail leaves it at that."""
    monkeypatch.setitem(app.config, encrypted, True)
    box = Box()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    more = {"tls_context": context} if encrypted == "MAIL_USE_TLS" else {"ssl_context": context}
    with serving(box, port, **more), pytest.raises(ssl.SSLCertVerificationError):
        mail.send(write())
    assert box.mails == []
    default = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda **_more: default(cafile=certificate))
    with serving(box, port, **more):
        mail.send(write())
    assert len(box.mails) == 1


# --- With the queue -------------------------------------------------------------------------------------------
@pytest.fixture
def posting(app, monkeypatch):
    """A task that sends a mail, and is tried again at once."""
    monkeypatch.setattr(queue, "TASKS", {})
    monkeypatch.setitem(app.extensions, "queue", None)
    queue.init_app(app)

    @queue.task("tests.post", delay=0, retries=1)
    def _post():
        mail.send(write())

    yield lambda: queue.enqueue("tests.post")
    queue.huey_of(app).storage.close()


def once(app):
    huey = queue.huey_of(app)
    huey.execute(huey.dequeue())


def test_a_server_that_is_down_gets_the_mail_later(app, port, posting):
    posting()
    once(app)
    box = Box()
    with serving(box, port):
        assert run_all(app) == 1
    assert len(box.mails) == 1


def test_a_password_that_is_wrong_is_tried_again(app, port, posting, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_USERNAME", "buero")
    monkeypatch.setitem(app.config, "MAIL_PASSWORD", "wrong")
    box = Box()
    with serving(box, port, authenticator=box.authenticate, auth_require_tls=False):
        posting()
        once(app)
        assert box.mails == []
        monkeypatch.setitem(app.config, "MAIL_PASSWORD", "right")
        assert run_all(app) == 1
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    ("answer", "error"), [("550 no such user", mail.RefusedError), ("451 later", smtplib.SMTPException)]
)
def test_a_refused_address_tells_whether_to_try_again_and_is_not_named(app, port, answer, error):
    box = Box()
    box.answer = f"{answer} anna@example.org"
    with serving(box, port), pytest.raises(error) as caught:
        mail.send(write())
    assert caught.type is error
    assert answer[:3] in str(caught.value)
    assert "anna" not in repr(caught.value)
    assert caught.value.__suppress_context__
