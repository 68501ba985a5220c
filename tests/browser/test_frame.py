"""The frame of every page: menu, language, appearance, office, and what is to be seen of who works here."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORDS
from tests.browser.doing import fits

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["de", "en"])
def test_who_signs_in_comes_to_the_start_page(visit, language):
    page = visit.open(language)
    page.goto("/login/")
    page.fill("#username", "lesen")
    page.fill("#password", PASSWORDS["lesen"])
    page.click("main form button")
    page.wait_for_url(visit.server + "/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("#sidebar")).to_be_visible()


def test_the_language_is_changed_on_the_page(visit):
    page = visit("regionalbuero", "de")
    page.goto("/events/list/?q=markt")
    page.locator("[aria-label=Sprache]").click()
    page.locator("button[lang=en]:visible").click()
    expect(page.locator("h1")).to_have_text("Events")
    expect(page).to_have_title("Events · Marktbüro")
    assert "q=markt" in page.url


def test_the_menu_is_a_drawer_on_a_phone(visit):
    page = visit("maerkische-seen", "de", 390)
    page.goto("/")
    menu = page.locator("#sidebar")
    expect(menu).to_be_hidden()
    page.locator("[aria-label=Menü]").click()
    expect(menu).to_be_visible()
    menu.locator("a", has_text="Kontrakte").click()
    page.wait_for_url(re.compile("/contracts/list/"))
    expect(menu).to_be_hidden()
    fits(page)


def test_the_side_bar_is_narrowed_and_its_sections_closed_for_good(visit):
    page = visit("maerkische-seen")
    page.goto("/")
    page.locator("[data-section=market]").click()
    link = page.locator("#sidebar a[href='/contracts/list/']")
    expect(link).to_be_hidden()
    page.locator("[data-sidebar-toggle]").click()
    expect(page.locator("html")).to_have_attribute("data-sidebar", "narrow")
    # Without headings there is nothing to close: all icons are there.
    expect(link).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-sidebar", "narrow")
    page.locator("[data-sidebar-toggle]").click()
    expect(link).to_be_hidden()
    page.locator("[data-section=market]").click()
    expect(link).to_be_visible()


def test_the_appearance_is_chosen_and_follows_the_system_until_then(visit):
    page = visit("leitung")
    page.goto("/")
    root = page.locator("html")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.locator("[aria-label=Darstellung]").click()
    page.locator("[data-theme-choice=light]:visible").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "light")


@pytest.mark.parametrize("width", [1280, 390])
def test_office_and_role_are_always_to_be_seen(visit, width):
    page = visit("leitung", "de", width)
    for address in ("/", "/contracts/list/", "/contracts/add", "/account/"):
        page.goto(address)
        header = page.locator("header.topbar-frame")
        expect(header.get_by_text("LAG Märkische Seen").locator("visible=true").first).to_be_visible()
        expect(header.get_by_text("Büroleitung").locator("visible=true").first).to_be_visible()


def test_the_first_key_leads_past_the_menu(visit):
    page = visit("lesen")
    page.goto("/contracts/list/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_nothing_personal_is_kept_in_the_browser(visit):
    page = visit("maerkische-seen")
    for address in ("/", "/contacts/list/?q=mueller", "/contracts/show/1", "/contacts/add"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
    kept = page.evaluate("({...localStorage, ...sessionStorage})")
    # htmx keeps the address of the page, which the browser's own history has too, until the tab is closed.
    assert set(kept) <= {"theme", "sidebar", "closed", "keys", "htmx-current-path-for-history"}, kept
