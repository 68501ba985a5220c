"""Lists in the browser: nothing is loaded anew, what was typed stays, and back leads to where one was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits


@pytest.fixture
def stays(visit):
    """Open a list on a page that would forget a mark if it were loaded anew."""

    def stays(address, **who):
        page = visit("leitung", **who)
        page.goto(address)
        page.evaluate("window.mark = 1")
        return page

    return stays


def kept(page):
    return page.evaluate("window.mark") == 1


def test_search_sort_filter_and_page_change_the_list_and_nothing_else(stays):
    page = stays("/organisations/list/?psize_OrganisationView=10")
    page.locator("#page-next").click()
    expect(page.locator(".count")).to_contain_text("11–20")
    page.locator("#sort-kind").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Art")
    expect(page.locator("#sort-kind")).to_be_focused()
    page.locator("#list-q").press_sequentially("strau", delay=20)
    page.wait_for_url(re.compile("q=strau"))
    expect(page.locator("#list-q")).to_be_focused()
    expect(page.locator("#list-status")).to_contain_text("von")
    assert kept(page)


def test_back_from_a_record_leads_to_the_same_page_and_place(stays):
    page = stays("/organisations/list/?psize_OrganisationView=10")
    page.locator("#page-next").click()
    expect(page.locator(".count")).to_contain_text("11–20")
    page.evaluate("scrollTo(0, 250)")
    before = page.evaluate("scrollY")
    page.locator("tbody tr:nth-child(6) td:nth-child(3)").click()  # beside the link
    page.wait_for_url(re.compile("/organisations/show/"))
    address = page.locator(".breadcrumb a").nth(1).get_attribute("href")
    assert "page_OrganisationView=1" in address
    page.go_back()
    expect(page.locator(".count")).to_contain_text("11–20")
    page.wait_for_function(f"Math.abs(scrollY - {before}) < 5")


def test_rows_between_two_ticks_are_ticked_with_shift_and_the_bar_counts_them(stays):
    page = stays("/organisations/list/?psize_OrganisationView=25")
    bar = page.locator("[data-bulk]")
    expect(bar).to_be_hidden()
    page.check("tbody tr:nth-child(2) input[name=rowid]")
    page.locator("tbody tr:nth-child(6) input[name=rowid]").click(modifiers=["Shift"])
    expect(bar).to_contain_text("5 gewählt")
    page.locator(".check-all").check()
    expect(bar.get_by_role("checkbox", name=re.compile("Alle"))).to_be_visible()
    page.locator("button[value=delete]").click()
    expect(page.locator("main h1")).to_have_text("25 Organisationen löschen?")
    page.get_by_role("link", name="Abbrechen").click()
    page.wait_for_url(re.compile("/organisations/list/"))


def test_columns_are_moved_by_keyboard_and_kept(stays):
    page = stays("/events/list/")
    page.locator("#columns summary").click()
    page.get_by_label("Nach unten: Beginn", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Ausgabe", exact=True).check()
    page.locator("[data-apply]").click()
    expect(page.locator("thead th").nth(1)).to_contain_text("Titel")
    expect(page.locator("thead")).to_contain_text("Ausgabe")


@pytest.mark.parametrize(
    "section", ["organisations", "contacts", "activities", "contracts", "events", "figures"]
)
def test_a_list_fits_a_phone(visit, section):
    page = visit("leitung", width=390)
    page.goto(f"/{section}/list/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".row-link").first).to_be_visible()


def test_a_filter_is_added_read_as_a_sentence_and_removed(stays):
    page = stays("/organisations/list/")
    everything = page.locator(".count").inner_text()
    page.locator("#filter-menu summary").click()
    page.locator(".filter-columns a", has_text="Ort").click()
    page.fill("#filter-value", "Strausberg")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("_flt_0_city=Strausberg"))
    expect(page.locator(".chip")).to_contain_text("Ort enthält Strausberg")
    assert page.locator(".count").inner_text() != everything
    page.locator(".chip-remove").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator(".count")).to_have_text(everything)
    assert kept(page)


def test_two_clicks_narrow_a_list_and_two_change_a_row(stays):
    page = stays("/organisations/list/")
    page.locator("#filter-menu summary").click()
    page.locator(".filter-choices a", has_text="Freiberufler").click()
    expect(page.locator(".chip")).to_contain_text("Art ist Freiberufler")
    page.locator(".row-edit a").first.click()
    page.locator("[data-save]").click()
    page.wait_for_url(re.compile("/organisations/list/.*freelancer"))
    expect(page.locator(".alert-success")).to_be_visible()


def test_a_letter_finds_a_column_in_the_menu_and_its_value_is_typed_at_once(stays):
    page = stays("/organisations/list/")
    page.locator("#filter-menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#filter-step a").first).to_be_focused()
    for _press in range(9):
        page.keyboard.press("o")
        if page.evaluate("document.activeElement.textContent") == "Ort":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#filter-value")).to_be_focused()
    page.keyboard.type("Strausberg")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("_flt_0_city=Strausberg"))
    assert kept(page)


def test_a_letter_in_a_menu_is_no_key_of_the_page(stays):
    page = stays("/organisations/list/")
    page.locator("#filter-menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#filter-step a").first).to_be_focused()
    page.keyboard.press("n")
    expect(page.locator("#filter-menu a", has_text=re.compile("^Name$"))).to_be_focused()
    assert kept(page)


def test_another_language_keeps_filters_that_came_without_a_new_page(visit):
    page = visit("servicestelle")
    page.goto("/organisations/list/")
    page.locator("#filter-menu summary").click()
    page.locator(".filter-choices a", has_text="Schule").click()
    expect(page.locator(".chip")).to_contain_text("Art ist Schule")
    page.locator("[title=Sprache]").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator(".chip")).to_contain_text("Kind is School")
    page.locator("[title=Language]").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator(".chip")).to_contain_text("Art ist Schule")


def test_a_list_that_can_not_be_fetched_says_so(chromium, server):
    visits = Visits(chromium, server)
    page = visits("lesen")
    page.goto("/organisations/list/")
    page.context.set_offline(True)
    page.fill("#list-q", "Bau")
    expect(page.locator("#list-failed")).to_be_visible()
    page.context.set_offline(False)
    page.fill("#list-q", "Baum")
    expect(page.locator("#list-failed")).to_be_hidden()
    visits.contexts[0].close()


def test_no_focus_hides_below_the_heading(visit):
    page = visit("leitung")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(reduced_motion="reduce")  # the place is reached at once
    page.goto("/organisations/list/")
    page.locator(".row-link").last.focus()
    hidden = """() => {
      const box = document.activeElement.getBoundingClientRect();
      const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return !over || (!document.activeElement.contains(over) && !over.contains(document.activeElement));
    }"""
    for _step in range(80):
        page.keyboard.press("Shift+Tab")
        assert not page.evaluate(hidden), page.evaluate("document.activeElement.outerHTML")


def test_of_two_questions_only_the_one_that_is_answered_deletes(visit):
    page = visit("leitung")
    page.goto("/activities/list/")
    before = page.locator("input[name=rowid]").count()
    page.locator("input[name=rowid]").nth(0).check()
    page.locator("button[value=delete]").click()
    page.locator("main .buttons a.btn").click()
    page.wait_for_url(re.compile("/activities/list/"))
    box = page.locator("input[name=rowid]").nth(1)
    gone = box.get_attribute("value")
    box.check()
    page.locator("button[value=delete]").click()
    page.locator("main .btn-danger").click()
    expect(page.locator(".alert-success")).to_be_visible()
    expect(page.locator(f"input[name=rowid][value='{gone}']")).to_have_count(0)
    assert page.locator("input[name=rowid]").count() == before - 1


def test_who_saves_from_a_pencil_goes_on_at_the_row(visit):
    page = visit("leitung")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto("/organisations/list/?psize_OrganisationView=10&page_OrganisationView=1")
    pencil = page.locator(".row-edit a").nth(8)
    name = str(pencil.get_attribute("aria-label"))
    pencil.click()
    page.locator("[data-save]").click()
    page.wait_for_url(re.compile("page_OrganisationView=1.*#row-"))
    expect(page.get_by_label(name, exact=True)).to_be_focused()
    page.wait_for_function("scrollY > 0")


def test_a_reason_stands_beside_what_cant_be_done_with_so_many(visit):
    page = visit("leitung")
    page.goto("/organisations/list/?psize_OrganisationView=10")
    page.locator("#bulk").evaluate(
        """bar => {
          bar.dataset.tooMany = "";
          const reason = "<p class=bulk-limit id=bulk-limit hidden>Too many</p>";
          bar.querySelector(".buttons").insertAdjacentHTML("beforebegin", reason);
        }"""
    )
    page.locator(".check-all").check()
    expect(page.locator("#bulk [value=delete]")).to_be_enabled()
    page.locator("#bulk [name=every]").check()
    expect(page.locator("#bulk-limit")).to_be_visible()
    expect(page.locator("#bulk [value=delete]")).to_be_disabled()
    expect(page.locator("#bulk [value=csv]")).to_be_enabled()
