"""An editor takes a file, somebody in it leaves by the own link, and the receipt calls the address back."""

from __future__ import annotations

import csv
import io
import json

import pytest
from playwright.sync_api import expect

from tests.browser.doing import LOOKS, fits, follow, words
from tests.browser.walk import faults

pytestmark = pytest.mark.browser


def downloaded(page, button, folder, delimiter=","):
    """Press a button that gives a CSV file; read it."""
    with page.expect_download() as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=delimiter))


@LOOKS
def test_a_file_for_a_mailing_tool_and_its_recall(visit, language, width, tmp_path):
    page = visit("newsletter", language, width)
    page.goto("/newsletters/list/?q=marktpost")
    page.locator("a.row-link").first.click()
    export = words(language, "Abos exportieren", "Export subscribers")
    follow(page.locator(".record-head a", has_text=export))
    assert faults(page, page.url) == []
    page.set_viewport_size({"width": width, "height": 900})
    form = page.url

    page.get_by_label("listmonk", exact=True).check()
    button = page.get_by_role("button", name=words(language, "Herunterladen", "Download"), exact=True)
    button.click()
    expect(page.locator(".error")).to_be_visible()
    expect(page.get_by_label("listmonk", exact=True)).to_be_checked()
    fits(page)
    page.fill("#purpose", f"Issue {language} {width}")
    rows = downloaded(page, button, tmp_path)
    assert rows
    somebody = rows[0]["email"]

    reader = visit.open(language, width)
    reader.goto(json.loads(rows[0]["attributes"])["unsubscribe_url"])
    reader.locator("main form button").click()
    expect(reader.locator("h1")).to_have_text(words(language, "Sie sind abgemeldet", "You are unsubscribed"))

    page.goto(form)
    taken = page.locator("li", has_text=f"Issue {language} {width}")
    expect(taken).to_contain_text(words(language, "1 ist wieder auszutragen", "1 has to be taken out again"))
    fits(page)
    taken.get_by_role("link").click()
    recall = page.locator("section", has=page.locator("#recall"))
    expect(recall).to_contain_text(somebody)
    expect(recall).to_contain_text(words(language, "hat widerrufen", "has withdrawn"))
    assert faults(page, page.url) == []
    page.set_viewport_size({"width": width, "height": 900})
    fits(page)
    removed = downloaded(page, recall.get_by_role("button").first, tmp_path, ";")
    assert [row[words(language, "E-Mail", "E-mail")] for row in removed] == [somebody]

    page.goto("/subscriptions/list/")
    page.get_by_role("link", name=words(language, "Abos exportieren", "Export subscribers")).click()
    expect(page.locator("main")).to_contain_text("Marktplatz-Post")
    fits(page)
