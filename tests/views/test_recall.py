"""Who withdrew after a file had left is found in its receipt, and taken out of the tool that sends."""

from __future__ import annotations

import csv
import io
import json

import pytest

from app.access import Role
from app.core import clock
from app.models.receipts import FileContent, FileStatus, Receipt, ReceiptEntry
from app.models.subscribers import ConsentChannel, ConsentStep, Delivery, SubscriptionStatus
from app.queries import receipts
from app.services import subscribers
from app.views import exports
from tests import factories as make
from tests.tables import read


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def letter(office):
    return make.newsletter(office, "Rundbrief")


@pytest.fixture
def lines(letter):
    """Nine people who confirmed, by name."""
    names = ["ana", "bo", "cem", "dora", "edo", "fee", "gus", "hana", "ida"]
    return {
        name: make.subscription(
            make.subscriber(letter.office, f"{name}@example.org", last_name=name),
            letter,
            status=SubscriptionStatus.CONFIRMED,
        )
        for name in names
    }


@pytest.fixture
def browser(app, office, database):
    def browser(*roles, language="en"):
        person = make.staff(*roles, offices=(office,))
        return make.sign_in(app.test_client(), person, language)

    return browser


@pytest.fixture
def editor(browser):
    return browser(Role.NEWSLETTER_EDITOR)


@pytest.fixture
def taken(editor, letter, lines, database):
    """The receipt of a file that all of them are in."""
    form = {"layout": "keila", "purpose": "May issue"}
    with editor.post(f"/exports/{letter.id}", data=form) as answer:
        assert answer.data.count(b"@example.org") == 9
    return database.query(Receipt).one()


def event():
    return subscribers.Event(clock.now(), "tests", ConsentChannel.MAIL)


@pytest.fixture
def later(taken, lines, office):
    """What happens to seven of the nine after the file has left; one withdraws and comes back."""
    subscribers.withdraw(lines["ana"], event())
    lines["bo"].subscriber.blocked_at = clock.now()
    lines["cem"].subscriber.delivery = Delivery.COMPLAINT
    lines["dora"].subscriber.contact = make.contact(office, do_not_email=True)
    lines["edo"].subscriber.email = "edo@new.example.org"
    subscribers.take(lines["edo"], ConsentStep.MOVED, event())
    subscribers.erase(lines["fee"].subscriber, event())
    lines["gus"].subscriber.delivery = Delivery.HARD
    subscribers.withdraw(lines["hana"], event())
    subscribers.take(lines["hana"], ConsentStep.CONFIRMED, event())
    return taken


def removal(client, receipt, layout, status=200):
    with client.post(f"/exports/removal/{receipt.id}/{layout}") as answer:
        assert answer.status_code == status
        text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if layout == "csv" else ","))


def test_a_file_from_which_nobody_withdrew_is_good_as_it_is(editor, taken):
    page = editor.get(f"/receipts/show/{taken.id}").text
    assert "Nobody has withdrawn since" in page
    assert "/exports/removal/" not in page


def test_the_page_of_a_receipt_names_who_withdrew_since(editor, later):
    page = editor.get(f"/receipts/show/{later.id}").text
    day = f"{clock.today():%d/%m/%Y}"
    assert f"1 address of the file of {day} has withdrawn." in page
    assert "6 people have to be taken out" in page
    for name in ("ana", "bo", "cem", "dora"):
        assert f"{name}@example.org" in page
    # Who moved gets no mail at the new address by a mistake; who bounced and who came back haven't said no.
    for part in ("edo@", "fee@", "gus@", "hana@", "ida@", "erased.invalid"):
        assert part not in page
    assert "6 have to be taken out again" in editor.get(f"/exports/{later.newsletter_id}").text


def test_the_page_of_a_newsletter_leaves_counting_a_large_file_to_its_receipt(editor, later, monkeypatch):
    monkeypatch.setattr(exports, "COUNTED", 8)
    page = editor.get(f"/exports/{later.newsletter_id}").text
    assert "Who has to be taken out again?" in page
    assert "6 have" not in page


