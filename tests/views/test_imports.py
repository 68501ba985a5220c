"""An import as a person meets it: bring a file, assign its columns, look, and let it happen."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select, update

from app.access import Role
from app.core import clock, mail, queue, spool
from app.core.db import db
from app.core.files import folder
from app.jobs import imports as jobs
from app.models.imports import Import, ImportPreset, ImportStatus
from app.models.subscribers import Consent, Subscriber, Subscription, SubscriptionStatus
from app.models.users import Staff
from app.services import importing
from app.views.imports import STALE
from tests import factories as make
from tests import forms
from tests.background import run_all

FILE = b"E-Mail;Vorname;Nachname;Verein\nana@example.org;Ana;J\xc3\xa4ger;A\nnobody;Bo;B;C\n"
PROOF = {
    "consent": "given", "basis": "Signed the list", "consented_on": "12/05/2026", "source": "folder 3",
    "language": "de",
}  # fmt: skip


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def letter(office):
    return make.newsletter(office)


@pytest.fixture
def editor(client, office):
    return make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))


def bring(client, letter, content=FILE, name="liste.csv", kind="subscribers"):
    """Send a file, and give the answer."""
    data = {"newsletter": str(letter.id), "kind": kind, "file": (io.BytesIO(content), name)}
    return client.post("/imports/add", data=data, content_type="multipart/form-data")


def newest():
    return db.session.scalars(select(Import).order_by(Import.id.desc())).first()


def stored():
    return {path.name for path in folder().iterdir()}


def test_a_file_goes_its_way_from_page_to_page(app, editor, letter):
    before = stored()
    answer = bring(editor, letter)
    assert answer.status_code == 302
    page = editor.get(answer.location)
    assert "ana@example.org" in page.text
    record = newest()
    form = forms.opened(editor, answer.location)
    assert [form.fields[f"column_{place}"] for place in range(4)] == ["email", "first_name", "last_name", ""]
    sent = forms.send(editor, answer.location, form, **PROOF)
    assert (sent.status, sent.location) == (302, f"/imports/show/{record.id}")
    shown = editor.get(sent.location).text
    assert "What would happen" in shown
    assert "Import now" in shown
    assert db.session.scalars(select(Subscriber)).all() == []
    assert editor.post(f"/imports/apply/{record.id}").status_code == 302
    assert "being imported" in editor.get(sent.location).text
    assert run_all(app) == 1
    db.session.expire_all()
    assert record.status is ImportStatus.DONE
    assert "What happened" in editor.get(sent.location).text
    assert db.session.scalars(select(Subscriber.email)).all() == ["ana@example.org"]
    proof = db.session.scalars(select(Consent)).one()
    assert proof.actor == record.created_by
    # What was brought is gone, and what has to be corrected is there.
    assert len(stored() - before) == 1
    with editor.get(f"/imports/file/{record.id}/rejected") as file:
        rows = list(openpyxl.load_workbook(io.BytesIO(file.data)).active.values)
    assert rows == [
        ("Row", "Reason", "E-Mail", "Vorname", "Nachname", "Verein"),
        ("3", "This is no e-mail address", "nobody", "Bo", "B", "C"),
    ]


def assigned(client, letter, content=FILE, **more):
    """Bring a file, take the guesses, and give the import."""
    answer = bring(client, letter, content)
    sent = forms.send(client, answer.location, **{**PROOF, **more})
    assert sent.status == 302, (sent.errors, sent.alerts)
    return newest()


# --- Files that are none --------------------------------------------------------------------------------------
def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


BAD = {
    "empty.csv": (b"", "There is no row in this file."),
    "blank.csv": (b"\r\n;;;\r\n", "There is no row in this file."),
    "heading.csv": (b"E-Mail;Name\r\n", "There is no row in this file."),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "This is no table."),
    "wide.csv": (
        b"E-Mail" + b";x" * 999 + b"\na@example.org\n",
        "The file has 1000 columns; at most 200 are taken.",
    ),
    "long.csv": (b"E-Mail\n" + b"a@example.org\n" * 25_001, "The file has more than 25 000 rows."),
    "cell.csv": (b"E-Mail\n" + b"x" * 10_001 + b"\n", "Row 2 has a cell of more than 10 000 characters."),
    "quote.csv": (
        b'E-Mail;Name\na@example.org;"Ana\nb@example.org;Bo\n',
        "From row 2 on, a quotation mark isn",
    ),
    "damaged.xlsx": (b"PK\x03\x04" + b"x" * 500, "This workbook is damaged."),
    "secret.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected by a password"),
    "script.exe": (b"MZ", "Files of this kind aren't taken."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_taken_is_refused_with_the_reason_at_the_field(editor, letter, name):
    content, reason = BAD[name]
    answer = bring(editor, letter, content, name)
    assert answer.status_code == 200
    form = forms.read(answer)
    assert reason in form.errors["file"][0]
    # What was chosen besides is still there.
    assert form.fields["newsletter"] == str(letter.id)
    assert newest() is None


def test_a_file_beyond_the_limit_is_refused_before_anything_is_read(app, editor, letter, monkeypatch):
    """The form comes back with the limit at the field; small numbers stand for the 20 MB that the message names."""
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100_000)
    monkeypatch.setattr("app.views.uploads.largest", lambda: 20 << 20)
    data = {"newsletter": str(letter.id), "file": (io.BytesIO(b"x" * 250_000), "list.csv")}
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = editor.post("/imports/add", data=data, content_type="multipart/form-data", headers=headers)
    assert answer.status_code == 413
    form = forms.read(answer)
    assert form.errors["file"] == ["Together, files may have at most 20 MB."]
    assert form.fields["newsletter"] == str(letter.id)
    assert newest() is None


def test_no_file_is_no_import(editor, letter):
    answer = editor.post("/imports/add", data={"newsletter": str(letter.id), "kind": "subscribers"})
    assert forms.read(answer).errors == {"file": ["Please choose a file."]}


GOOD = {
    "excel.csv": "E-Mail;Vorname\r\nana@example.org;Jörg\r\n".encode("cp1252"),
    "bom.csv": "\ufeffE-Mail;Vorname\r\nana@example.org;Jörg\r\n".encode(),
    "unicode.txt": "E-Mail\tVorname\r\nana@example.org\tJörg\r\n".encode("utf-16"),
    "sep.csv": b"sep=,\r\n" + "email,first_name\r\nana@example.org,Jörg\r\n".encode(),
    "plain.csv": "ana@example.org,Jörg\n".encode(),
    "really-a-workbook.csv": workbook(["E-Mail", "Vorname"], ["ana@example.org", "Jörg"]),
    "formula.xlsx": workbook(["E-Mail", "Vorname", "N"], ["ana@example.org", "Jörg", "=1+1"]),
    "blank-lines.xlsx": workbook([], ["E-Mail", "Vorname"], [], ["ana@example.org", "Jörg"]),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_programs_write_is_read_whatever_it_is_called(app, editor, letter, name):
    columns = {"column_0": "email", "column_1": "first_name"}
    answer = bring(editor, letter, GOOD[name], name)
    sent = forms.send(editor, answer.location, **{**PROOF, **columns})
    assert sent.status == 302
    editor.post(f"/imports/apply/{newest().id}")
    run_all(app)
    db.session.expire_all()
    person = db.session.scalars(select(Subscriber)).one()
    assert (person.email, person.first_name) == ("ana@example.org", "Jörg")


# --- What the person sees -------------------------------------------------------------------------------------
def test_what_is_missing_is_said_at_its_field_and_nothing_chosen_is_lost(editor, letter):
    answer = bring(editor, letter)
    sent = forms.send(
        editor, answer.location, column_3="name", consent="given", basis="", source="folder 3", language="en"
    )
    assert sent.status == 200
    assert set(sent.errors) == {"basis", "consented_on"}
    assert (sent.fields["column_3"], sent.fields["source"], sent.fields["language"]) == (
        "name",
        "folder 3",
        "en",
    )
    assert newest().status is ImportStatus.UPLOADED


def test_two_columns_cannot_hold_the_same(editor, letter):
    answer = bring(editor, letter)
    sent = forms.send(editor, answer.location, **PROOF, column_3="email")
    assert sent.status == 200
    assert "Two columns can&#39;t hold the same: E-mail." in sent.html


@pytest.mark.parametrize("value", ["date", "nonsense"])
def test_a_column_holds_what_was_offered(editor, letter, value):
    answer = bring(editor, letter)
    sent = forms.send(editor, answer.location, **PROOF, column_3=value)
    assert sent.errors == {"column_3": ["This is none of the choices."]}


def test_an_assignment_is_kept_for_the_next_file_with_these_headings(editor, letter, office):
    odd = b"Kundenpost;Wie heisst er\nana@example.org;Ana\n"
    record = assigned(editor, letter, odd, column_0="email", column_1="first_name", preset_name="Vereine")
    assert record.columns == ["email", "first_name"]
    preset = db.session.scalars(select(ImportPreset)).one()
    assert (preset.name, preset.office_id) == ("Vereine", office.id)
    answer = bring(editor, letter, b"Wie heisst er;x;KUNDENPOST\nBo;1;bo@example.org\n")
    page = editor.get(answer.location)
    assert "The columns are assigned as in “Vereine”." in page.text
    form = forms.read(page)
    assert [form.fields[f"column_{place}"] for place in range(3)] == ["first_name", "", "email"]
    # One that doesn't fit can be asked for.
    other = bring(editor, letter, b"Kundenpost;E-Mail\nana@example.org;x\n")
    form = forms.opened(editor, f"{other.location}?preset={preset.id}")
    assert [form.fields[f"column_{place}"] for place in range(2)] == ["email", ""]
    assert forms.opened(editor, f"{other.location}?preset=nonsense").status == 200


def test_an_import_happens_once_however_often_it_is_asked_for(app, editor, letter):
    record = assigned(editor, letter)
    for _click in range(2):
        editor.post(f"/imports/apply/{record.id}")
    assert run_all(app) == 1
    editor.post(f"/imports/apply/{record.id}")
    assert run_all(app) == 0
    # A task may run twice.
    jobs.apply(record.id, db.session.scalar(select(Staff.id)))
    assert len(db.session.scalars(select(Subscription)).all()) == 1
    assert editor.get(f"/imports/assign/{record.id}").location == f"/imports/show/{record.id}"


def test_nothing_happens_without_a_check(app, editor, letter):
    bring(editor, letter)
    editor.post(f"/imports/apply/{newest().id}")
    assert run_all(app) == 0
    assert newest().status is ImportStatus.UPLOADED


def test_who_lost_the_right_meanwhile_imports_nothing(app, editor, letter, office):
    record = assigned(editor, letter)
    editor.post(f"/imports/apply/{record.id}")
    person = db.session.scalars(select(Staff)).one()
    person.roles = []
    db.session.commit()
    run_all(app)
    db.session.expire_all()
    assert record.status is ImportStatus.RUNNING
    assert db.session.scalars(select(Subscriber)).all() == []


def test_each_who_is_asked_gets_one_mail(app, editor, letter):
    before = set(spool.names(mail.spool_folder()))
    record = assigned(editor, letter, b"E-Mail\nana@example.org\nbo@example.org\n", consent="asked", basis="")
    editor.post(f"/imports/apply/{record.id}")
    run_all(app)
    names = set(spool.names(mail.spool_folder())) - before
    assert sorted(spool.read(mail.spool_folder(), name)["To"] for name in names) == [
        "ana@example.org", "bo@example.org",
    ]  # fmt: skip
    again = assigned(editor, letter, b"E-Mail\nana@example.org\nbo@example.org\n", consent="asked", basis="")
    assert "nothing to import" in editor.get(f"/imports/show/{again.id}").text
    editor.post(f"/imports/apply/{again.id}")
    assert run_all(app) == 0


# --- Two offices ----------------------------------------------------------------------------------------------
def test_one_office_never_touches_the_subscribers_of_another(app, editor, letter, office):
    """The same address, withdrawn and blocked there, is nobody's business here; and nothing changes there."""
    there = make.office("Dort", parent=office.parent)
    other = make.newsletter(there)
    person = make.subscriber(there, "ana@example.org", blocked_at=None)
    line = make.subscription(person, other, status=SubscriptionStatus.UNSUBSCRIBED)
    make.contact(there, email="ana@example.org", do_not_email=True)
    versions = person.version, line.version
    record = assigned(editor, letter, b"E-Mail;Vorname\nana@example.org;Ana\n")
    assert record.counts == {"added": 1}
    editor.post(f"/imports/apply/{record.id}")
    run_all(app)
    db.session.expire_all()
    assert (person.version, line.version, person.first_name) == (*versions, None)
    assert {row.office_id for row in db.session.scalars(select(Subscriber))} == {office.id, there.id}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.NEWSLETTER_EDITOR])
