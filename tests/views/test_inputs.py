"""Inputs keep what was typed and refuse what can't be stored; a chosen file isn't lost; warnings block nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.models.contracts import Contract
from app.models.materials import Material
from app.models.organisations import Organisation
from app.views.uploads import REMOVE
from tests.forms import contract_form, opened, send


@pytest.fixture(params=["de", "en"])
def language(request):
    return request.param


def test_spaces_are_no_name_and_a_tampered_select_is_no_choice(client, office, database):
    for wrong in ("", "   ", "\t"):
        assert list(send(client, "/organisations/add", name=wrong, kind="company").errors) == ["name"]
    assert list(send(client, "/organisations/add", name="A", kind="castle").errors) == ["kind"]
    assert list(send(client, "/organisations/add", name="A", kind=" ").errors) == ["kind"]
    assert list(send(client, "/organisations/add", name="A", kind="company", sectors=["it", "x"]).errors) == [
        "sectors"
    ]
    assert list(send(client, "/offers/add", event="__None", organisation="999999999").errors)[:2] == [
        "event",
        "organisation",
    ]
    for wrong in ("²", "-1", "1e3", "9" * 5000, "1 OR 1=1"):
        assert "event" in send(client, "/offers/add", event=wrong).errors
    assert database.query(Organisation).count() == 0


def test_text_is_kept_as_typed_but_for_what_no_database_takes(client, office, database):
    name = 'O\'Brien & <b>Söhne</b> "AG" 🥨'
    sent = send(
        client, "/organisations/add", name=f" {name}\x00 ", kind="company", notes="a\r\nb", head_count="0"
    )
    assert sent.status == 302, sent.errors
    row = database.query(Organisation).one()
    assert (row.name, row.notes, row.head_count) == (name, "a\nb", 0)
    assert name not in client.get(sent.location).text  # escaped
    assert opened(client, f"/organisations/edit/{row.id}").fields["name"] == name


def test_a_chosen_file_survives_an_error_elsewhere(client, office, parties, database):
    scan = (b"%PDF-1.4 scan", "Vertrag Müller.pdf")
    first = send(client, "/contracts/add", contract_form(client, parties, number="5"), scan=scan)
    assert list(first.errors) == ["number"]
    assert "Vertrag_Muller.pdf" in first.html
    second = send(client, "/contracts/add", first, number="x")
    assert list(second.errors) == ["number"]
    third = send(client, "/contracts/add", second, number="")
    assert third.status == 302, third.errors
    contract = database.query(Contract).one()
    with client.get(f"/contracts/file/{contract.id}/scan") as answer:
        assert answer.data == b"%PDF-1.4 scan"
        assert "Vertrag_Muller.pdf" in answer.headers["Content-Disposition"]
    assert (
        send(client, f"/contracts/edit/{contract.id}", title="Neu").status == 302
    )  # no new file keeps the old one
    database.expire_all()
    assert contract.scan


def test_a_file_is_removed_and_until_it_is_saved_the_form_keeps_it(client, office, parties, database):
    scan = (b"%PDF-1.4", "scan.pdf")
    assert send(client, "/contracts/add", contract_form(client, parties), scan=scan).status == 302
    contract = database.query(Contract).one()
    address = f"/contracts/edit/{contract.id}"
    form = opened(client, address)
    token = form.fields["scan"]
    refused = send(client, address, form, scan=[token, REMOVE], number="x")
    assert refused.fields["scan"] == [token, REMOVE]
    database.expire_all()
    assert contract.scan
    assert send(client, address, refused, number="").status == 302
    database.expire_all()
    assert contract.scan is None


def test_a_new_file_wins_over_the_tick_that_removes_the_old_one(client, office, parties, database):
    assert (
        send(client, "/contracts/add", contract_form(client, parties), scan=(b"old", "old.pdf")).status == 302
    )
    contract = database.query(Contract).one()
    address = f"/contracts/edit/{contract.id}"
    form = opened(client, address)
    form.fields["scan"] = [form.fields["scan"], REMOVE, (b"new", "new.pdf")]
    assert send(client, address, form).status == 302
    database.expire_all()
    assert contract.scan.endswith("new.pdf")


def test_a_file_of_a_wrong_kind_is_refused_and_a_name_in_any_script_taken(client, office, database):
    base = {"title": "Leitfaden", "kind": "guide", "versions__0__language": "ru", "versions__0__title": "A"}
    for name in ("run.exe", "noending", "page.html", "x.pdf.svg", ".pdf"):
        sent = send(client, "/materials/add", **base, versions__0__file=(b"x", name))
        assert list(sent.errors) == ["versions-0-file"], name
        assert sent.fields["versions-0-title"] == "A"
    for name in ("договор.pdf", "合同.PDF", "../../etc/passwd.txt"):
        sent = send(client, "/materials/add", **base, versions__0__file=(b"x", name))
        assert sent.status == 302, (name, sent.errors)
    stored = [version.file for row in database.query(Material) for version in row.versions]
    assert all("/" not in name and ".." not in name for name in stored)
    forged = send(client, "/contracts/add", scan="etc/passwd")
    assert "scan" in forged.errors


def test_a_date_that_runs_off_the_calendar_warns_of_nothing(client, office):
    saved = send(
        client,
        "/organisations/add",
        name="A",
        kind="nonprofit",
        exemption_kind="notice",
        exemption_date="9998-01-01",
    )
    assert opened(client, saved.location).status == 200


def test_text_longer_than_its_column_is_refused_at_its_field(client, office, database):
    sent = send(
        client, "/organisations/add", name="ä" * 201, kind="company", phone="1" * 61, postal_code="1" * 21
    )
    assert list(sent.errors) == ["name", "postal_code", "phone"]
    assert sent.fields["name"] == "ä" * 201
    assert (
        send(client, "/organisations/add", name="🥨" * 200, kind="company", notes="x" * 100_000).status == 302
    )


@pytest.mark.parametrize(
    ("kind", "age", "warning"),
    [
        ("notice", timedelta(days=365 * 4), ""),
        ("notice", timedelta(days=365 * 5 - 60), "The exemption notice expires soon."),
        ("notice", timedelta(days=365 * 6), "The exemption notice has expired."),
        ("finding", timedelta(days=365 * 3 - 60), "The exemption notice expires soon."),
        ("finding", timedelta(days=365 * 4), "The exemption notice has expired."),
    ],
)
def test_an_exemption_notice_near_or_past_its_end_warns_and_blocks_nothing(
    client, office, says, kind, age, warning
):
    day = (clock.today() - age).isoformat()
    saved = send(
        client, "/organisations/add", name="Verein", kind="nonprofit", exemption_kind=kind, exemption_date=day
    )
    assert saved.status == 302, saved.errors
    client.get(saved.location)  # says that it was saved
    alerts = opened(client, saved.location).alerts
    assert alerts == ([says(warning)] if warning else [])
    assert send(client, saved.location.replace("show", "edit"), city="Jena").status == 302
