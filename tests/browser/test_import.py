"""An import as an editor makes it: choose a file, assign, look, let it happen; in both languages and widths."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.doing import LOOKS, choose, fits, words
from tests.browser.walk import faults

pytestmark = pytest.mark.browser


def looked_at(page, width):
    """Axe finds nothing, and nothing sticks out."""
    assert faults(page, page.url) == []
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("delete document.documentElement.dataset.bsTheme")
    fits(page)


@LOOKS
def test_an_editor_brings_a_list_in(visit, language, width, tmp_path):
    page = visit("newsletter", language, width)
    page.goto("/imports/list/")
    page.locator("main a[href='/imports/add']").first.click()
    choose(page, "#newsletter", "Marktplatz-Post")
    page.locator("h1").click()
    page.set_input_files(
        "#file", {"name": "photo.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n" + bytes(500)}
    )
    page.locator("[data-save]").click()
    expect(page.locator("#problems")).to_be_visible()
    expect(page.locator(".relation .item", has_text="Marktplatz-Post")).to_be_visible()
    looked_at(page, width)

    name = f"{language}{width}"
    text = f"E-Mail;Vorname;Nachname;Verein\r\n{name}@example.org;Jörg;Müller;A\r\nniemand;Bo;B;C\r\n"
    file = {"name": "Liste.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
    page.set_input_files("#file", file)
    page.locator("[data-save]").click()
    page.wait_for_url(re.compile("/imports/assign/"))
    expect(page.locator("h1")).to_have_text(
        words(language, "Was enthalten die Spalten?", "What do the columns hold?")
    )
    expect(page.locator("#column_1")).to_have_value("first_name")
    page.locator("main form.record-form button.btn-primary").click()
    expect(page.locator("#problems")).to_be_visible()
    looked_at(page, width)
    page.select_option("#consent", "given")
    page.fill("#basis", "Liste am Marktplatz")
    page.fill("#consented_on", words(language, "12.05.2026", "12/05/2026"))
    page.keyboard.press("Escape")
    page.fill("#source", "Ordner 3")
    page.locator("main form.record-form button.btn-primary").click()

    page.wait_for_url(re.compile("/imports/show/"))
    rows = page.locator("#outcomes tbody tr")
    expect(rows).to_have_text(
        [
            re.compile(words(language, "Neu im Newsletter.*1", "New in the newsletter.*1"), re.DOTALL),
            re.compile(words(language, "keine E-Mail-Adresse.*1", "no e-mail address.*1"), re.DOTALL),
        ]
    )
    looked_at(page, width)
    with page.expect_download() as download:
        page.locator("main a[href*='/file/']").click()
    path = tmp_path / "errors.xlsx"
    download.value.save_as(path)
    lines = list(openpyxl.load_workbook(path).active.values)
    reason = words(language, "Das ist keine E-Mail-Adresse", "This is no e-mail address")
    assert lines[1] == ("3", reason, "niemand", "Bo", "B", "C")

    page.locator("form[action*='/imports/apply/'] button").click()
    page.locator("#confirm [data-yes]").click()
    # The embedded server does its background work itself, and the page looks again.
    expect(page.locator("#outcomes-title")).to_have_text(
        words(language, "Was geschehen ist", "What happened")
    )
    expect(rows).to_have_count(2)
    looked_at(page, width)
    page.goto(f"/subscribers/list/?q={name}")
    expect(page.locator(".list-table tbody tr")).to_have_count(1)
    expect(page.locator(".list-table tbody tr")).to_contain_text("Müller")
