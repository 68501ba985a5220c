"""The pages of reports: who may see and take them, what is written down, and what an address may ask for."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
from datetime import date

import openpyxl
import pytest

from app.access import GRANTS, Role, Section, Verb
from app.models.figures import Measure
from app.models.receipts import Receipt
from app.reports import REPORTS
from app.reports.marketplaces import REPORT
from tests import factories as make
from tests.marketplaces_2006 import chosen, held, six

PAGE = "/reports/marketplaces"
EXPORT = "/reports/marketplaces/export"
MOST_STATEMENTS = 8


@pytest.fixture
def office(database):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    six(office)
    return office


@pytest.fixture
def signed_in(client, office):
    """Sign a person with a role in."""

    def sign_in(role=Role.OFFICE_MANAGER, language="en", at=office):
        return make.sign_in(client, make.staff(role, offices=(at,)), language)

    return sign_in


def rows(page):
    """Give the texts of the report's cells, row by row; the chart has a table of its own."""
    found = []
    report = page.partition('class="picture')[0]
    for row in re.findall(r"<tr>(.*?)</tr>|<tr class=.*?>(.*?)</tr>", report, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", "".join(row), re.DOTALL)
        found.append([" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells])
    return found


@pytest.mark.parametrize("role", Role)
def test_each_role_reads_and_takes_reports_as_the_policy_says(signed_in, role):
    granted, about = (GRANTS[role].get(section, ()) for section in (Section.REPORTS, REPORT.section))
    browser = signed_in(role)
    answers = [browser.get(address).status_code for address in ("/reports/", PAGE, EXPORT)]
    assert answers == [
        200 if wanted else 403
        for wanted in (
            Verb.READ in granted,
            Verb.READ in granted and Verb.READ in about,
            Verb.EXPORT in granted and Verb.EXPORT in about,
        )
    ]
    assert ('href="/reports/"' in browser.get("/").text) == (Verb.MENU in granted)


def test_reading_and_taking_are_rights_of_their_own():
    assert GRANTS[Role.READER][Section.REPORTS] == (Verb.READ, Verb.MENU)
    assert Verb.EXPORT in GRANTS[Role.OFFICE_MANAGER][Section.REPORTS]
    assert REPORT.section not in GRANTS[Role.NEWSLETTER_EDITOR]


def test_a_report_of_another_section_asks_for_the_rights_of_that_section_too(signed_in, monkeypatch):
    browser = signed_in()
    for section, expected in ((Section.CONSENTS, [403, 403]), (Section.NEWSLETTERS, [200, 403])):
        monkeypatch.setitem(REPORTS, "marketplaces", dataclasses.replace(REPORT, section=section))
        assert [browser.get(address).status_code for address in (PAGE, EXPORT)] == expected
        assert (PAGE in browser.get("/reports/").text) == (expected[0] == 200)
    assert EXPORT not in browser.get(PAGE).text


def test_a_reader_is_offered_no_download(signed_in):
    page = signed_in(Role.READER).get(PAGE).text
    assert "over 556" in page
    assert "/export" not in page


def test_a_manager_is_offered_the_download_of_what_the_page_shows(signed_in):
    assert f'href="{EXPORT}?year=2006"' in signed_in().get(f"{PAGE}?year=2006").text
    assert f'href="{EXPORT}"' in signed_in().get(PAGE).text


@pytest.mark.parametrize("address", ["/reports/", PAGE, EXPORT])
def test_who_is_not_signed_in_is_asked_to(client, office, address):
    answer = client.get(address)
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login/")


def test_the_list_leads_to_the_report(signed_in):
    page = signed_in().get("/reports/").text
    assert re.search(rf'<a [^>]*href="{PAGE}">.*?Marketplaces compared', page, re.DOTALL)


def test_the_page_reads_as_a_person_says_it(signed_in):
    page = signed_in().get(PAGE).text
    found = {row[0]: row[1:] for row in rows(page)}
    unknown = "– unknown"
    assert found["Ruhrdax"] == [
        "Essen", "18/09/2006", "90", "about 150", unknown, "97", "just under 200,000 €", unknown,
        "just under 2,061.86 €",
    ]  # fmt: skip
    assert found["Total"][1:] == [
        "about 202*", "about 284*", "about 155*", "over 556", "about 680,000 €*", unknown,
        "about 1,766.23 €*",
    ]  # fmt: skip
    assert found["Stated by"][1:] == ["4 of 6", "4 of 6", "2 of 6", "6 of 6", "4 of 6", "0 of 6", "4 of 6"]
    assert "Equivalent value: 4 of 6 marketplaces (not stated: Jena; Berlin)" in page
    assert "* mixed:" in page


def test_the_table_can_be_read_aloud(signed_in):
    page = signed_in().get(PAGE).text
    table = page.partition("<table")[2].partition("</table>")[0]
    assert table.count('scope="col"') == 10
    assert table.count('scope="row"') == 8
    assert 'role="region" aria-label="Marketplaces compared" tabindex="0"' in page


def test_a_german_reads_german_numbers(signed_in):
    page = signed_in(language="de").get(PAGE).text.replace("\u00a0", " ")
    assert "18.09.2006" in page
    assert "200.000 €" in page
    assert "1.766,23 €*" in page


def test_names_are_escaped(signed_in, office):
    event = held(office, title="<script>alert(1)</script>", city="<b>Bad</b>", date_note="<i>note</i>")
    chosen(event, Measure.CONTRACTS, 1)
    page = signed_in().get(PAGE).text
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"<script>alert|<b>Bad|<i>note", page)


@pytest.mark.parametrize("year", ["x", "206", "20066", "-2006", "0000", "2006'", "%EF%BC%92006", "%00"])
@pytest.mark.parametrize("address", [PAGE, EXPORT])
def test_what_is_no_year_is_refused(signed_in, address, year):
    assert signed_in().get(f"{address}?year={year}").status_code == 400


def test_a_year_narrows_the_page_and_stays_chosen(signed_in, office):
    chosen(held(office, title="Later", city="Essen", starts_on=date(2013, 5, 1)), Measure.CONTRACTS, 9)
    page = signed_in().get(f"{PAGE}?year=2013").text
    assert page.count('data-kind="bars"') == 2
    assert [row[0] for row in rows(page)][1:] == ["Later", "Total", "Stated by"]
    assert '<option value="2013" selected>2013</option>' in page
    assert '<option value="2006">2006</option>' in page
    assert len(rows(signed_in().get(f"{PAGE}?year=").text)) == 10


def test_the_page_of_a_year_holds_what_has_no_date_in_the_year_of_its_figures(signed_in):
    page = signed_in().get(f"{PAGE}?year=2006").text
    found = {row[0]: row[1:] for row in rows(page)}
    assert found["Total"][4:] == ["over 556", "about 680,000 €*", "– unknown", "about 1,766.23 €*"]
    assert found["Stated by"][5] == "4 of 6"
    assert "Without a date; counted in the year of its figures: Kassel" in page


def test_cents_are_written_as_two_digits(signed_in, office):
    event = held(office, title="Heumarkt", city="Köln", starts_on=date(2025, 5, 1))
    chosen(event, Measure.VALUE, "99999.50")
    chosen(event, Measure.CONTRACTS, 3)
    page = signed_in(language="de").get(f"{PAGE}?year=2025").text.replace("\u00a0", " ")
    assert page.count("99.999,50 €") == 4, "three in the table, one below the chart"
    assert "99.999,5 €" not in page
    assert "200.000 €" in signed_in(language="de").get(PAGE).text.replace("\u00a0", " ")


def test_a_year_without_marketplaces_is_said_to_have_none(signed_in):
    page = signed_in().get(f"{PAGE}?year=1999").text
    assert "No marketplace was held." in page
    assert '<option value="1999" selected>1999</option>' in page


@pytest.mark.parametrize("address", ["/reports/nothing", "/reports/nothing/export", "/reports/base"])
def test_a_report_that_does_not_exist_is_not_found(signed_in, address):
    assert signed_in().get(address).status_code == 404


@pytest.mark.parametrize("address", ["/reports/", PAGE, EXPORT])
def test_reports_are_only_read(signed_in, address):
    assert signed_in().post(address).status_code == 405


def test_a_download_is_the_workbook_and_leaves_a_receipt(signed_in, office, database):
    held(office, title="Later", starts_on=date(2013, 5, 1))
    answer = signed_in().get(f"{EXPORT}?year=2006")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert re.search(
        r"attachment; filename=.Marketplaces compared_\d{4}-\d\d-\d\d\.xlsx",
        answer.headers["Content-Disposition"],
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    info = dict(book["Info"].iter_rows(values_only=True))
    assert "Later" not in {cell.value for cell in book.worksheets[0]["A"]}
    (receipt,) = database.query(Receipt).all()
    assert (info["Year"], info["Created by"]) == ("2006", receipt.created_by)
    assert receipt.created_by.startswith("Pat Person")
    assert (receipt.title, receipt.format, receipt.rows) == ("Marketplaces compared", "xlsx", 6)
    assert receipt.filter == "Year: 2006"
    assert receipt.sha256 == hashlib.sha256(answer.data).hexdigest()


def test_looking_and_being_refused_leave_no_receipt(signed_in, database):
    signed_in().get(PAGE)
    signed_in().get(f"{EXPORT}?year=x")
    signed_in(Role.READER).get(EXPORT)
    assert database.query(Receipt).count() == 0


def test_the_workbook_speaks_the_language_of_the_person(signed_in):
    answer = signed_in(language="de").get(EXPORT)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet["C2"].number_format == "dd.mm.yyyy"


def test_another_office_is_neither_shown_nor_counted(signed_in, office):
    other = make.office("Other", parent=office.parent)
    foreign = held(other, title="Foreign", city="Geheim", starts_on=date(1990, 1, 1))
    shared = held(other, title="Open", city="Offen", shared=True)
    for event in (foreign, shared):
        chosen(event, Measure.CONTRACTS, 44)
    page = signed_in().get(PAGE).text
    assert not re.search("Foreign|Geheim|1990", page)
    assert "over 600" in page
    answer = signed_in().get(EXPORT)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    texts = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "Open" in texts
    assert not any("Foreign" in str(text) or "Geheim" in str(text) for text in texts)
    assert "over 644" in signed_in(at=office.parent).get(PAGE).text


@pytest.mark.parametrize("address", ["/reports/", PAGE, EXPORT])
def test_a_page_takes_a_handful_of_statements_however_many_events(
    signed_in, office, count_statements, address
):
    browser = signed_in()
    numbers = []
    for _round in range(2):
        six(office)
        browser.get(address)
        with count_statements() as statements:
            browser.get(address)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= MOST_STATEMENTS, numbers
