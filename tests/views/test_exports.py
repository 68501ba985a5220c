"""A file holds exactly those who may be written to, leaves a receipt, and can be called back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess

import openpyxl
import pytest
from sqlalchemy import insert

from app.access import Role
from app.core import clock
from app.models.languages import Language
from app.models.newsletters import Topic
from app.models.receipts import FileContent, FileStatus, Receipt, ReceiptEntry
from app.models.subscribers import (
    ChosenTopic,
    Delivery,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.reports.exports import LAYOUTS
from app.reports.exports import people as pieces
from app.services import links
from app.views import exports
from tests import factories as make

EVERYBODY = [name for name, layout in LAYOUTS.items() if layout.content is FileContent.SUBSCRIBERS]
CONFIRMED, OPEN, GONE = (
    SubscriptionStatus.CONFIRMED, SubscriptionStatus.UNCONFIRMED, SubscriptionStatus.UNSUBSCRIBED,
)  # fmt: skip


@pytest.fixture
def root(database):
    return make.office("Servicestelle")


@pytest.fixture
def office(root):
    return make.office("LAG", parent=root)


@pytest.fixture
def letter(office):
    return make.newsletter(office, "Rundbrief")


@pytest.fixture
def editor(client, office):
    return make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)), "de")


def line(letter, email, status=CONFIRMED, **more):
    person = make.subscriber(letter.office, email, **more)
    return make.subscription(person, letter, status=status)


def take(client, letter, layout="listmonk", status=200, **form):
    """Download a file; give its bytes, or the page where it's refused."""
    data = {"layout": layout, "purpose": "Ausgabe Mai", **form}
    with client.post(f"/exports/{letter.id}", data=data) as answer:
        assert answer.status_code == status
        return answer.data if "Content-Disposition" in answer.headers else answer.text


def addresses(data, layout="listmonk"):
    """Read the addresses out of a file of any layout."""
    if layout == "xlsx":
        rows = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2, values_only=True)
        return [row[0] for row in rows]
    if layout == "vcard":
        return re.findall(r"^EMAIL:(.*)\r$", data.decode(), re.MULTILINE)
    rows = table(data, ";" if layout == "csv" else ",")
    return [next(row[name] for name in row if name.casefold() in {"email", "e-mail"}) for row in rows]


def table(data, delimiter=","):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=delimiter))


# --- who gets into a file -------------------------------------------------------------------------------------
@pytest.fixture
def census(letter, database):
    """1,248 records: 1,031 confirmed, 143 unconfirmed, 61 unsubscribed, 13 confirmed that bounce for good."""
    states = [(CONFIRMED, Delivery.OK)] * 1000 + [(CONFIRMED, Delivery.SOFT)] * 31
    states += [(OPEN, Delivery.OK)] * 143 + [(GONE, Delivery.OK)] * 61 + [(CONFIRMED, Delivery.HARD)] * 13
    for number, (status, delivery) in enumerate(states):
        person = Subscriber(
            office_id=letter.office_id, email=f"p{number}@example.org", delivery=delivery,
            first_name="Jörg", last_name="Müßig-Ångström" if number % 2 else None,
        )  # fmt: skip
        person.subscriptions.append(Subscription(newsletter=letter, status=status))
        database.add(person)
    database.commit()
    return [f"p{number}@example.org" for number in range(1031)]


def test_every_layout_holds_exactly_the_confirmed_and_reached(editor, letter, census, database):
    for number, layout in enumerate(EVERYBODY, 1):
        assert sorted(addresses(take(editor, letter, layout), layout)) == sorted(census), layout
        receipt = database.query(Receipt).order_by(Receipt.id.desc()).first()
        assert (receipt.format, receipt.rows, receipt.status) == (layout, 1031, FileStatus.COMPLETE)
        assert database.query(Receipt).count() == number
        assert database.query(ReceiptEntry).filter_by(receipt_id=receipt.id).count() == 1031


def test_the_blocklist_holds_who_left(editor, letter, census):
    assert len(addresses(take(editor, letter, "listmonk-blocklist"))) == 61


REFUSALS = {
    "unconfirmed": {"status": OPEN},
    "unsubscribed": {"status": GONE},
    "hard": {"delivery": Delivery.HARD},
    "complaint": {"delivery": Delivery.COMPLAINT},
    "blocked": {"blocked_at": clock.now()},
    "erased": {"erased_at": clock.now()},
}


