"""What people do on a page, in the words of the tests."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

#: A job is done on a phone and on a desk, in German and in English: German where it's narrow, as its words are long.
LOOKS = pytest.mark.parametrize(("language", "width"), [("de", 390), ("en", 1280)])


def choose(page: Page, select: str, text: str) -> None:
    """Choose a row in a remote select, by typing. It stays as high as it is: what is below isn't moved."""
    control = page.locator(f"{select} + .ts-wrapper")
    before = control.bounding_box()
    page.locator(f"{select}-ts-control").focus()
    page.keyboard.type(text)
    option = page.locator(".ts-dropdown:visible [data-selectable]", has_text=text).first
    option.click()
    expect(control.locator(".item", has_text=text)).to_be_visible()
    after = control.bounding_box()
    assert before
    assert after
    assert before["height"] == after["height"]


def words(language: str, german: str, english: str) -> str:
    """What stands on the page in its language."""
    return german if language == "de" else english


def open_first(page: Page, section: str) -> None:
    """Open the first record of the list that is open."""
    follow(page.locator(".list-table tbody a.row-link").first)
    expect(page).to_have_url(re.compile(f"/{section}/show/"))


def follow(link: Locator) -> None:
    """Click what leads to another page, and wait until that has come: a click alone doesn't wait."""
    with link.page.expect_navigation():
        link.click()


def save(page: Page) -> None:
    """Save the form that is open."""
    page.locator("form.record-form [data-save]").click()


def fits(page: Page) -> None:
    """Nothing sticks out of the page to the right."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
