"""An event is planned on the screen: a template is looked at and added; everybody can read the pages of the event."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.doing import follow
from tests.browser.walk import LOOKS, faults


def test_a_template_is_applied_and_the_pages_of_the_event_are_accessible(visit):
    page = visit("servicestelle", language="en")
    page.goto("/events/list/?q=jena")
    follow(page.locator("a.row-link").first)
    event = page.url.rpartition("/")[2]
    page.get_by_role("link", name="Apply a template").click()
    page.locator("#template-ts-control").fill("Marktplatz")
    page.locator(".ts-dropdown [data-selectable]").first.click()
    page.get_by_role("button", name="Show what it adds").click()
    expect(page.get_by_role("heading", name="What “Marktplatz Gute Geschäfte” adds")).to_be_visible()
    found = faults(page, "template", LOOKS[0])
    page.get_by_role("button", name="Add this to the event").click()
    expect(page.locator(".alert-success")).to_contain_text("12 tasks, 6 corners, 4 targets")
    for number, address in enumerate((f"/benchmark/{event}", "/cockpit/11", "/series/show/1")):
        page.goto(address)
        found += faults(page, address, LOOKS[number % 2])
    assert found == []
