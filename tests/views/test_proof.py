"""The proof of consent leaves the house as a file: each step, with what the person was told."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest

from app.access import Role
from app.core.db import db
from app.models.newsletters import TextKind
from app.models.receipts import FileContent, Receipt, ReceiptEntry
from app.models.subscribers import ConsentChannel, ConsentOrigin, ConsentStep
from app.reports.exports import proof
from tests import factories as make

AT = datetime(2026, 7, 1, 22, 30, 5, tzinfo=UTC)


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def letter(office):
    return make.newsletter(office, "Rundbrief")


@pytest.fixture
def editor(client, office):
    return make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)), "en")


@pytest.fixture
def logged(letter):
    """A person who asked and confirmed, and one whom staff imported."""
    wording = make.newsletter_text(letter)
    privacy = make.newsletter_text(letter, "Wir halten uns daran.", kind=TextKind.PRIVACY, edition=3)
    ana, bo = (
        make.subscription(make.subscriber(letter.office, f"{name}@example.org"), letter)
        for name in ("ana", "bo")
    )
    told = {"consent_text": wording, "privacy_text": privacy, "channel": ConsentChannel.FORM}
    asked = make.consent(ana, at=AT, source_url="https://example.org/brief", actor="public page", **told)
    db.session.add(ConsentOrigin(consent=asked, ip="192.0.2.7"))
    make.consent(bo, at=AT, step=ConsentStep.IMPORTED, basis="Messe 2025", wording="=Liste", actor="Ute")
    make.consent(ana, at=AT, step=ConsentStep.CONFIRMED, actor="public page", **told)
    return ana, bo, wording, privacy


def take(client, letter, layout="csv"):
    with client.post(f"/proof/{letter.id}", data={"layout": layout, "purpose": "Audit"}) as answer:
        assert answer.status_code == 200
        return answer.data


def test_each_step_stands_there_with_what_the_person_was_told(editor, letter, logged):
    ana, _bo, wording, privacy = logged
    rows = list(csv.DictReader(io.StringIO(take(editor, letter).decode("utf-8-sig")), delimiter=";"))
    assert [(row["E-mail"], row["Step"]) for row in rows] == [
        ("ana@example.org", "Requested"), ("ana@example.org", "Confirmed"), ("bo@example.org", "Imported"),
    ]  # fmt: skip
    assert rows[0] == {
        "Time (UTC)": "2026-07-01T22:30:05Z", "Step": "Requested", "E-mail": "ana@example.org",
        "Identifier": ana.subscriber.uuid, "Channel": "Sign-up form",
        "Address of the source": "https://example.org/brief", "Wording": "",
        "Wording, version": "Wording of the consent, German, 1", "Wording, SHA-256": wording.sha256,
        "Privacy notice, version": "Privacy notice, German, 3", "Privacy notice, SHA-256": privacy.sha256,
        "Basis of the consent": "", "By whom": "Public page", "Network address": "192.0.2.7",
    }  # fmt: skip
    assert (rows[2]["Basis of the consent"], rows[2]["Wording"], rows[2]["By whom"]) == (
        "Messe 2025", "'=Liste", "Ute",
    )  # fmt: skip


def test_the_workbook_holds_the_same(editor, letter, logged):
    sheet = openpyxl.load_workbook(io.BytesIO(take(editor, letter, "xlsx"))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1:3] for row in rows[1:]] == [
        ("Requested", "ana@example.org"), ("Confirmed", "ana@example.org"), ("Imported", "bo@example.org"),
    ]  # fmt: skip
    assert rows[3][6] == "=Liste"


def test_the_file_goes_on_over_its_pieces_and_has_a_receipt(editor, letter, logged, database, monkeypatch):
    monkeypatch.setattr(proof, "SIZE", 1)
    data = take(editor, letter)
    assert data.count(b"@example.org") == 3
    receipt = database.query(Receipt).one()
    assert (receipt.content, receipt.rows, receipt.purpose) == (FileContent.PROOF, 3, "Audit")
    assert database.query(ReceiptEntry).count() == 2


def test_the_log_of_another_newsletter_is_another_file(editor, office, logged):
    assert b"@example.org" not in take(editor, make.newsletter(office, "Anderer"))


def test_a_newsletter_that_is_not_sent_any_more_still_has_its_proof(editor, letter, logged):
    letter.active = False
    assert b"ana@example.org" in take(editor, letter)


def test_a_purpose_is_needed(editor, letter, logged, database):
    answer = editor.post(f"/proof/{letter.id}", data={"layout": "csv"})
    assert "This field is required" in answer.text
    assert database.query(Receipt).count() == 0
