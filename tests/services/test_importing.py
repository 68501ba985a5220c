"""Files of subscribers: what becomes of each row, and that nobody who said no comes back by one."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from functools import partial

import openpyxl
import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.db import db
from app.core.files import folder
from app.core.rules import RuleBrokenError
from app.jobs.imports import _step
from app.models.imports import Import, ImportConsent, ImportKind, ImportStatus
from app.models.languages import Language
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentStep,
    Delivery,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.services import importing, subscribers
from app.services.importing.columns import guess
from tests import factories as make

CONFIRMED, UNCONFIRMED, WITHDRAWN = (
    SubscriptionStatus.CONFIRMED,
    SubscriptionStatus.UNCONFIRMED,
    SubscriptionStatus.UNSUBSCRIBED,
)


@pytest.fixture
def letter(database):
    letter = make.newsletter(make.office("LAG", parent=make.office("Servicestelle")))
    db.session.commit()
    return letter


def upload(letter, content, name="liste.csv", **more):
    """Bring a file, as the form does."""
    stored = f"{uuid.uuid4()}_sep_{name}"
    (folder() / stored).write_bytes(content.encode() if isinstance(content, str) else content)
    proof = {
        "consent": ImportConsent.GIVEN, "basis": "Signed the list", "consented_on": date(2026, 5, 12),
        "source": "folder 3",
    }  # fmt: skip
    record = Import(newsletter=letter, office_id=letter.office_id, file=stored, **{**proof, **more})
    record.kind = record.kind or ImportKind.SUBSCRIBERS
    importing.take(record)
    sheet = importing.opened(record)
    record.columns = guess(record.kind, sheet.headings, [cells for _number, cells in sheet.rows()])
    db.session.add(record)
    db.session.commit()
    return record


def check(record):
    importing.check(record, clock.now(), "en")
    db.session.commit()
    return record.counts


def apply(record):
    """Apply an import, as its task does."""
    event = subscribers.Event(clock.now(), "tests", ConsentChannel.IMPORT)
    asked = importing.apply(record, partial(_step, event), clock.now())
    db.session.commit()
    return asked


def bring(letter, content, **more):
    """Check and apply a file; both find the same."""
    record = upload(letter, content, **more)
    found = check(record)
    asked = apply(record)
    assert record.counts == found
    return record, asked


def states(letter):
    rows = db.session.execute(
        sa.select(Subscriber.email, Subscription.status)
        .join(Subscription.subscriber)
        .where(Subscription.newsletter_id == letter.id)
    )
    return dict(rows.all())


def everything_held():
    """All rows of subscribers, subscriptions and consents."""
    with db.engine.connect() as connection:
        return [
            connection.execute(sa.select(model.__table__).order_by(model.id)).all()
            for model in (Subscriber, Subscription, Consent)
        ]


def test_who_has_agreed_is_subscribed_with_the_proof(letter):
    record, asked = bring(letter, "E-Mail;Vorname;Nachname;Sprache\nAna@Example.org;Ana;Jäger;Englisch\n")
    assert (record.counts, record.status, record.file, asked) == ({"added": 1}, ImportStatus.DONE, None, [])
    person = db.session.scalars(sa.select(Subscriber)).one()
    assert (person.email, person.first_name, person.last_name) == ("ana@example.org", "Ana", "Jäger")
    assert person.language is Language.ENGLISH
    assert states(letter) == {"ana@example.org": CONFIRMED}
    proof = db.session.scalars(sa.select(Consent)).one()
    assert (proof.step, proof.channel, proof.actor) == (ConsentStep.IMPORTED, ConsentChannel.IMPORT, "tests")
    assert "Signed the list" in proof.basis
    assert "folder 3" in proof.basis
    assert "liste.csv" in proof.basis
    assert record.sha256 in proof.basis


def test_who_is_asked_gets_a_mail_and_nobody_is_subscribed_by_it(letter):
    record, asked = bring(letter, "email\nana@example.org\nbo@example.org\n", consent=ImportConsent.ASKED)
    assert record.counts == {"asked": 2}
    assert states(letter) == {"ana@example.org": UNCONFIRMED, "bo@example.org": UNCONFIRMED}
    proofs = db.session.scalars(sa.select(Consent).order_by(Consent.id)).all()
    assert [proof.id for proof in proofs] == asked
    assert {proof.step for proof in proofs} == {ConsentStep.RECORDED}
    # Each can answer the mail, as one who signed up can.
    assert subscribers.confirm(proofs[0], subscribers.Event(clock.now(), "page", ConsentChannel.MAIL))
    assert states(letter)["ana@example.org"] is CONFIRMED


@pytest.mark.parametrize("consent", ImportConsent)
def test_the_same_file_twice_changes_nothing_and_asks_nobody_twice(letter, consent):
    file = "email;name\nana@example.org;Ana Jäger\nbo@example.org;\nnobody;\n"
    bring(letter, file, consent=consent)
    before = everything_held()
    record, asked = bring(letter, file, consent=consent)
    assert (record.counts, asked) == ({"same": 2, "invalid": 1}, [])
    assert everything_held() == before


@pytest.mark.parametrize("consent", ImportConsent)
def test_who_has_said_no_stays_out_and_is_counted(letter, consent):
    def subscribed(email, **more):
        return make.subscription(make.subscriber(letter.office, email, **more), letter, status=CONFIRMED)

    event = subscribers.Event(clock.now(), "tests", ConsentChannel.MAIL)
    subscribers.withdraw(subscribed("left@example.org"), event)
    make.subscriber(letter.office, "blocked@example.org", blocked_at=clock.now())
    subscribers.erase(subscribed("erased@example.org").subscriber, event)
    make.contact(letter.office, email="Never@Example.org", do_not_email=True)
    make.contact(letter.office, email="NIE@Über.example.org", do_not_email=True)
    db.session.commit()
    before = everything_held()
    names = ("left", "blocked", "erased", "never")
    record, asked = bring(
        letter,
        "email;name\nnie@xn--ber-goa.example.org;\n" + "".join(f"{name}@example.org;X Y\n" for name in names),
        consent=consent,
    )
    assert (record.counts, asked) == ({"withdrawn": 1, "blocked": 2, "unwanted": 2}, [])
    assert everything_held() == before


def test_who_has_left_elsewhere_is_unsubscribed_here_and_a_strange_word_ends_nothing(letter):
    for name in ("ana", "bo", "cem"):
        make.subscription(make.subscriber(letter.office, f"{name}@example.org"), letter, status=CONFIRMED)
    make.subscription(make.subscriber(letter.office, "dora@example.org"), letter)
    file = (
        "email;abgemeldet\nana@example.org;ja\nbo@example.org;12.05.2026\ncem@example.org;wartet\n"
        "dora@example.org;ja\nnew@example.org;ja\n"
    )
    record, _asked = bring(letter, file)
    assert record.counts == {"left": 3, "out": 2}
    assert states(letter) == {
        "ana@example.org": WITHDRAWN, "bo@example.org": WITHDRAWN, "cem@example.org": CONFIRMED,
        "dora@example.org": WITHDRAWN,
    }  # fmt: skip
    again, _asked = bring(letter, file)
    assert again.counts == {"withdrawn": 3, "out": 2}


@pytest.mark.parametrize(
    ("headings", "row", "first", "last"),
    [
        ("Vorname;Name", "Ana;Jäger", "Ana", "Jäger"),
        ("Name;Vorname", "Jäger;Ana", "Ana", "Jäger"),
        ("Name", "Ana Jäger", "Ana", "Jäger"),
        ("Vorname;Anzeigename;Nachname", "Ana;Ana Jäger;", "Ana", "Jäger"),
        ("Nachname;Anzeigename", "Jäger;Ana Jäger", "Ana", "Jäger"),
    ],
)
def test_no_part_of_a_name_is_lost_however_a_file_names_its_columns(letter, headings, row, first, last):
    bring(letter, f"email;{headings}\nana@example.org;{row}\n")
    person = db.session.scalars(sa.select(Subscriber)).one()
    assert (person.first_name, person.last_name) == (first, last)


def test_who_leaves_between_the_check_and_the_import_stays_out(letter):
    record = upload(letter, "email\nana@example.org\n")
    assert check(record) == {"added": 1}
    line = make.subscription(make.subscriber(letter.office), letter, status=WITHDRAWN)
    apply(record)
    assert record.counts == {"withdrawn": 1}
    assert line.status is WITHDRAWN


def test_nobody_is_asked_where_mails_do_not_arrive(letter):
    make.subscriber(letter.office, "ana@example.org", delivery=Delivery.COMPLAINT)
    record, asked = bring(letter, "email\nana@example.org\n", consent=ImportConsent.ASKED)
    assert (record.counts, asked) == ({"unreachable": 1}, [])


def test_another_newsletter_of_the_office_is_a_subscription_of_its_own(letter):
    other = make.newsletter(letter.office, "Other")
    person = make.subscriber(letter.office)
    make.subscription(person, other, status=WITHDRAWN)
    record, _asked = bring(letter, "email\nana@example.org\n")
    assert record.counts == {"added": 1}
    assert states(letter) == {"ana@example.org": CONFIRMED}
    assert states(other) == {"ana@example.org": WITHDRAWN}


def test_who_was_waiting_is_confirmed_by_a_proof_and_not_by_a_question(letter):
    line = make.subscription(make.subscriber(letter.office), letter)
    record, asked = bring(letter, "email\nana@example.org\n", consent=ImportConsent.ASKED)
    assert (record.counts, asked, line.status) == ({"same": 1}, [], UNCONFIRMED)
    record, asked = bring(letter, "email\nana@example.org\n")
    assert (record.counts, line.status) == ({"confirmed": 1}, CONFIRMED)


@pytest.mark.parametrize(
    ("row", "first", "last", "outcome"),
    [
        (";", "Ana", None, "same"),
        ("Bo;", "Ana", None, "same"),  # it may be older than what is here
        ("Bo;Jäger", "Ana", "Jäger", "filled"),
    ],
)
def test_a_name_is_filled_in_and_never_replaced(letter, row, first, last, outcome):
    person = make.subscriber(letter.office, first_name="Ana")
    make.subscription(person, letter, status=CONFIRMED)
    record, _asked = bring(letter, f"email;Vorname;Nachname\nana@example.org;{row}\n")
    assert (record.counts, person.first_name, person.last_name) == ({outcome: 1}, first, last)


ROWS = [
    ("missing", ";Ana;X;de"),
    ("invalid", "nobody;Ana;X;de"),
    ("invalid", "a@b;Ana;X;de"),
    ("invalid", "a b@example.org;;;"),
    ("language", "l@example.org;;;Klingonisch"),
    ("long", f"n@example.org;{'x' * 201};;"),
    ("signs", "s@example.org;A\0na;;"),
    ("added", "ok@example.org;;;"),
    ("repeated", "OK@Example.org;;;"),
    ("added", "Bo <bo@example.org>;;;de_DE"),
    ("added", "\u200bzero@example.org\u00a0;;;Deutsch"),
    ("added", "mü@exämple.org;;;"),
]


def test_each_row_gets_the_reason_that_is_its_own(letter):
    text = "E-Mail;Vorname;Nachname;Sprache\n" + "\n".join(row for _outcome, row in ROWS)
    record = upload(letter, text)
    counts = check(record)
    assert counts == {name: sum(one == name for one, _row in ROWS) for name, _row in ROWS}
    # Rows to be corrected come back with all that they held.
    lines = list(openpyxl.load_workbook(folder() / record.rejected).active.values)
    assert lines[0] == ("Row", "Reason", "E-Mail", "Vorname", "Nachname", "Sprache")
    assert [line[0] for line in lines[1:]] == ["2", "3", "4", "5", "6", "7", "8"]
    assert lines[5][2:] == ("l@example.org", None, None, "Klingonisch")
    apply(record)
    assert set(states(letter)) == {"ok@example.org", "bo@example.org", "zero@example.org", "mü@exämple.org"}


def test_the_reasons_are_in_the_language_of_who_reads_them(letter):
    record = upload(letter, "email\nnobody\nana@example.org\n")
    importing.check(record, clock.now(), "de")
    sheet = openpyxl.load_workbook(folder() / record.rejected).active
    assert [cell.value for cell in sheet[2]] == ["2", "Das ist keine E-Mail-Adresse", "nobody"]


def test_ten_percent_of_bad_rows_leave_the_others_alone(letter):
    rows = [f"p{number}@example.org" if number % 10 else f"p{number}" for number in range(500)]
    record, _asked = bring(letter, "email\n" + "\n".join(rows))
    assert record.counts == {"added": 450, "invalid": 50}
    assert len(states(letter)) == 450


def test_what_breaks_half_way_leaves_nothing_behind(letter, monkeypatch):
    record = upload(letter, "email\n" + "\n".join(f"p{number}@example.org" for number in range(20)))
    check(record)
    monkeypatch.setattr("app.services.importing.judging.BATCH", 5)
    before, calls = everything_held(), []

    def breaks(lines, step, basis):
        calls.append(lines)
        if len(calls) == 3:
            raise OSError
        return _step(subscribers.Event(clock.now(), "t", ConsentChannel.IMPORT), lines, step, basis)

    with pytest.raises(OSError):  # noqa: PT011 - ours, of the line above
        importing.apply(record, breaks, clock.now())
    db.session.rollback()
    assert len(calls) == 3
    assert everything_held() == before
    assert (folder() / record.file).exists()
    apply(record)
    assert len(states(letter)) == 20


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"consent": None}, "consent"),
        ({"basis": None}, "basis"),
        ({"source": None}, "source"),
        ({"consented_on": None}, "consented_on"),
        ({"consented_on": date.today() + timedelta(days=2)}, "consented_on"),  # noqa: DTZ011
    ],
)
def test_nobody_comes_in_without_a_basis(letter, missing, field):
    record = upload(letter, "email\nana@example.org\n", **missing)
    with pytest.raises(RuleBrokenError) as refused:
        importing.check(record, clock.now(), "en")
    assert [problem.field for problem in refused.value.problems] == [field]


def test_columns_that_say_too_little_or_too_much_are_refused(letter):
    record = upload(letter, "email;mail\nana@example.org;bo@example.org\n")
    for columns in (["", ""], ["email", "email"]):
        record.columns = columns
        with pytest.raises(RuleBrokenError):
            importing.check(record, clock.now(), "en")


def test_a_thousand_rows_are_judged_with_few_statements(letter, count_statements):
    people = [make.subscriber(letter.office, f"p{number}@example.org") for number in range(0, 900, 3)]
    for person in people:
        make.subscription(person, letter, status=CONFIRMED)
    record = upload(letter, "email\n" + "\n".join(f"p{number}@example.org" for number in range(900)))
    with count_statements() as statements:
        assert check(record) == {"same": 300, "added": 600}
    assert len(statements) < 12
    with count_statements() as statements:
        apply(record)
    reads = [one for one in statements if one.startswith("SELECT")]
    assert len(reads) < 12


@pytest.mark.parametrize("what", ["file", "rejected"])
def test_files_that_nobody_needs_any_more_are_deleted(letter, what):
    record = upload(letter, "email\nana@example.org\nnobody\n")
    check(record)
    file, rejected = record.file, record.rejected
    if what == "rejected":
        apply(record)
    assert importing.expire(clock.now() - timedelta(days=1)) == 0
    assert importing.expire(clock.now() + timedelta(seconds=1)) == 1
    db.session.commit()
    assert record.status is (ImportStatus.EXPIRED if what == "file" else ImportStatus.DONE)
    assert not (folder() / file).exists()
    assert not (folder() / rejected).exists()


@pytest.mark.parametrize("there", ["ana@exämple.org", "ana@xn--exmple-cua.org"])
@pytest.mark.parametrize("here", ["ana@exämple.org", "Ana@XN--exmple-cua.org", "ana@exa\u0308mple.org"])
def test_who_left_does_not_come_back_under_another_spelling(letter, here, there):
    line = make.subscription(make.subscriber(letter.office, there), letter, status=WITHDRAWN)
    record, _asked = bring(letter, f"email\n{here}\n{there}\n")
    assert record.counts == {"withdrawn": 1, "repeated": 1}
    assert line.status is WITHDRAWN


def test_a_day_that_has_begun_in_the_offices_is_no_day_to_come(letter):
    record = upload(letter, "email\nana@example.org\n", consented_on=date(2026, 7, 2))
    importing.check(record, datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "en")
    assert record.counts == {"added": 1}


#: The headings with which programs export, and what is guessed of them.
EXPORTS = {
    "our own, German": (
        "E-Mail;Vorname;Nachname;Sprache;Newsletter;Zustellung;Büro",
        {"email": 0, "first_name": 1, "last_name": 2, "language": 3},
    ),
    "our own, English": (
        "E-mail;First name;Last name;Language;Newsletters;Delivery;Office",
        {"email": 0, "first_name": 1, "last_name": 2, "language": 3},
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at",
        {"email": 1, "name": 2, "opt_out": 4},
    ),
    "CiviCRM": (
        "First Name,Last Name,Street Address,Email,Preferred Language,Do Not Email,No Bulk Emails (User Opt Out)",
        {"first_name": 0, "last_name": 1, "email": 3, "language": 4, "opt_out": 6},
    ),
    "Mautic": (
        "id,title,firstname,lastname,company,position,email,preferred_locale",
        {"first_name": 2, "last_name": 3, "email": 6, "language": 7},
    ),
    "Outlook, English": (
        "Title,First Name,Middle Name,Last Name,Business Street,E-mail Address,E-mail Type,Language",
        {"first_name": 1, "last_name": 3, "email": 5, "language": 7},
    ),
    "Outlook, German": (
        "Anrede,Vorname,Nachname,Firma,Straße geschäftlich,E-Mail-Adresse,E-Mail-Typ",
        {"first_name": 1, "last_name": 2, "email": 5},
    ),
    "Keila": (
        "Email,First name,Last name,Data,Status,External ID",
        {"email": 0, "first_name": 1, "last_name": 2, "opt_out": 4},
    ),
    "a list by hand": ("Verein;Name;Adresse;elektronische Post", {"name": 1, "email": 3}),
}


@pytest.mark.parametrize("program", EXPORTS)
def test_columns_are_guessed_by_the_headings_of_usual_programs(app, program):
    line, wanted = EXPORTS[program]
    headings = line.split(";" if ";" in line else ",")
    found = guess(ImportKind.SUBSCRIBERS, headings, [])
    assert {target: place for place, target in enumerate(found) if target} == wanted


def test_a_column_of_addresses_is_found_without_a_heading(app):
    rows = [["1", "a@example.org", "x@y"], ["2", "b@example.org", ""], ["3", "", "see a@b.de, c@d.de"]]
    assert guess(ImportKind.SUBSCRIBERS, ["", "wohin", "Notiz"], rows) == ["", "email", ""]
    assert guess(ImportKind.SUBSCRIBERS, ["a"], [["Ana"], ["Bo"]]) == [""]


@pytest.mark.parametrize(
    "said", ["blocklisted", "Unsubscribed", "abgemeldet", "1", "Ja", "unconfirmed", "Opt-Out"]
)
def test_who_wants_no_mail_by_the_word_of_the_file_does_not_come_in(letter, said):
    record, _asked = bring(
        letter, f"email,status\nana@example.org,{said}\nbo@example.org,enabled\ndi@example.org,\n"
    )
    assert record.counts == {"out": 1, "added": 2}
    assert set(states(letter)) == {"bo@example.org", "di@example.org"}


def test_one_of_several_columns_that_says_no_is_enough(letter):
    rows = "Email,Do Not Email,Opt-Out\na@example.org,No,Yes\nb@example.org,Yes,No\nc@example.org,No,No\n"
    record, _asked = bring(letter, rows)
    assert record.columns == ["email", "opt_out", "opt_out"]
    assert record.counts == {"out": 2, "added": 1}
