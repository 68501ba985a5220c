"""The jobs of the roles, done in a browser, in both languages, on a desk and on a phone."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("width", [1280, 390])
LANGUAGES = pytest.mark.parametrize("language", ["de", "en"])


def choose(page: Page, select: str, text: str) -> None:
    """Choose a row in a remote select, by typing."""
    page.locator(f"{select} + .select2").click()
    expect(page.locator(".select2-container--open .select2-search__field")).to_be_focused()
    page.keyboard.type(text)
    option = page.locator(".select2-results__option", has_text=text).first
    option.click()
    expect(page.locator(".select2-container--open")).to_have_count(0)


def fits(page: Page) -> None:
    """Nothing sticks out of the page to the right."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@LANGUAGES
@SIZES
def test_staff_of_the_lag_find_and_edit_what_is_theirs(visit, language, width):
    page = visit("maerkische-seen", language, width)
    assert page.locator("html").get_attribute("lang") == language
    for section in ("organisations", "contacts", "events", "contracts", "subscribers"):
        page.goto(f"/{section}/list/")
        fits(page)
        page.locator("tbody tr td a").first.click()
        page.wait_for_url(re.compile(f"/{section}/show/"))
        fits(page)
        page.locator(".page-top .btn-primary").first.click()
        page.wait_for_url(re.compile(f"/{section}/edit/"))
        fits(page)
        page.locator("form.record-form .page-bottom .btn-primary").click()
        page.wait_for_url(re.compile(f"/{section}/show/"))
        expect(page.locator(".alert-success")).to_be_visible()


def test_a_name_is_found_without_umlaut_and_a_phone_however_written(visit):
    page = visit("maerkische-seen")
    page.goto("/contacts/list/")
    page.fill("input[name=q]", "mueller")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=mueller"))
    names = page.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert names
    assert set(names) == {"Müller"}
    phone = page.locator("a[href^='tel:']").first.inner_text()
    page.goto("/contacts/list/")
    page.fill("input[name=q]", "+49 " + phone.removeprefix("0").replace(" ", "-"))
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)


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
    save = page.locator("form.record-form .page-bottom .btn-primary")
    save.click()
    expect(page.locator("#problems")).to_be_visible()
    taboo = "Geld ist tabu" if language == "de" else "Money is taboo"
    expect(page.locator("#contributions .error", has_text=taboo)).to_be_visible()
    fits(page)
    assert page.input_value("#contributions-0-value") == ("1.234,56" if language == "de" else "1,234.56")
    page.fill("#contributions-0-text", "Zwei Tage streichen")
    save.click()
    page.wait_for_url(re.compile("/contracts/show/"))
    record = page.locator("dl.record").inner_text()
    assert ("24.12.2026" if language == "de" else "24/12/2026") in record
    assert ("1.234,56" if language == "de" else "1,234.56") in record
    fits(page)


def test_a_row_is_added_and_removed(visit):
    page = visit("maerkische-seen")
    page.goto("/contacts/add")
    page.fill("#last_name", "Zeile")
    page.locator("#channels .add-row").click()
    page.fill("#channels-0-value", "zeile@example.org")
    page.select_option("#channels-1-kind", "phone")
    page.fill("#channels-1-value", "030 23125 999")
    page.locator("form.record-form .page-bottom .btn-primary").click()
    page.wait_for_url(re.compile("/contacts/show/"))
    assert "030 23125 999" in page.locator("dl.record").inner_text()
    page.locator(".page-top .btn-primary").first.click()
    page.check("#channels-1-row_remove")
    page.locator("form.record-form .page-bottom .btn-primary").click()
    page.wait_for_url(re.compile("/contacts/show/"))
    assert "030 23125 999" not in page.locator("dl.record").inner_text()


def test_a_filter_is_added_read_as_a_sentence_and_removed(visit):
    page = visit("maerkische-seen")
    page.goto("/organisations/list/")
    everything = page.locator(".count").inner_text()
    page.locator("details summary").click()
    page.fill("#filter-city", "Strausberg")
    page.locator(".filter-choices > .btn").click()
    page.wait_for_url(re.compile("_flt_0_city=Strausberg"))
    expect(page.locator(".filters li")).to_contain_text("Ort enthält Strausberg")
    assert page.locator(".count").inner_text() != everything
    page.locator(".filters .remove").click()
    expect(page.locator(".filters li")).to_have_count(0)
    assert page.locator(".count").inner_text() == everything


def test_a_refused_question_deletes_nothing_later(visit):
    """Of two questions, only the one that is answered with yes has an effect."""
    page = visit("leitung")
    page.goto("/activities/list/")
    rows = page.locator("tbody tr")
    before = rows.count()
    assert before > 1
    answers = iter([False, True])
    page.on("dialog", lambda dialog: dialog.accept() if next(answers) else dialog.dismiss())
    page.check("tbody tr:nth-child(1) input[name=rowid]")
    page.locator("#bulk button").click()
    page.uncheck("tbody tr:nth-child(1) input[name=rowid]")
    page.check("tbody tr:nth-child(2) input[name=rowid]")
    gone = page.locator("tbody tr:nth-child(2) input[name=rowid]").get_attribute("value")
    page.locator("#bulk button").click()
    expect(page.locator(".alert-success")).to_be_visible()
    expect(page.locator(f"input[name=rowid][value='{gone}']")).to_have_count(0)


@LANGUAGES
@SIZES
def test_a_manager_downloads_the_comparison_of_2006(visit, language, width, tmp_path):
    page = visit("leitung", language, width)
    page.goto("/reports/")
    page.locator("main a", has_text=re.compile("Marktplätze|Marketplaces")).first.click()
    page.goto(page.url.partition("?")[0] + "?year=2006")
    fits(page)
    with page.expect_download() as download:
        page.locator("a", has_text="Excel").first.click()
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
    links = page.locator("#menu a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert shown in links
    assert hidden not in links
    if account == "lesen":
        page.goto("/contracts/list/")
        expect(page.locator(".page-top .btn")).to_have_count(0)


def test_the_language_is_changed_on_the_page(visit):
    page = visit("lesen", "de")
    page.goto("/events/list/")
    page.locator(".languages button[lang=en]").click()
    expect(page.locator("h1")).to_have_text("Events")
    assert page.url.endswith("/events/list/?") or page.url.endswith("/events/list/")
