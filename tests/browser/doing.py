"""What people do on a page, in the words of the tests."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def choose(page: Page, select: str, text: str) -> None:
    """Choose a row in a remote select, by typing."""
    page.locator(f"{select}-ts-control").focus()
    page.keyboard.type(text)
    option = page.locator(".ts-dropdown:visible [data-selectable]", has_text=text).first
    option.click()
    expect(page.locator(f"{select} + .ts-wrapper .item", has_text=text)).to_be_visible()


def save(page: Page) -> None:
    """Save the form that is open."""
    page.locator("form.record-form [data-save]").click()


def fits(page: Page) -> None:
    """Nothing sticks out of the page to the right."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
