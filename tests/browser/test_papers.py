"""A paper is looked at before it's printed: by the browser itself, within our page, under our policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.doing import words
from tests.browser.walk import DESK, LOOKS, PHONE, faults

pytestmark = pytest.mark.browser


def at_papers(visit, language, width):
    """Open the badges of the marketplace as its office does; note which documents the browser gets."""
    page = visit("maerkische-seen", language, width)
    given = []
    page.on("response", lambda answer: given.append(answer) if "/file?" in answer.url else None)
    page.goto("/events/list/?q=3.+marktplatz")
    page.locator("a.row-link").first.click()
    page.locator(".event-pages a", has_text=words(language, "Drucksachen", "Papers")).click()
    page.locator("main a", has_text=words(language, "Namensschilder", "Badges")).click()
    return page, given


def test_badges_are_previewed_within_the_page(visit):
    """The policy forbids plug-ins and frames of others; what it allows has to be enough for the browser's viewer."""
    page, given = at_papers(visit, "de", DESK)
    assert page.locator("iframe").count() == 0
    assert faults(page, page.url, LOOKS[0]) == []
    page.set_viewport_size({"width": DESK, "height": 900})
    page.get_by_role("button", name="Vorschau").click()
    expect(page.locator("iframe")).to_be_visible()
    viewer = "chrome-extension://"
    page.wait_for_function("() => frames.length === 1")
    for _attempt in range(100):
        if any(frame.url.startswith(viewer) for frame in page.frames):
            break
        page.wait_for_timeout(100)
    assert any(frame.url.startswith(viewer) for frame in page.frames), [frame.url for frame in page.frames]
    assert given[0].status == 200
    assert given[0].headers["content-type"] == "application/pdf"
    assert faults(page, page.url, LOOKS[1][:1], part="main") == []


def test_on_a_phone_the_document_is_opened_and_not_loaded_unseen(visit):
    page, given = at_papers(visit, "en", PHONE)
    page.get_by_role("button", name="Preview").click()
    link = page.get_by_role("link", name="Open to print")
    expect(link).to_be_visible()
    expect(page.locator("iframe")).to_be_hidden()
    page.wait_for_load_state("networkidle")
    assert given == []
    answer = page.request.get(link.get_attribute("href"))
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.body().startswith(b"%PDF")
