"""An organisation registers for an event on a phone and on a desk, without a script, and staff take it over."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.doing import LOOKS, fits, follow, words
from tests.browser.walk import faults

pytestmark = [pytest.mark.browser, LOOKS]


@pytest.fixture
def plain(visit, language, width):
    """A window of somebody without an account, whose browser runs no scripts."""
    locale = words(language, "de-DE", "en-GB")
    view = {"width": width, "height": 900}
    context = visit.chromium.new_context(
        base_url=visit.server, locale=locale, viewport=view, java_script_enabled=False
    )
    visit.contexts.append(context)
    return context.new_page()


def test_who_registers_without_a_script_is_taken_over_and_hears_of_it(visit, plain, language, width):
    staff = visit("leitung", language, width)
    staff.goto("/events/list/?q=silberweide")
    key = staff.locator(".list-table a.row-link").first.get_attribute("href").rpartition("/")[2]
    name, address = f"Werkhof {language}", f"werkhof-{language}@example.org"

    page = visit.open(language, width)
    page.goto(f"/register/{key}")
    fits(page)
    assert faults(page, page.url) == []

    plain.goto(f"/register/{key}?side=nonprofit")
    plain.fill("#name", name)
    plain.fill("#city", "Strausberg")
    plain.fill("#first_name", "Wanda")
    plain.fill("#last_name", "Werk")
    plain.fill("#email", address)
    plain.locator("#people button").click()
    plain.fill("#people-5-name", "Willi Winzig")
    plain.fill("#needs-0-title", words(language, "500 Euro", "€500"))
    plain.select_option("#needs-0-category", "hands")
    plain.locator("main form > button.btn-primary").click()
    expect(plain.locator("#needs-0-title-error")).to_be_visible()
    plain.fill("#needs-0-title", words(language, "Hilfe beim Umzug", "Help with a move"))
    plain.press("#notes", "Tab")
    plain.press("#name", "Enter")  # the Enter key registers; it asks for no rows
    expect(plain.locator("main")).to_contain_text(words(language, "ist eingegangen", "has arrived"))

    staff.goto(f"/registrations/list/?q={name.replace(' ', '+')}")
    staff.locator(".list-table a.row-link").first.click()
    expect(staff.locator("main")).to_contain_text("Willi Winzig")
    new = words(language, "Es ist eine neue Organisation", "It is a new organisation")
    follow(staff.get_by_role("link", name=new))
    fits(staff)
    assert faults(staff, staff.url) == []
    staff.set_viewport_size({"width": width, "height": 900})
    staff.get_by_role("button", name=words(language, "Sie nimmt teil", "It takes part")).click()
    expect(staff.locator("#messages")).to_contain_text(words(language, "Sie nimmt teil", "It takes part"))

    staff.goto(f"/event-registration/{key}")
    fits(staff)
    assert faults(staff, staff.url) == []
    for subject in (
        words(language, "ist eingegangen", "has arrived"),
        words(language, "Sie sind dabei", "You take part"),
    ):
        mail = staff.locator("tr", has_text=address).filter(has_text=subject)
        for _attempt in range(40):
            staff.goto("/outbox/")
            if mail.count():
                break
            staff.wait_for_timeout(500)
        expect(mail).to_have_count(1)
