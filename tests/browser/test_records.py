"""The page of a record in a browser: tabs by keyboard, the time line, tasks, and the question before a delete."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("width", [1280, 390])


def opened(page: Page, section: str) -> None:
    """Open the first record of a list."""
    page.goto(f"/{section}/list/")
    link = page.locator(f"main a[href^='/{section}/show/']").first
    page.goto(str(link.get_attribute("href")))


@SIZES
@pytest.mark.parametrize("section", ["organisations", "contacts", "events", "contracts"])
def test_a_record_fits_the_screen(visit, section, width):
    page = visit("maerkische-seen", width=width)
    opened(page, section)
    expect(page.locator(".record")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@SIZES
def test_tabs_are_walked_by_keyboard_and_kept_in_the_address(visit, width):
    page = visit("maerkische-seen", width=width)
    opened(page, "events")
    chosen = page.locator("[role=tab][aria-selected=true]")
    chosen.focus()
    page.keyboard.press("Home")
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-offers")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-offers")).to_be_visible()
    expect(page.locator("#panel-offers a[href^='/offers/add']")).to_be_visible()
    assert page.url.endswith("?tab=offers")
    page.reload()
    expect(page.locator("#tab-offers")).to_have_attribute("aria-selected", "true")


def test_a_task_is_written_down_and_done_where_it_belongs(visit):
    page = visit("maerkische-seen")
    opened(page, "organisations")
    shown = page.url
    page.locator(".record-tasks .card-actions a").click()
    page.wait_for_url(re.compile("/activities/add"))
    page.select_option("#kind", "task")
    page.fill("#subject", "Rückruf wegen der Stühle")
    page.locator("form.record-form").evaluate("form => form.requestSubmit()")
    page.wait_for_url(re.compile(re.escape(shown)))
    task = page.locator(".task", has_text="Rückruf wegen der Stühle")
    expect(task).to_be_visible()
    task.locator("button").click()
    expect(page.locator(".alert-success")).to_be_visible()
    expect(task).to_have_count(0)
    expect(page.locator(".entry", has_text="Rückruf wegen der Stühle")).to_be_visible()


def test_who_is_asked_before_a_delete_can_say_no(visit):
    page = visit("maerkische-seen")
    opened(page, "contracts")
    name = page.locator("h1").inner_text()
    page.locator(".record-head .btn-ghost-danger").click()
    dialog = page.locator("dialog#confirm")
    expect(dialog).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert "/contracts/show/" in page.url
