"""The matching as a person sees it: on a phone and on a desk, in both themes, and what goes to the printer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.walk import LOOKS, faults

pytestmark = pytest.mark.browser


def test_the_matching_can_be_read_everywhere_and_a_sheet_is_a_page(visit):
    page = visit("regionalbuero")
    page.goto("/offers/list/?q=Datensicherung")
    page.locator("a.row-link").first.click()
    page.locator("main a[href^='/events/show/']").first.click()
    page.get_by_role("navigation", name="Seiten der Veranstaltung").get_by_role(
        "link", name="Matching"
    ).click()
    expect(page.get_by_text("ähnliche Wörter: Datensicherung – Sicherung").first).to_be_visible()
    base = re.sub(r"\?.*", "", page.url)
    for number, tab in enumerate(("", "/plan", "/unmatched", "/sheets")):
        page.goto(f"{base}{tab}")
        assert faults(page, f"{base}{tab}", LOOKS[number % 2]) == []
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.goto(f"{base}/sheets")
    page.emulate_media(media="print")
    sheet = page.locator(".match-sheet").first
    assert sheet.evaluate("sheet => getComputedStyle(sheet).breakAfter") == "page"
    expect(page.locator(".match-tabs")).to_be_hidden()
    expect(page.locator(".report-filter")).to_be_hidden()
