"""The jobs of the roles, done in a browser, in both languages, on a desk and on a phone."""

from __future__ import annotations

import csv
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.doing import LOOKS, choose, fits, follow, open_first, save, words

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("width", [1280, 390])
# What a page offers to those who may change something or take it away.
CHANGING = (
    "main :is(a[href*='/edit/'], a[href*='/add'], a[href*='/export/'], form[action*='/delete/'],"
    " input[name=rowid])"
)


@LOOKS
def test_staff_of_the_lag_find_and_edit_what_is_theirs(visit, language, width):
    page = visit("maerkische-seen", language, width)
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == language
    for section in ("organisations", "contacts", "events", "contracts", "subscribers"):
        page.goto(f"/{section}/list/")
        fits(page)
        open_first(page, section)
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


@LOOKS
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
    page.fill("#contributions-0-value", words(language, "1.234,56", "1,234.56"))
    page.fill("#agreed_on", words(language, "24.12.2026", "24/12/2026"))
    save(page)
    expect(page.locator("#problems")).to_be_focused()
    taboo = words(language, "Geld ist tabu", "Money is taboo")
    expect(page.locator("#contributions .error", has_text=taboo)).to_be_visible()
    fits(page)
    assert page.input_value("#contributions-0-value") == words(language, "1.234,56", "1,234.56")
    page.fill("#contributions-0-text", "Zwei Tage streichen")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile("/contracts/show/"))
    record = page.locator("main").inner_text()
    assert words(language, "24.12.2026", "24/12/2026") in record
    assert words(language, "1.234,56", "1,234.56") in record
    fits(page)


@LOOKS
def test_a_manager_downloads_the_comparison_of_2006(visit, language, width, tmp_path):
    page = visit("leitung", language, width)
    page.goto("/reports/")
    follow(page.locator("main a", has_text=re.compile("Marktplätze|Marketplaces")).first)
    page.goto(page.url.partition("?")[0] + "?year=2006")
    fits(page)
    with page.expect_download() as download:
        page.locator("main a", has_text="Excel").first.click()
    path = tmp_path / "report.xlsx"
    download.value.save_as(path)
    # Totals are formulas, which bring their values.
    book = openpyxl.load_workbook(path, data_only=True)
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row]
    assert {556, 680000, 1766.23} <= {cell for cell in cells if isinstance(cell, (int, float))}
    assert words(language, "über", "over") in cells
    assert words(language, "gemischt", "mixed") in cells


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


@LOOKS
def test_an_editor_hands_over_a_file_and_ends_a_subscription(visit, language, width, tmp_path):
    page = visit("newsletter", language, width)
    page.goto("/subscribers/list/?q=birk")
    fits(page)
    page.locator("main a[href='/exports/']").click()
    page.locator("main a.card-link").first.click()
    page.locator("main input[name=layout][value=csv]").check()
    page.fill("#purpose", "Herbst")
    with page.expect_download() as download:
        page.locator("main form button.btn-primary").click()
    path = tmp_path / "subscribers.csv"
    download.value.save_as(path)
    [head, *rows] = csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")
    column = head.index(words(language, "E-Mail", "E-mail"))
    assert rows
    assert all("@" in row[column] for row in rows)

    page.goto("/subscriptions/list/?_flt_0_status=confirmed")
    open_first(page, "subscriptions")
    badges = page.locator(".record-badges")
    expect(badges).to_contain_text(words(language, "Bestätigt", "Confirmed"))
    page.locator("form[action*='/withdraw/'] button").click()
    page.locator("#confirm [data-yes]").click()
    expect(badges).to_contain_text(words(language, "Abgemeldet", "Unsubscribed"))
    expect(page.locator("form[action*='/withdraw/']")).to_have_count(0)
    proof = page.locator("main table").first
    expect(proof).to_contain_text(words(language, "Zurückgezogen", "Withdrawn"))
    expect(proof).to_contain_text("Neumond")
    fits(page)


@LOOKS
def test_a_reader_reads_all_and_is_offered_nothing_else(visit, language, width):
    page = visit("lesen", language, width)
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == language
    for section in ("organisations", "contacts", "events", "contracts"):
        page.goto(f"/{section}/list/")
        expect(page.locator(CHANGING)).to_have_count(0)
        open_first(page, section)
        expect(page.locator("main h1")).to_be_visible()
        expect(page.locator(CHANGING)).to_have_count(0)
        fits(page)
    page.goto("/reports/marketplaces?year=2006")
    expect(page.locator("main")).to_contain_text(words(language, "über 556", "over 556"))
    expect(page.locator("main a", has_text="Excel")).to_have_count(0)
    fits(page)


@LOOKS
def test_the_agency_looks_at_one_office_and_at_the_network(visit, language, width):
    page = visit("servicestelle", language, width)
    page.goto("/")
    fits(page)
    expect(page.locator("#panel-network_sites table")).to_contain_text("Strausberg")
    page.goto("/events/list/")
    rows = page.locator(".list-table tbody a.row-link:not(:has(.row-foreign))")
    everywhere = rows.all_inner_texts()
    page.locator("#office-menu").click()
    page.locator(".office-menu button", has_text="Regionalbüro Essen").click()
    expect(page.locator("#office-menu")).to_contain_text("Regionalbüro Essen")
    here = rows.all_inner_texts()
    assert here
    assert set(here) < set(everywhere)
    page.locator("#office-menu").click()
    page.locator(".office-menu button[value=all]").click()
    expect(page.locator("#office-menu")).not_to_contain_text("Regionalbüro Essen")
    assert rows.all_inner_texts() == everywhere
    fits(page)


@LOOKS
def test_an_administrator_makes_an_account_and_its_person_signs_in(visit, language, width):
    page = visit("admin", language, width)
    name = f"neu-{language}-{width}"
    page.goto("/staff/add")
    page.fill("#first_name", "Nele")
    page.fill("#last_name", f"Neuling {language} {width}")
    page.fill("#username", name)
    page.fill("#email", f"{name}@example.org")
    page.select_option("#language", language)
    page.check("input[name=roles][value='Reader']")
    page.locator("#memberships label", has_text="LAG Märkische Seen").locator("input").check()
    fits(page)
    save(page)
    link = page.locator("input[data-select]")
    expect(link).to_have_value(re.compile("/invitation/"))
    fits(page)

    person = visit.open(language, width)
    person.goto(link.input_value())
    expect(person.locator("html")).to_have_attribute("lang", language)
    person.fill("#password", f"Ein Satz für {name}")
    person.fill("#again", f"Ein Satz für {name}")
    fits(person)
    person.locator("main form button").click()
    person.fill("#username", name)
    person.fill("#password", f"Ein Satz für {name}")
    person.locator("main form button").click()
    person.wait_for_url(visit.server + "/")
    person.goto("/contracts/list/")
    expect(person.locator(".list-table tbody a.row-link").first).to_be_visible()
    expect(person.locator(CHANGING)).to_have_count(0)