def test_who_works_in_several_offices_imports_into_the_one_of_the_newsletter(
    app, client, letter, office, role
):
    there = make.office("Dort", parent=office.parent)
    other = make.newsletter(there)
    make.subscription(make.subscriber(there, "ana@example.org"), other)
    make.contact(there, email="ana@example.org", do_not_email=True)
    make.sign_in(client, make.staff(role, offices=(office, there)))
    record = assigned(client, letter, b"E-Mail\nana@example.org\n")
    assert (record.office_id, record.counts) == (office.id, {"added": 1})
    client.post(f"/imports/apply/{record.id}")
    run_all(app)
    rows = db.session.execute(select(Subscriber.office_id, Subscription.status).join(Subscription.subscriber))
    assert set(rows.all()) == {
        (office.id, SubscriptionStatus.CONFIRMED), (there.id, SubscriptionStatus.UNCONFIRMED),
    }  # fmt: skip


def test_a_newsletter_of_another_office_is_none_that_can_be_chosen(editor, letter, office):
    other = make.newsletter(make.office("Dort", parent=office.parent))
    answer = bring(editor, other)
    assert forms.read(answer).errors["newsletter"] == ["This record can't be found in your office."]
    assert newest() is None


def test_imports_and_presets_of_another_office_are_not_found(client, editor, letter, office):
    there = make.office("Dort", parent=office.parent)
    record = assigned(editor, letter, preset_name="Geheim")
    stranger = make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(there,)))
    for end in ("show", "assign", "file"):
        tail = "/rejected" if end == "file" else ""
        assert stranger.get(f"/imports/{end}/{record.id}{tail}").status_code == 404
    assert stranger.post(f"/imports/apply/{record.id}").status_code == 404
    assert "liste.csv" not in stranger.get("/imports/list/").text
    preset = db.session.scalars(select(ImportPreset.id)).one()
    answer = bring(stranger, make.newsletter(there), b"E-Mail;x;Nachname\na@example.org;;\n")
    page = stranger.get(f"{answer.location}?preset={preset}")
    assert "Geheim" not in page.text
    assert re.search(
        r'name="column_2".*?value="last_name" selected|selected[^>]*value="last_name"', page.text, re.DOTALL
    )


