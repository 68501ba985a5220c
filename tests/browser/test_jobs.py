"""The jobs of the roles, done in a browser, in both languages, on a desk and on a phone."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.doing import choose, fits, save

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("width", [1280, 390])
LANGUAGES = pytest.mark.parametrize("language", ["de", "en"])


@LANGUAGES
@SIZES
def test_staff_of_the_lag_find_and_edit_what_is_theirs(visit, language, width):
    page = visit("maerkische-seen", language, width)
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == language
    for section in ("organisations", "contacts", "events", "contracts", "subscribers"):
        page.goto(f"/{section}/list/")
        fits(page)
        page.locator(".list-table tbody a.row-link").first.click()
        page.wait_for_url(re.compile(f"/{section}/show/"))
        fits(page)
        page.goto(page.url.replace("/show/", "/edit/"))
        fits(page)
        save(page)
        page.wait_for_url(re.compile(f"/{section}/show/"))
        expect(page.locator(".alert-success")).to_be_visible()


@SIZES
def test_a_name_is_found_without_umlaut_and_a_phone_however_written(visit, width):
    page = visit("maerkische-seen", "de", width)
    page.goto("/contacts/list/")
    rows = page.locator(".list-table tbody tr")
    page.fill("#list-q", "mueller")
    page.wait_for_url(re.compile("q=mueller"))
    expect(page.locator("a.row-link").first).to_have_text("Müller")
    assert set(page.locator("a.row-link").all_inner_texts()) == {"Müller"}
    phone = page.locator(".list-table a[href^='tel:']").first.inner_text()
    page.fill("#list-q", "+49 " + phone.removeprefix("0").replace(" ", "-"))
    expect(rows).to_have_count(1)
    fits(page)


@LANGUAGES
@SIZES
def test_a_contract_is_made_with_two_parties_and_a_typed_value(visit, language, width):
    page = visit("maerkische-seen", language, width)
    page.goto("/contracts/add")
    page.fill("#title", f"Streichen {language} {width}")
    choose(page, "#parties-0-organisation", "Kranichholz")
    page.select_option("#parties-0-side", "company")
    choose(page, "#parties-1-organisation", "Wurzelzwerge")
    page.select_option("#parties-1-side", "nonprofit")
    choose(page, "#contributions-0-giver", "Kranichholz")
    page.select_option("#contributions-0-category", "hands")
    page.fill("#contributions-0-text", "500 Euro")
    page.fill("#contributions-0-value", "1.234,56" if language == "de" else "1,234.56")
    page.fill("#agreed_on", "24.12.2026" if language == "de" else "24/12/2026")
    save(page)
    expect(page.locator("#problems")).to_be_focused()
    taboo = "Geld ist tabu" if language == "de" else "Money is taboo"
    expect(page.locator("#contributions .error", has_text=taboo)).to_be_visible()
    fits(page)
    assert page.input_value("#contributions-0-value") == ("1.234,56" if language == "de" else "1,234.56")
    page.fill("#contributions-0-text", "Zwei Tage streichen")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile("/contracts/show/"))
    record = page.locator("main").inner_text()
    assert ("24.12.2026" if language == "de" else "24/12/2026") in record
    assert ("1.234,56" if language == "de" else "1,234.56") in record
    fits(page)


@LANGUAGES
@SIZES
def test_a_manager_downloads_the_comparison_of_2006(visit, language, width, tmp_path):
    page = visit("leitung", language, width)
    page.goto("/reports/")
    page.locator("main a", has_text=re.compile("Marktplätze|Marketplaces")).first.click()
    page.goto(page.url.partition("?")[0] + "?year=2006")
    fits(page)
    with page.expect_download() as download:
        page.locator("main a", has_text="Excel").first.click()
    path = tmp_path / "report.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert {556, 680000, 1766.23} <= {cell for cell in cells if isinstance(cell, (int, float))}
    assert ("über" if language == "de" else "over") in cells
    assert ("gemischt" if language == "de" else "mixed") in cells


@pytest.mark.parametrize(
    ("account", "shown", "hidden"),
    [
        ("admin", "/staff/list/", None),
        ("servicestelle", "/newsletters/list/", "/subscribers/list/"),
        ("leitung", "/staff/list/", "/subscribers/list/"),
        ("regionalbuero", "/contracts/list/", "/staff/list/"),
        ("newsletter", "/subscribers/list/", "/contracts/list/"),
        ("lesen", "/contracts/list/", "/newsletters/list/"),
    ],
)
def test_each_role_has_its_menu(visit, account, shown, hidden):
    page = visit(account)
    page.goto("/")
    links = page.locator("#sidebar a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert shown in links
    assert hidden not in links
    if account == "lesen":
        page.goto("/contracts/list/")
        expect(page.locator(".page-top .btn")).to_have_count(0)
        expect(page.locator("#add-menu")).to_have_count(0)