@pytest.mark.parametrize("case", REFUSALS)
def test_one_thing_that_speaks_against_a_person_is_enough(editor, letter, case):
    line(letter, "yes@example.org")
    line(letter, "no@example.org", **REFUSALS[case])
    assert addresses(take(editor, letter)) == ["yes@example.org"]


def test_a_contact_who_wants_no_e_mail_is_in_no_file_whatever_the_subscription_says(editor, office, letter):
    line(letter, "no@example.org", contact=make.contact(office, do_not_email=True))
    line(letter, "yes@example.org", contact=make.contact(office, do_not_email=False))
    # The same person, whom nobody linked; and somebody of another office, who has said nothing here.
    line(letter, "same@example.org")
    make.contact(office, email="Same@Example.org", do_not_email=True)
    make.contact(make.office("Andere"), email="yes@example.org", do_not_email=True)
    assert addresses(take(editor, letter)) == ["yes@example.org"]
    assert addresses(take(editor, letter, "listmonk-blocklist")) == ["no@example.org", "same@example.org"]


def test_the_status_is_that_of_the_moment_at_which_a_piece_is_read(editor, letter, database, monkeypatch):
    """Who withdraws while the file is being sent isn't in the pieces that come then."""
    monkeypatch.setattr(pieces, "SIZE", 2)
    lines = [line(letter, f"p{number}@example.org") for number in range(6)]
    database.commit()
    answer = editor.post(f"/exports/{letter.id}", data={"layout": "listmonk", "purpose": "Mai"})
    parts = answer.iter_encoded()
    start = next(parts) + next(parts)
    lines[5].status = GONE
    database.commit()
    assert addresses(start + b"".join(parts)) == [f"p{number}@example.org" for number in range(5)]
    answer.close()


def test_a_file_is_of_one_newsletter(editor, office, letter):
    other = make.newsletter(office, "Anderer")
    line(letter, "here@example.org")
    line(other, "there@example.org")
    assert addresses(take(editor, letter)) == ["here@example.org"]
    assert addresses(take(editor, other)) == ["there@example.org"]


def test_topics_and_language_narrow_a_file(editor, letter, database):
    letter.topics = [Topic(name="Hilfe"), Topic(name="Recht")]
    database.flush()
    aid, law = letter.topics
    for email, topic, language in (
        ("aid@example.org", aid, Language.GERMAN),
        ("law@example.org", law, Language.GERMAN),
        ("all@example.org", None, Language.ENGLISH),
    ):
        found = line(letter, email, language=language)
        if topic:
            found.topics.append(ChosenTopic(topic=topic))
    assert addresses(take(editor, letter, topics=aid.id)) == ["aid@example.org", "all@example.org"]
    assert addresses(take(editor, letter, topics=[aid.id, law.id], language="de")) == [
        "aid@example.org", "law@example.org",
    ]  # fmt: skip
    receipt = database.query(Receipt).order_by(Receipt.id.desc()).first()
    assert receipt.filter == "Newsletter: Rundbrief\nThemen: Hilfe, Recht\nSprache: Deutsch"
    assert addresses(take(editor, letter, language="en")) == ["all@example.org"]


# --- what stands in it ----------------------------------------------------------------------------------------
@pytest.fixture
def ana(letter, database):
    letter.topics = [Topic(name="Hilfe"), Topic(name="Recht; Steuern")]
    found = line(letter, "ana@example.org", first_name="Änne", last_name='O"Größ, jr.')
    found.topics.extend(ChosenTopic(topic=topic) for topic in letter.topics)
    database.commit()
    return found


@pytest.fixture
def leave(app):
    """Read the subscription that an address ends."""

    def leave(address):
        start, _slash, token = address.rpartition("/")
        assert start == f"{app.config['PUBLIC_URL']}/newsletter/leave"
        return links.leaves(token)

    return leave


def test_listmonk_gets_three_columns_and_attributes_as_json(editor, letter, ana, leave):
    data = take(editor, letter)
    assert data.startswith(b"email,name,attributes\r\n")
    [row] = table(data)
    assert (row["email"], row["name"]) == ("ana@example.org", 'Änne O"Größ, jr.')
    attributes = json.loads(row["attributes"])
    assert leave(attributes.pop("unsubscribe_url")) == ana.id
    assert attributes == {
        "uuid": ana.subscriber.uuid, "first_name": "Änne", "last_name": 'O"Größ, jr.', "language": "de",
        "topics": ["Hilfe", "Recht; Steuern"],
    }  # fmt: skip