def test_who_may_not_read_subscribers_sees_the_number_alone_and_no_small_one(
    browser, editor, later, letter, lines
):
    """Six people for six reasons: with the reasons, each of them would be one."""
    removal(editor, later, "listmonk-blocklist")
    for role in (Role.OFFICE_MANAGER, Role.SERVICE_AGENCY):
        client = browser(role)
        page = client.get(f"/receipts/show/{later.id}").text
        assert "6 people have to be taken out" in page
        assert "has withdrawn" not in page
        assert "Blocked" not in page
        listed = read(client.get("/receipts/list/"))
        assert [row[listed.headings.index("Rows")] for row in listed.rows] == ["fewer than 5", "9"]
        assert "@example.org" not in page
        assert "/exports/removal/" not in page
        removal(client, later, "csv", status=403)


def test_the_removal_file_has_addresses_where_they_are_known_and_identifiers_always(editor, later, lines):
    rows = removal(editor, later, "csv")
    assert {row["Identifier"]: (row["E-mail"], row["Reason"]) for row in rows} == {
        lines["ana"].subscriber.uuid: ("ana@example.org", "Consent withdrawn"),
        lines["bo"].subscriber.uuid: ("bo@example.org", "Blocked"),
        lines["cem"].subscriber.uuid: ("cem@example.org", "Complained of a mail"),
        lines["dora"].subscriber.uuid: ("dora@example.org", "Contact wants no e-mail"),
        lines["edo"].subscriber.uuid: ("", "Address changed"),
        lines["fee"].subscriber.uuid: ("", "Person erased"),
    }


def test_who_moved_before_the_file_left_is_in_it_with_the_new_address(editor, letter, lines, database):
    subscribers.take(lines["ana"], ConsentStep.MOVED, event())
    subscribers.take(lines["ana"], ConsentStep.CONFIRMED, event())
    with editor.post(f"/exports/{letter.id}", data={"layout": "csv", "purpose": "June"}) as answer:
        assert b"ana@example.org" in answer.data
    receipt = database.query(Receipt).one()
    assert "Nobody has withdrawn since" in editor.get(f"/receipts/show/{receipt.id}").text


def test_listmonk_is_told_to_block_addresses_and_never_a_new_one(editor, later):
    rows = removal(editor, later, "listmonk-blocklist")
    assert {row["email"]: json.loads(row["attributes"])["reason"] for row in rows} == {
        "ana@example.org": "withdrawn", "bo@example.org": "blocked", "cem@example.org": "complaint",
        "dora@example.org": "refused",
    }  # fmt: skip


def test_a_removal_file_is_a_download_with_a_receipt(editor, later, database):
    assert editor.get(f"/exports/removal/{later.id}/csv").status_code == 405
    removal(editor, later, "csv")
    receipt = database.query(Receipt).filter_by(content=FileContent.REMOVAL).one()
    assert (receipt.rows, receipt.status, receipt.purpose) == (6, FileStatus.COMPLETE, "Recall")
    assert receipt.filter == f"File no. {later.id}"
    assert database.query(ReceiptEntry).filter_by(receipt_id=receipt.id).count() == 6
    # There is nobody to be called back from it.
    assert "Nobody has withdrawn" not in editor.get(f"/receipts/show/{receipt.id}").text
    removal(editor, receipt, "csv", status=404)
    removal(editor, later, "keila", status=404)


def test_a_person_is_told_in_which_files_they_are(editor, letter, later, lines, database):
    removal(editor, later, "csv")
    with editor.post(f"/exports/{letter.id}", data={"layout": "csv", "purpose": "June"}) as answer:
        assert answer.data
    held = {
        name: database.scalars(receipts.of_person(line.subscriber_id)).all() for name, line in lines.items()
    }
    kinds = {name: [receipt.content for receipt in found] for name, found in held.items()}
    assert kinds["ana"] == [FileContent.REMOVAL, FileContent.SUBSCRIBERS]
    assert kinds["fee"] == kinds["ana"]  # the receipts stay when the person is erased
    assert kinds["gus"] == [FileContent.SUBSCRIBERS]
    assert [receipt.purpose for receipt in held["ida"]] == ["June", "May issue"]


def test_a_file_from_before_says_nothing_of_people(editor, office):
    receipt = make.receipt(office)
    page = editor.get(f"/receipts/show/{receipt.id}").text
    assert "Recall" not in page
    removal(editor, receipt, "csv", status=404)
