"""Forms as people use them: rows, drafts, errors, duplicates and keys, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.doing import choose, save

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("width", [1280, 390])


@SIZES
def test_a_row_is_added_removed_taken_back_and_put_first(visit, width):
    page = visit("maerkische-seen", "de", width)
    page.goto("/contacts/add")
    page.fill("#last_name", "Zeile")
    page.fill("#channels-0-value", "eins@example.org")
    for number, name in enumerate(("zwei", "drei"), 1):
        page.locator("#channels .add-row").click()
        expect(page.locator(f"#channels-{number}-kind")).to_be_focused()
        page.fill(f"#channels-{number}-value", f"{name}@example.org")
    rows = page.locator("#channels .form-row")
    rows.nth(1).locator(".row-remove").click()
    expect(rows.nth(1).locator(".row-undo")).to_be_focused()
    expect(rows.nth(1)).to_have_class(re.compile("row-gone"))
    rows.nth(1).locator(".row-undo").click()
    rows.nth(0).locator(".row-remove").click()
    rows.nth(2).locator(".row-up").click()
    expect(page.locator("#channels .rows-said")).to_have_text("Zeile 2 von 3")
    save(page)
    page.wait_for_url(re.compile("/contacts/show/"))
    page.goto(page.url.replace("/show/", "/edit/"))
    values = page.locator("#channels .form-row [name$=-value]").evaluate_all(
        "all => all.map(one => one.value)"
    )
    assert values == ["drei@example.org", "zwei@example.org"]


def test_a_row_is_dragged_to_another_place(visit):
    page = visit("maerkische-seen")
    page.goto("/contacts/add")
    page.fill("#last_name", "Ziehen")
    page.fill("#channels-0-value", "a@example.org")
    page.locator("#channels .add-row").click()
    page.fill("#channels-1-value", "b@example.org")
    rows = page.locator("#channels .form-row")
    rows.nth(1).locator(".row-grip").drag_to(rows.nth(0), target_position={"x": 30, "y": 3})
    values = rows.locator("[name$=-value]").evaluate_all("all => all.map(one => one.value)")
    assert values == ["b@example.org", "a@example.org"]
    ranks = rows.locator("[name$=-row_rank]").evaluate_all("all => all.map(one => one.value)")
    assert ranks == ["0", "1"]


def test_a_form_has_no_more_rows_than_a_record_may_have(visit):
    page = visit("maerkische-seen")
    page.goto("/contacts/add")
    page.locator("#channels").evaluate("part => { part.dataset.most = 2; }")
    page.locator("#channels .add-row").click()
    expect(page.locator("#channels .add-row")).to_be_disabled()
    expect(page.locator("#channels .rows-full")).to_be_visible()
    page.locator("#channels .form-row").first.locator(".row-remove").click()
    expect(page.locator("#channels .add-row")).to_be_enabled()


@SIZES
def test_what_is_wrong_is_said_on_top_and_leads_to_its_field(visit, width):
    page = visit("maerkische-seen", "de", width)
    page.goto("/contracts/add")
    page.fill("#number", "x")
    choose(page, "#parties-0-organisation", "Kranichholz")
    save(page)
    problems = page.locator("#problems")
    expect(problems).to_be_focused()
    assert page.title().startswith("Fehler: ")
    problems.locator("a", has_text="Nummer").click()
    expect(page.locator("#number")).to_be_focused()
    expect(page.locator("#number")).to_have_attribute("aria-describedby", re.compile("number-error"))
    problems.locator("a", has_text="Zeile 1: Seite").click()
    expect(page.locator("#parties-0-side")).to_be_focused()
    expect(page.locator("#parties-0-organisation + .ts-wrapper .item")).to_contain_text("Kranichholz")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_who_leaves_a_changed_form_is_asked_and_who_changed_nothing_is_not(visit):
    page = visit("maerkische-seen")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/contracts/edit/1")
    page.locator("#title").click()
    page.goto("/contracts/list/")
    assert asked == []
    for change in (
        lambda: page.fill("#title", "Anders"),
        lambda: page.locator("#parties .form-row").first.locator(".row-remove").click(),
        lambda: page.locator("#parties .form-row").first.locator(".row-down").click(),
        lambda: page.locator("#broker + .ts-wrapper .clear-button").click(force=True),
    ):
        asked.clear()
        page.goto("/contracts/edit/1")
        expect(page.locator(".form-changed")).to_be_hidden()
        change()
        expect(page.locator(".form-changed")).to_be_visible()
        page.goto("/contracts/list/")
        assert asked == ["beforeunload"]
    asked.clear()
    page.goto("/contracts/edit/1")
    title = page.input_value("#title")
    page.fill("#title", title + "!")
    page.fill("#title", title)  # as it was
    page.goto("/contracts/list/")
    assert asked == []


def test_a_likely_duplicate_is_shown_while_its_name_is_typed(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/organisations/add")
    page.locator("#name").press_sequentially("Tischlerei Kranichhols")
    link = page.locator(".duplicates a").first
    expect(link).to_contain_text("Kranichholz")
    assert link.get_attribute("target") == "_blank"
    page.fill("#name", "")
    expect(page.locator(".duplicates")).to_be_empty()


def test_save_and_new_keeps_the_parent_and_save_and_stay_the_form(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/offers/add?event=1&back=/events/show/1")
    choose(page, "#organisation", "Kranichholz")
    page.select_option("#direction", index=1)
    page.select_option("#category", index=1)
    page.fill("#title", "Bretter")
    page.locator("button[name=row_next][value=new]:visible").click()
    page.wait_for_url(re.compile("/offers/add"))
    expect(page.locator("#event + .ts-wrapper .item")).to_be_visible()
    expect(page.locator("#title")).to_have_value("")
    choose(page, "#organisation", "Kranichholz")
    page.select_option("#direction", index=1)
    page.select_option("#category", index=1)
    page.fill("#title", "Latten")
    page.locator("button[name=row_next][value=stay]:visible").click()
    page.wait_for_url(re.compile("/offers/edit/"))
    expect(page.locator("#title")).to_have_value("Latten")
    save(page)
    page.wait_for_url(re.compile("/events/show/1"))


def test_keys_save_search_open_and_are_listed(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/organisations/list/")
    page.keyboard.press("/")
    expect(page.locator("main input[type=search]")).to_be_focused()
    page.keyboard.type("?n")  # while typing, a letter is a letter
    expect(page.locator("main input[type=search]")).to_have_value("?n")
    page.wait_for_url(re.compile("q=%3Fn"))  # the list has answered, and leaves the focus alone from now on
    page.locator("main input[type=search]").blur()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()  # switched off
    page.locator("#account-menu").click()
    page.locator("[data-keys]").click()
    page.locator("[data-keys-switch]").check()
    page.locator("#keys [data-close]").click()
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/organisations/add"))
    page.fill("#name", "Tastatur")
    page.select_option("#kind", "company")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile("/organisations/show/"))
    page.keyboard.press("e")
    page.wait_for_url(re.compile("/organisations/edit/"))


def test_a_day_is_chosen_in_the_calendar_and_written_as_people_write_it(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/events/add")
    page.locator(".with-calendar:has(#starts_on) .calendar").evaluate(
        "picker => { picker.value = '2026-11-22'; picker.dispatchEvent(new Event('change')); }"
    )
    expect(page.locator("#starts_on")).to_have_value("22.11.2026")


def test_several_choices_stand_side_by_side_and_are_taken_back(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/organisations/add")
    page.locator("#sectors-ts-control").focus()
    for _time in range(2):
        page.locator(".ts-dropdown:visible [data-selectable]").first.click()
    expect(page.locator("#sectors + .ts-wrapper .item")).to_have_count(2)
    page.locator("#sectors + .ts-wrapper .item .remove").first.click()
    expect(page.locator("#sectors + .ts-wrapper .item")).to_have_count(1)
    assert len(page.locator("#sectors").evaluate("one => [...one.selectedOptions].map(o => o.value)")) == 1


def test_a_file_that_is_too_large_is_told_of_before_it_is_sent(visit, tmp_path):
    page = visit("maerkische-seen", "de")
    page.goto("/contracts/edit/1")
    large = tmp_path / "scan.pdf"
    large.write_bytes(b"x" * 21 * 1024 * 1024)
    page.set_input_files("#scan", large)
    expect(page.locator(".file-problem")).to_contain_text("20 MB")
    save(page)
    expect(page.locator("#scan")).to_be_focused()
    assert page.url.endswith("/contracts/edit/1")


def _without_errors(route):
    answer = route.fetch(max_redirects=0)
    route.fulfill(response=answer, status=200 if answer.status == 400 else answer.status)


def test_who_was_signed_out_goes_on_with_what_was_typed(visit):
    page = visit("maerkische-seen", "de")
    page.goto("/organisations/edit/1")
    page.fill("#notes", "Lange Notiz\nmit zwei Zeilen")
    page.context.clear_cookies()
    # An answer of 400 is an error to the console; here the page says what it means.
    page.route("**/organisations/edit/1", _without_errors)
    save(page)
    expect(page.locator("h1")).to_have_text("Sie sind abgemeldet")
    with page.context.expect_page() as opened:
        page.locator("main a[target=_blank]").click()
    other = opened.value
    other.fill("#username", "maerkische-seen")
    other.fill("#password", "demo-maerkische-seen")
    other.locator("main form button").click()
    expect(other.locator(".sidebar")).to_be_attached()
    page.locator("main form button").click()
    expect(page.locator("#notes")).to_have_value("Lange Notiz\nmit zwei Zeilen")
    save(page)
    page.wait_for_url(re.compile("/organisations/show/1"))


def test_what_was_typed_outlasts_another_language_and_is_forgotten_then(visit):
    page = visit("leitung", "de")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/contracts/edit/2")
    page.fill("#title", "Neuer Anstrich")
    page.fill("#agreed_on", "24.12.2026")
    page.locator("#parties .form-row").first.locator(".row-remove").click()
    page.locator("#parties .add-row").click()
    choose(page, "#parties-2-organisation", "Kranichholz")
    page.locator("[aria-label=Sprache]").click()
    page.locator("button[lang=en]:visible").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator("#title")).to_have_value("Neuer Anstrich")
    expect(page.locator("#agreed_on")).to_have_value("24/12/2026")
    expect(page.locator("#parties .row-gone")).to_have_count(1)
    expect(page.locator("#parties-2-organisation + .ts-wrapper .item")).to_contain_text("Kranichholz")
    expect(page.locator(".form-changed")).to_be_visible()
    assert asked == []
    assert page.evaluate("sessionStorage.getItem('draft')") is None
    page.locator("[aria-label=Language]").click()
    page.locator("button[lang=de]:visible").click()  # the account keeps its language
    expect(page.locator("#agreed_on")).to_have_value("24.12.2026")
    # Somebody else at this browser finds nothing of it.
    page.evaluate(
        "sessionStorage.setItem('draft', JSON.stringify({person: '0', until: Date.now() + 9999,"
        " address: '/contracts/edit/2', rows: [], fields: [{name: 'title', values: ['Fremd'], titles: []}]}))"
    )
    page.reload()
    expect(page.locator("#title")).not_to_have_value("Fremd")
    assert page.evaluate("sessionStorage.getItem('draft')") is None