def test_civicrm_gets_its_field_names(editor, letter, ana, leave):
    [row] = table(take(editor, letter, "civicrm"))
    assert leave(row.pop("Unsubscribe URL")) == ana.id
    assert row == {
        "External Identifier": ana.subscriber.uuid, "First Name": "Änne", "Last Name": 'O"Größ, jr.',
        "Email": "ana@example.org", "Preferred Language": "de_DE", "Topics": "Hilfe, Recht; Steuern",
    }  # fmt: skip


def test_keila_gets_the_columns_of_its_template_and_no_other(editor, letter, ana, leave):
    data = take(editor, letter, "keila")
    assert data.startswith(b"Email,First name,Last name,Data,External ID\r\n")
    [row] = table(data)
    values = json.loads(row["Data"])
    assert leave(values.pop("unsubscribe_url")) == ana.id
    assert values == {"language": "de", "topics": ["Hilfe", "Recht; Steuern"]}
    assert row["External ID"] == ana.subscriber.uuid


def test_mautic_gets_aliases_and_tags(editor, letter, ana, leave):
    [row] = table(take(editor, letter, "mautic"))
    assert leave(row.pop("unsubscribe_url")) == ana.id
    assert row == {
        "email": "ana@example.org", "firstname": "Änne", "lastname": 'O"Größ, jr.', "preferred_locale": "de",
        "tags": "Hilfe|Recht; Steuern", "subscriber_uuid": ana.subscriber.uuid,
    }  # fmt: skip


def test_a_card_is_folded_and_escaped(editor, letter, ana, leave):
    data = take(editor, letter, "vcard")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert data.endswith(b"END:VCARD\r\n")
    lines = data.replace(b"\r\n ", b"").decode().split("\r\n")
    address = next(one for one in lines if one.startswith("URL"))
    assert leave(address.removeprefix("URL;TYPE=x-unsubscribe:")) == ana.id
    assert [one for one in lines if one and one is not address] == [
        "BEGIN:VCARD", "VERSION:4.0", f"UID:urn:uuid:{ana.subscriber.uuid}", 'FN:Änne O"Größ\\, jr.',
        'N:O"Größ\\, jr.;Änne;;;', "EMAIL:ana@example.org", "LANG:de", "CATEGORIES:Hilfe,Recht\\; Steuern",
        "END:VCARD",
    ]  # fmt: skip


def test_german_excel_gets_semicolons_and_a_bom(editor, letter, ana, leave):
    data = take(editor, letter, "csv")
    assert data.startswith("\ufeffE-Mail;Vorname;Nachname;Sprache;Themen;".encode())
    [row] = table(data, ";")
    assert [*row.values()][:5] == [
        "ana@example.org", "Änne", 'O"Größ, jr.', "Deutsch", "Hilfe, Recht; Steuern",
    ]  # fmt: skip
    assert leave(row["Link zum Abmelden"]) == ana.id
    assert row["Kennung"] == ana.subscriber.uuid


def test_a_name_is_no_formula_and_an_address_stays_the_same_mailbox(editor, letter):
    """RFC 5321, 4.1.2: quotation marks round a local part change nothing."""
    line(letter, "+tag@example.org", first_name="=1+1", last_name="@SUM(A1)")
    [row] = table(take(editor, letter, "csv"), ";")
    assert row["E-Mail"] == '"+tag"@example.org'
    assert (row["Vorname"], row["Nachname"]) == ("'=1+1", "'@SUM(A1)")
    assert addresses(take(editor, letter, "xlsx"), "xlsx") == ["+tag@example.org"]
    assert addresses(take(editor, letter)) == ["+tag@example.org"]


NEEDS_OFFICE = pytest.mark.skipif(
    shutil.which("soffice") is None and os.environ.get("CI") != "true", reason="LibreOffice isn't installed"
)


@NEEDS_OFFICE
@pytest.mark.parametrize("layout", ["csv", "xlsx"])
def test_libreoffice_opens_it_with_all_rows_and_umlauts(editor, letter, census, layout, tmp_path):
    (tmp_path / f"export.{layout}").write_bytes(take(editor, letter, layout))
    out = "csv:Text - txt - csv (StarCalc):44,34,76"
    # What Excel does with a German file: semicolons, quotation marks, UTF-8 for its BOM.
    read = ["--infilter=Text - txt - csv (StarCalc):59,34,76"] if layout == "csv" else []
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", *read,
         "--convert-to", out, "--outdir", str(tmp_path / "out"), str(tmp_path / f"export.{layout}")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    rows = table((tmp_path / "out" / "export.csv").read_bytes())
    assert sorted(row["E-Mail"] for row in rows) == sorted(census)
    assert {row["Vorname"] for row in rows} == {"Jörg"}
    assert {row["Nachname"] for row in rows} == {"Müßig-Ångström", ""}


