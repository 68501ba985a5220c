"""The result in one click: the gong, sheet and PDF, the text for the press, and figures."""

from __future__ import annotations

import re

import openpyxl
import pypdf
import pytest
from playwright.sync_api import expect

from tests.browser.doing import LOOKS, fits, words
from tests.browser.walk import faults

pytestmark = pytest.mark.browser

#: In the demo: an event with contracts of an office, and the Ruhrdax, of which only figures are known.
MARKET, RUHRDAX = "Stadthalle", "Ruhrdax"


def opened(page, title):
    """Open the result of an event, by the way that people take."""
    page.goto(f"/events/list/?q={title}")
    page.locator("main a.row-link").first.click()
    page.locator(".event-pages a[href^='/result/']").click()
    expect(page.locator("h1")).to_contain_text(re.compile("Ergebnis|Result"))


@LOOKS
def test_the_gong_gives_sheet_text_and_figures(visit, language, width, tmp_path):
    page = visit("leitung", language, width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, MARKET)
    page.locator("form[action$='/gong'] button").click()
    page.locator("#confirm [data-yes]").click()
    expect(page.locator(".alert-success")).to_be_visible()
    fits(page)
    page.locator("main details summary").first.click()
    assert faults(page, page.url, [(width, "light"), (width, "dark")]) == []
    contracts = page.locator("main tr", has_text=words(language, "Kontrakte", "Contracts")).first
    number = contracts.locator("strong").inner_text()
    for ending in ("xlsx", "pdf"):
        with page.expect_download() as download:
            page.locator(f"main a[href*='/{ending}?language={language}']").click()
        download.value.save_as(tmp_path / f"sheet.{ending}")
    sheet = openpyxl.load_workbook(tmp_path / "sheet.xlsx").worksheets[0]
    told = {row[0].value: row[2].value for row in sheet.iter_rows(min_row=2, max_row=7)}
    assert told[words(language, "Kontrakte", "Contracts")] == int(number)
    text = pypdf.PdfReader(tmp_path / "sheet.pdf").pages[0].extract_text()
    page.locator(f"[data-copy='press-text-{language}']").click()
    expect(page.locator("[data-copied]", has_text=words(language, "Kopiert", "Copied"))).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(f"#press-text-{language}").text_content()
    assert words(language, f"{number} Kontrakte", f"{number} contracts") in copied.replace("\u00a0", " ")
    assert " ".join(copied.split()) in " ".join(text.split())
    page.locator("form[action$='/figures'] button").click()
    expect(page.locator(".alert-success")).to_be_visible()
    page.locator("form[action$='/figures'] button").click()
    expect(page.locator(".alert-info").first).to_be_visible()
    expect(page.locator("main tr", has_text=words(language, "Ergebnis", "result")).last).to_be_visible()


@LOOKS
def test_what_was_reported_of_long_ago_is_told_with_its_reservations(visit, language, width):
    page = visit("servicestelle", language, width)
    opened(page, RUHRDAX)
    expect(page.locator("#press-text-de")).to_contain_text(
        "90 Unternehmen und rund 150 gemeinnützige Organisationen"
    )
    expect(page.locator("#press-text-en")).to_contain_text("just under 200,000 euros")
    fits(page)
    assert faults(page, page.url, [(width, "light"), (width, "dark")]) == []
    page.locator("main a[href^='/figures/add']").click()
    expect(page.locator("form.record-form")).to_contain_text(RUHRDAX)


def test_the_text_for_the_press_needs_no_script(chromium, server, visit):
    staff = visit("servicestelle", "de", 1280)
    opened(staff, RUHRDAX)
    plain = chromium.new_context(
        base_url=server, java_script_enabled=False, storage_state=staff.context.storage_state()
    )
    page = plain.new_page()
    page.goto(staff.url)
    expect(page.locator("#press-text-de")).to_contain_text("97 Kontrakte")
    expect(page.locator("[data-copy]").first).to_be_hidden()
    plain.close()
