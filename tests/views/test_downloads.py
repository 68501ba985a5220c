"""A download holds what the list shows, no more and no less, and leaves a receipt."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from flask_babel import force_locale

from app.access import Role
from app.core import clock
from app.core.values import Qualifier
from app.models.figures import Measure
from app.models.organisations import OrganisationKind
from app.models.receipts import Receipt
from app.services import receipts
from app.views import downloads
from tests import factories as make
from tests.pages import views
from tests.tables import read


@pytest.fixture
def office(database, client):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.OFFICE_MANAGER, offices=(office,), last_name="Manager"), "de")
    return office


@pytest.fixture
def download(client, database):
    """Download a list; give the response's bytes and headers."""

    def download(base, fmt, **query):
        database.commit()
        with client.get(f"/{base}/export/{fmt}", query_string=query) as answer:
            assert answer.status_code == 200, answer.headers
            return answer.data, answer.headers

    return download


def workbook(data):
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def table(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def names(rows):
    return [row[0] for row in rows[1:]]


def test_exactly_the_filtered_rows_in_the_order_of_the_list(client, office, download):
    for name, city in (
        ("Bau A", "Jena"),
        ("Bau C", "Jena"),
        ("Bau B", "Jena"),
        ("Bau D", "Kassel"),
        ("Chor", "Jena"),
    ):
        make.organisation(office, name, city=city)
    make.organisation(make.office("Other", parent=office.parent), "Bau hidden", city="Jena")
    query = {
        "q": "bau",
        "_flt_3_city": "Jena",
        "_oc_OrganisationView": "name",
        "_od_OrganisationView": "desc",
    }
    listed = read(client.get("/organisations/list/", query_string=query)).first
    assert listed == ["Bau C", "Bau B", "Bau A"]
    assert names(workbook(download("organisations", "xlsx", **query)[0])) == listed
    assert names(table(download("organisations", "csv", **query)[0])) == listed


def test_a_page_is_no_limit_of_a_download(office, download):
    for number in range(60):
        make.organisation(office, f"O{number:02}")
    query = {"psize_OrganisationView": "10", "page_OrganisationView": "2"}
    assert names(table(download("organisations", "csv", **query)[0])) == [
        f"O{number:02}" for number in range(60)
    ]
    assert len(workbook(download("organisations", "xlsx", **query)[0])) == 61


@pytest.mark.parametrize("language", ["de", "en"])
def test_headings_are_the_labels_of_the_visible_columns(app, client, full_office, database, language):
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)), language)
    database.commit()
    for view in views(app):
        if not view.downloadable:
            continue
        shown = read(client.get(f"{view.route_base}/list/")).headings
        with client.get(f"{view.route_base}/export/csv") as answer:
            found = table(answer.data)[0]
        with client.get(f"{view.route_base}/export/xlsx") as answer:
            assert workbook(answer.data)[0] == found, view.route_base
        if view.route_base == "/figures":
            with app.test_request_context(), force_locale(language):
                wanted = ["Kennzahl"] if language == "de" else ["Figure"]
            assert len(found) == len(shown) + 1
            assert wanted[0] not in found
        else:
            assert found == shown, view.route_base
        assert not any("_" in heading for heading in found)


def test_values_are_typed_in_a_workbook_and_written_in_the_language_in_a_csv(client, office, download):
    market = make.event(office, "Markt", starts_on=date(2026, 12, 24), shared=True)
    contract = make.contract(
        office,
        make.organisation(office),
        make.organisation(office, "Verein"),
        event=market,
        number=7,
        due_on=date(2027, 1, 2),
    )
    make.contribution(contract, value=Decimal("1234.56"))
    rows = workbook(download("contracts", "xlsx")[0])
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["Nummer"], row["Fällig"]) == (7, datetime(2027, 1, 2))  # noqa: DTZ001 - Excel has no zones
    assert row["Gegenwert (€)"] == 1234.56
    assert row["Parteien"] == "Müller GmbH – Verein"
    row = dict(zip(*table(download("contracts", "csv")[0]), strict=True))
    assert (row["Nummer"], row["Fällig"], row["Gegenwert (€)"]) == ("7", "02.01.2027", "1234,56")
    client.post("/events/settings", data={"column": ["title", "shared"]})
    rows = workbook(download("events", "xlsx")[0])
    assert dict(zip(rows[0], rows[1], strict=True))["Im Netzwerk geteilt"] is True


def test_a_figure_is_a_number_with_its_qualifier_beside_it(office, download):
    make.figure(make.event(office), Measure.VALUE, "200000", qualifier=Qualifier.UNDER)
    rows = workbook(download("figures", "xlsx")[0])
    row = dict(zip(rows[0], rows[1], strict=True))
    assert 200000 in row.values()
    assert "unter" in row.values() or "knapp" in row.values()
    assert "200000" in table(download("figures", "csv")[0])[1]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
