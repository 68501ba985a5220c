"""A relation in a form: what is made for it in another tab is chosen, and what is chosen can be opened."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.doing import save

pytestmark = pytest.mark.browser

TOLD = "Im Formular eingetragen. Sie können diesen Tab schließen."


def _new_for(page, select):
    """Open the form for a new record, beside a select."""
    with page.context.expect_page() as opened:
        page.locator(f".relation:has(> {select}) [data-new]").click()
    return opened.value


def _new_event(form, title):
    form.fill("#title", title)
    form.fill("#starts_on", "22.11.2026")


def _new_organisation(form, name):
    form.fill("#name", name)
    form.select_option("#kind", "company")


def test_a_record_that_was_made_for_a_field_is_chosen_there_once(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/contracts/add")
    late = _new_for(page, "#event")
    asked = _new_for(page, "#event")
    expect(asked).to_have_url(re.compile("/events/add$"))  # an address that is passed on answers nobody
    save(asked)
    expect(asked.locator("#problems")).to_be_visible()
    _new_event(asked, "Marktplatz am Fluss")
    save(asked)
    expect(asked.get_by_text(TOLD)).to_be_visible()
    chosen = page.locator("#event + .ts-wrapper .item")
    expect(chosen).to_contain_text("Marktplatz am Fluss")
    expect(page.locator("[data-chosen]")).to_contain_text("Marktplatz am Fluss")
    expect(page.locator(".form-changed")).to_be_visible()
    assert page.input_value("#event") == asked.url.rpartition("/")[2]
    # A second tab that was opened for the field comes too late.
    _new_event(late, "Ein anderer")
    save(late)
    late.wait_for_url(re.compile("/events/show/"))
    expect(late.get_by_text(TOLD).locator("visible=true")).to_have_count(0)
    expect(chosen).to_contain_text("Marktplatz am Fluss")


def test_a_record_for_a_row_that_was_added_is_chosen_in_it_and_then_opened(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/contracts/add")
    rows = page.locator("#parties .form-row")
    last = rows.count()
    page.locator("#parties .add-row").click()
    asked = _new_for(page, f"#parties-{last}-organisation")
    _new_organisation(asked, "Zeilenbau am Wehr")
    asked.locator("button[name=row_next][value=new]:visible").click()
    expect(asked.get_by_text(TOLD)).to_be_visible()  # the next form is for no field
    row = rows.nth(last).locator(".relation").first
    expect(row.locator(".ts-wrapper .item")).to_contain_text("Zeilenbau am Wehr")
    expect(page.locator("#parties-0-organisation + .ts-wrapper .item")).to_have_count(0)
    expect(row.locator("[data-records]")).to_be_focused()
    with page.context.expect_page() as opened:
        row.locator("[data-records]").click()
    expect(opened.value.locator("h1")).to_have_text("Zeilenbau am Wehr")
    row.locator(".clear-button").click(force=True)
    expect(row.locator("[data-records]")).to_be_hidden()


def test_a_tab_that_goes_on_to_something_else_forgets_the_field(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/contracts/add")
    asked = _new_for(page, "#event")
    asked.locator("[data-cancel]").click()
    asked.wait_for_url(re.compile("/events/list"))
    asked.goto("/events/show/1")
    asked.goto("/events/add")
    _new_event(asked, "Für niemanden")
    save(asked)
    asked.wait_for_url(re.compile("/events/show/"))
    # Who knows a hash but not the form that asked, or asks for another kind, is not heard.
    token = page.locator(".relation:has(> #event) [data-new]").evaluate("link => link.hash")
    for kind in ("organisations", "events"):
        asked.goto(f"/{kind}/add{token if kind == 'organisations' else '#choose=1-2-3-4'}")
        (_new_organisation if kind == "organisations" else _new_event)(asked, f"Fremd {kind}")
        save(asked)
        asked.wait_for_url(re.compile(f"/{kind}/show/"))
        expect(asked.get_by_text(TOLD)).to_be_hidden()
    expect(page.locator("#event")).to_have_value("")