def test_no_file_holds_notes(editor, office, letter):
    """Not even those of the contact to whom a subscriber belongs."""
    line(letter, "ana@example.org", contact=make.contact(office, notes="geheim", source="geheim"))
    for layout in EVERYBODY:
        data = take(editor, letter, layout)
        text = data.decode("utf-8", "replace")
        if layout == "xlsx":
            cells = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
            text = str(list(cells))
        assert "geheim" not in text


# --- the receipt ----------------------------------------------------------------------------------------------
def test_a_file_has_a_receipt_of_the_newsletters_office(client, root, letter, database):
    """Whoever takes it: the office can tell a person who asks where the address went."""
    line(letter, "ana@example.org")
    person = make.staff(Role.NEWSLETTER_EDITOR, offices=(root,), last_name="Root")
    data = take(make.sign_in(client, person), letter)
    receipt = database.query(Receipt).one()
    assert (receipt.office_id, receipt.created_by) == (letter.office_id, str(person))
    assert (receipt.title, receipt.format, receipt.purpose) == ("Rundbrief", "listmonk", "Ausgabe Mai")
    assert (receipt.rows, receipt.sha256) == (1, hashlib.sha256(data).hexdigest())
    assert (receipt.content, receipt.status) == (FileContent.SUBSCRIBERS, FileStatus.COMPLETE)


def test_an_empty_file_has_a_receipt_too(editor, letter, database):
    assert take(editor, letter) == b"email,name,attributes\r\n"
    assert database.query(Receipt).one().rows == 0


def test_the_receipt_is_there_before_the_first_byte_and_says_how_much_was_sent(
    editor, letter, database, monkeypatch
):
    monkeypatch.setattr(pieces, "SIZE", 2)
    for number in range(6):
        line(letter, f"p{number}@example.org")
    database.commit()
    answer = editor.post(f"/exports/{letter.id}", data={"layout": "listmonk", "purpose": "Mai"})
    receipt = database.query(Receipt).one()
    assert (receipt.status, receipt.rows) == (FileStatus.BEGUN, 0)
    parts = answer.iter_encoded()
    sent = next(parts) + next(parts) + next(parts)
    answer.close()
    database.expire_all()
    assert (receipt.status, receipt.rows) == (FileStatus.BROKEN_OFF, 4)
    assert receipt.sha256 == hashlib.sha256(sent).hexdigest()
    assert database.query(ReceiptEntry).count() == 4


def test_a_file_that_fails_is_broken_off(editor, letter, database, monkeypatch):
    line(letter, "ana@example.org")
    database.commit()

    def fail(*_arguments):
        raise RuntimeError

    monkeypatch.setattr(exports.links, "leaving", fail)
    answer = editor.post(f"/exports/{letter.id}", data={"layout": "keila", "purpose": "Mai"})
    with pytest.raises(RuntimeError):
        b"".join(answer.iter_encoded())
    database.expire_all()
    receipt = database.query(Receipt).one()
    assert (receipt.status, receipt.rows) == (FileStatus.BROKEN_OFF, 0)


def test_a_look_at_the_page_takes_nothing(editor, letter, database):
    line(letter, "ana@example.org")
    query = {"layout": "csv", "purpose": "Mai"}
    page = editor.get(f"/exports/{letter.id}", query_string=query)
    assert "Content-Disposition" not in page.headers
    assert "1 Person" in page.text
    assert "ana@" not in page.text
    assert database.query(Receipt).count() == 0


# --- what is refused ------------------------------------------------------------------------------------------
def test_a_purpose_is_needed_and_what_was_typed_stays(editor, letter, database):
    page = take(editor, letter, "mautic", purpose="  ", language="en")
    assert "Dieses Feld wird benötigt" in page
    assert re.search(r'<input[^>]* checked[^>]*value="mautic"', page)
    assert re.search(r'<option selected value="en"', page)
    assert database.query(Receipt).count() == 0


@pytest.mark.parametrize(
    "form", [{"layout": "pdf"}, {"topics": "900001"}, {"topics": "x"}, {"language": "xx"}]
)
def test_what_was_never_offered_is_refused(editor, letter, form, database):
    take(editor, letter, **{"layout": "csv", **form})
    assert database.query(Receipt).count() == 0


