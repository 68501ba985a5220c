"""A party reports on its contract: asked by staff, by mail, on a phone without scripts; and staff see the answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.doing import fits, follow
from tests.browser.walk import faults

pytestmark = pytest.mark.browser

FIRM = "Tischlerei Kranichholz"


def newest_link(box, parties):
    """Give the link of the mail about a contract of these parties, once it's there; the server works by itself."""
    for _attempt in range(60):
        box.goto("/outbox/")
        for address in box.locator("main tr a").evaluate_all("links => links.map(link => link.pathname)"):
            box.goto(address)
            text = box.locator("main").inner_text()
            found = re.search(r"http\S+/report/\S+", text)
            if found and parties in text:
                return found[0]
        box.wait_for_timeout(500)
    raise AssertionError(parties)


def test_a_party_is_asked_and_reports_on_a_phone_without_scripts(visit, chromium, server):
    staff = visit("leitung", "de", 1280)
    staff.goto("/followups/")
    assert faults(staff, staff.url) == []
    follow(staff.locator("main a[href*='/followups/event/']").first)
    assert faults(staff, staff.url) == []
    staff.locator("form[action$='/ask'] button").click()
    staff.locator("#confirm [data-yes]").click()
    expect(staff.locator(".alert-success")).to_be_visible()
    event = staff.url
    link = newest_link(visit("admin", "de", 1280), FIRM)
    # axe is a script: it looks at the page in a window that runs them.
    looked = visit.open("de", 390)
    looked.goto(link)
    fits(looked)
    assert faults(looked, link) == []
    phone = chromium.new_context(
        base_url=server, java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    page = phone.new_page()
    page.goto(link)
    page.locator("main form button").click()
    expect(page.locator(".error")).to_have_text("Bitte wählen Sie eine Antwort.")
    page.get_by_label("In Arbeit").check()
    page.fill("#hours", "12,5")
    page.fill("#comment", "Die Küche steht zur Hälfte.")
    page.locator("main form button").click()
    expect(page.locator("h1")).to_have_text("Vielen Dank!")
    assert phone.cookies() == []
    assert page.goto(link).status == 410
    phone.close()
    staff.goto(event.replace("/followups/event/", "/events/show/"))
    staff.goto("/contracts/list/?q=kranichholz")
    staff.locator("main a.row-link").first.click()
    staff.locator("main a[href*='/followups/contract/']").click()
    expect(staff.locator("main")).to_contain_text("Die Küche steht zur Hälfte.")
    expect(staff.locator("main")).to_contain_text("12,5")
    assert faults(staff, staff.url) == []