# --- What is kept, and for how long ---------------------------------------------------------------------------
def test_a_file_needs_no_second_choice_when_something_else_was_wrong(editor, letter):
    answer = editor.post(
        "/imports/add",
        data={"newsletter": "", "kind": "subscribers", "file": (io.BytesIO(FILE), "liste.csv")},
        content_type="multipart/form-data",
    )
    form = forms.read(answer)
    assert set(form.errors) == {"newsletter"}
    sent = forms.send(editor, "/imports/add", form, newsletter=str(letter.id))
    assert sent.status == 302
    assert newest().file_name == "liste.csv"


def test_an_import_that_came_to_nothing_can_be_asked_for_again(app, editor, letter):
    """A worker that was killed for good leaves it at work; after a while the button is there once more."""
    record = assigned(editor, letter)
    editor.post(f"/imports/apply/{record.id}")
    queue.huey_of(app).flush()
    assert "Import now" not in editor.get(f"/imports/show/{record.id}").text
    db.session.execute(update(Import).values(changed_at=clock.now() - 2 * STALE))
    db.session.commit()
    assert "Import now" in editor.get(f"/imports/show/{record.id}").text
    editor.post(f"/imports/apply/{record.id}")
    assert run_all(app) == 1
    db.session.expire_all()
    assert record.status is ImportStatus.DONE


def test_what_was_brought_too_long_ago_is_deleted_and_its_record_stays(app, editor, letter):
    record = assigned(editor, letter)
    names = record.file, record.rejected
    importing.expire(clock.now() + timedelta(seconds=1))
    db.session.commit()
    assert not stored().intersection(names)
    page = editor.get(f"/imports/show/{record.id}")
    assert "Never imported" in page.text
    assert "Import now" not in page.text
    editor.post(f"/imports/apply/{record.id}")
    assert run_all(app) == 0


def test_the_page_of_an_import_tells_who_when_and_by_which_right(editor, letter):
    record = assigned(editor, letter)
    page = editor.get(f"/imports/show/{record.id}").text
    for told in ("liste.csv", "Signed the list", "12/05/2026", "folder 3", str(letter), record.created_by):
        assert told in page