def test_text_that_looks_like_a_formula_is_text(office, download, start):
    name = f'{start}HYPERLINK("http://x.example";"Click")'
    email = f"{name.strip()}@x.example"
    make.organisation(office, f"A{name}", email=email, phone="+49 30 123", city=name)
    data, _headers = download("organisations", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "b"}
    assert email in {cell.value for cell in cells}
    for cell in table(download("organisations", "csv")[0])[1]:
        assert not cell.startswith(("=", "+", "-", "@", "\t")), cell


def test_a_csv_opens_in_excel_with_its_umlauts(office, download):
    make.organisation(office, 'Bäcker; "Süd"\nZweite Zeile')
    data, headers = download("organisations", "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.splitlines()[0].decode("utf-8-sig").startswith("Name;Art;Ort;")
    assert data.endswith(b"\r\n")
    assert table(data)[1][0] == 'Bäcker; "Süd"\nZweite Zeile'
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in headers["Content-Disposition"]
    assert f"Organisationen_{clock.today():%Y-%m-%d}.csv" in headers["Content-Disposition"]


def test_a_download_of_nothing_is_headings_only(office, download, database):
    for fmt, rows in (("csv", table), ("xlsx", workbook)):
        data, _headers = download("organisations", fmt, q="nobody")
        assert len(rows(data)) == 1
    assert [receipt.rows for receipt in database.query(Receipt)] == [0, 0]


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_a_receipt_says_who_took_what_by_which_filter_and_proves_the_file(office, download, database, fmt):
    parent = make.organisation(office, "Holding")
    for number in range(3):
        make.organisation(office, f"Bau {number}", kind=OrganisationKind.SCHOOL, parent=parent, city="Jena")
    query = {
        "q": "bau",
        "_flt_0_kind": "school",
        "_flt_0_parent": str(parent.id),
        "_flt_0_shared": "n",
        "_flt_0_city": "en",
    }
    data, _headers = download("organisations", fmt, **query)
    receipt = database.query(Receipt).one()
    assert receipt.sha256 == hashlib.sha256(data).hexdigest()
    assert (receipt.rows, receipt.format, receipt.title) == (3, fmt, "Organisationen")
    assert receipt.created_by.endswith("Manager")
    assert receipt.office_id == office.id
    assert (clock.now() - receipt.created_at).total_seconds() < 60
    assert set(receipt.filter.splitlines()) == {
        "Suche enthält bau",
        "Art ist Schule",
        "Trägerorganisation ist Holding",
        "Im Netzwerk geteilt ist nein",
        "Ort enthält en",
    }


def test_no_file_leaves_without_a_receipt(app, client, office, database, monkeypatch):
    """The receipt is written first: when that fails, nothing is sent."""
    database.commit()

    def broken(**_more):
        raise OSError

    monkeypatch.setattr(receipts, "write", broken)
    assert client.get("/organisations/export/csv").status_code == 500
    assert database.query(Receipt).count() == 0


@pytest.mark.each_database
def test_a_list_of_stored_columns_is_the_same_file_as_one_of_records(
    client, office, download, database, monkeypatch
):
    """It's read without loading records, and PostgreSQL writes its CSV; foreign rows stay out, and rows are counted."""
    for number, name in enumerate(("Jäger", "=1+1", "a;b", "A\nB")):
        make.contact(
            office, name, city="Jena", first_name=None if number else "Jörg", do_not_email=number == 1
        )
    make.contact(make.office("Other", parent=office.parent), "Hidden", city="Jena")
    make.contact(office, "Elsewhere", city="Kassel")
    columns = ["last_name", "first_name", "language", "do_not_email", "city"]
    client.post("/contacts/settings", data={"column": columns})
    query = {"_flt_3_city": "Jena"}
    quick = {fmt: download("contacts", fmt, **query)[0] for fmt in ("csv", "xlsx")}
    monkeypatch.setattr(downloads, "_stored", lambda *_any: None)
    assert download("contacts", "csv", **query)[0] == quick["csv"]
    assert workbook(download("contacts", "xlsx", **query)[0]) == workbook(quick["xlsx"])
    assert sorted(names(table(quick["csv"]))) == ["'=1+1", "A\nB", "Jäger", "a;b"]
    assert [receipt.rows for receipt in database.query(Receipt)] == [4] * 4


def test_a_download_leaves_no_file_behind(office, download, tmp_path, monkeypatch):
    make.organisation(office)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for fmt in ("csv", "xlsx"):
        download("organisations", fmt)
    assert list(tmp_path.iterdir()) == []


def test_only_who_may_take_files_out_can(client, office, database):
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)))
    database.commit()
    assert client.get("/organisations/export/csv").status_code == 403
    assert "export/csv" not in client.get("/organisations/list/").text
    assert client.get("/organisations/export/pdf").status_code == 404