def test_a_purpose_is_text(editor, letter, database):
    take(editor, letter, purpose="Mai\0\n")
    assert database.query(Receipt).one().purpose == "Mai"
    take(editor, letter, purpose="x" * 201)
    assert database.query(Receipt).count() == 1


def test_a_blocklist_is_never_a_part(editor, letter, database):
    page = take(editor, letter, "listmonk-blocklist", language="de")
    assert "Eine Sperrliste enthält alle" in page
    assert database.query(Receipt).count() == 0


def test_a_newsletter_that_is_not_sent_any_more_is_not_offered(editor, letter):
    letter.active = False
    assert "Rundbrief" not in editor.get("/exports/").text
    take(editor, letter, status=404)


# --- who may --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_only_who_may_export_subscribers_gets_a_file(client, office, letter, role, database):
    line(letter, "ana@example.org")
    make.sign_in(client, make.staff(role, offices=(office,)))
    may = role in {Role.ADMINISTRATOR, Role.NEWSLETTER_EDITOR}
    for address in ("/exports/", f"/exports/{letter.id}", f"/proof/{letter.id}"):
        assert client.get(address).status_code == (200 if may else 403)
    data = {"layout": "csv", "purpose": "Mai"}
    for address in (f"/exports/{letter.id}", f"/proof/{letter.id}"):
        with client.post(address, data=data) as answer:
            assert answer.status_code == (200 if may else 403)
            assert (b"ana@example.org" in answer.data) is (may and address.startswith("/exports"))
    assert database.query(Receipt).count() == (2 if may else 0)
    newsletter = client.get(f"/newsletters/show/{letter.id}")
    assert ("/exports/" in newsletter.text) is may


def test_one_office_never_gets_what_another_has(client, root, office, letter, database):
    there = make.office("Dort", parent=root)
    other = make.newsletter(there, "Fremder Brief")
    line(other, "secret@example.org")
    line(letter, "own@example.org")
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)), "de")
    assert "Fremder" not in client.get("/exports/").text
    for address in (f"/exports/{other.id}", f"/proof/{other.id}", "/exports/x", "/exports/99999999999"):
        assert client.get(address).status_code == 404
        assert client.post(address, data={"layout": "csv", "purpose": "Mai"}).status_code == 404
    assert addresses(take(client, letter)) == ["own@example.org"]
    # The receipt of a file of the other office is no way to it either.
    foreign = make.receipt(there, content=FileContent.SUBSCRIBERS, newsletter=other)
    assert client.post(f"/exports/removal/{foreign.id}/csv").status_code == 404


def test_a_line_that_somehow_leads_to_another_office_is_left_out(client, root, office, letter, database):
    """The session narrows each row, so that a mistake in the data is no leak."""
    stranger = make.subscriber(make.office("Dort", parent=root), "secret@example.org")
    database.execute(
        insert(Subscription.__table__).values(
            office_id=office.id, subscriber_id=stranger.id, newsletter_id=letter.id, status="confirmed", version=1,
            created_at=clock.now(), created_by="", changed_at=clock.now(), changed_by="",
        )
    )  # fmt: skip
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    assert addresses(take(client, letter)) == []


@pytest.mark.parametrize("base", ["subscribers", "subscriptions", "consents"])
def test_people_of_a_newsletter_leave_the_house_by_no_list(client, office, base):
    """A list knows no purpose, and nothing would tell later who was in the file."""
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    make.consent(make.subscription(make.subscriber(office), make.newsletter(office)))
    page = client.get(f"/{base}/list/").text
    assert "/exports/" in page
    assert f"/{base}/export/" not in page
    assert 'value="csv"' not in page
    assert client.get(f"/{base}/export/csv").status_code == 404
    assert client.post(f"/{base}/bulk", data={"rowid": "1", "act": "csv"}).status_code == 403


def test_the_name_of_a_file_says_what_it_is_for(editor, letter):
    """A blocklist that is taken for a list would be written to."""
    names = {}
    for layout in ("listmonk", "listmonk-blocklist"):
        with editor.post(f"/exports/{letter.id}", data={"layout": layout, "purpose": "May"}) as answer:
            names[layout] = answer.headers["Content-Disposition"]
            assert answer.headers["Content-Type"].count("charset") == 1
    assert names["listmonk"] != names["listmonk-blocklist"]
