"""A newsletter as everybody meets it, on a phone and on a desk: subscribe, confirm, change, leave, be deleted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.doing import LOOKS, fits, follow, words
from tests.browser.walk import faults

pytestmark = [
    pytest.mark.browser,
    LOOKS,
]


class Person:
    """Somebody without an account, with a mailbox: the page of mails that the editor of a demo sees."""

    def __init__(self, visit, language, width):
        self.language, self.width = language, width
        self.box = visit("newsletter", language, width)
        self.box.goto("/newsletters/list/?q=rundbrief")
        self.letter = self.box.locator("a.row-link").first.get_attribute("href").rpartition("/")[2]
        self.page = visit.open(language, width)

    def mail(self, address, *links):
        """Give links of the newest mail, once it has these; the server does its background work itself."""
        for _attempt in range(40):
            self.box.goto("/outbox/")
            row = self.box.locator("tr", has_text=address)
            if row.count():
                follow(row.first.locator("a").first)
                text = self.box.locator("main").inner_text()
                found = [re.search(rf"http\S+/newsletter/{one}/[\w.-]+", text) for one in links]
                if all(found):
                    fits(self.box)
                    return [one[0] for one in found]
            self.box.wait_for_timeout(500)
        raise AssertionError(links)

    def look(self):
        """See whether the page has room, and what a program finds that hinders people."""
        fits(self.page)
        assert faults(self.page, self.page.url) == []
        self.page.set_viewport_size({"width": self.width, "height": 900})

    def press(self, german, english):
        """Press the button of the page; the next one has this heading."""
        self.page.locator("main form button").click()
        expect(self.page.locator("h1")).to_have_text(words(self.language, german, english))

    def subscribe(self, address):
        """Fill in the form, choose a topic, and confirm from the mail."""
        topic = words(self.language, "Ehrenamt", "Volunteering")
        self.page.goto(f"/newsletter/{self.letter}")
        self.look()
        self.page.fill("#email", "nobody")
        self.page.locator("main form button").click()
        expect(self.page.locator(".error").first).to_be_visible()
        self.page.fill("#email", address)
        self.page.get_by_label(topic).check()
        self.page.check("#agreed")
        self.press("Bitte sehen Sie in Ihre E-Mails", "Please look into your mail")
        [link] = self.mail(address, "confirm")
        self.page.goto(link)
        expect(self.page.locator("main")).to_contain_text(topic)
        self.look()
        self.press("Willkommen", "Welcome")


@pytest.fixture
def person(visit, language, width):
    return Person(visit, language, width)


def test_a_person_subscribes_and_leaves_with_one_click(person, language, width):
    address = f"ana-{language}-{width}@example.org"
    person.subscribe(address)
    [leave] = person.mail(address, "leave")
    person.page.goto(leave)
    person.look()
    # A mail program does this by itself (RFC 8058).
    assert person.page.request.post(leave, form={"List-Unsubscribe": "One-Click"}).ok
    assert person.page.context.cookies() == []
    person.box.goto(f"/subscribers/list/?q={address}")
    person.box.locator("a.row-link").first.click()
    expect(person.box.locator("main")).to_contain_text(words(language, "Abgemeldet", "Unsubscribed"))
    with person.box.expect_download() as download:
        person.box.locator("a[href*='/certificate/']").first.click()
    assert download.value.suggested_filename.endswith(".pdf")


def test_a_person_changes_reads_and_deletes_what_is_held(person, language, width):
    address, page = f"bo-{language}-{width}@example.org", person.page
    person.subscribe(address)
    page.goto(f"/newsletter/{person.letter}/yours")
    person.look()
    page.fill("#email", address.upper())
    person.press("Bitte sehen Sie in Ihre E-Mails", "Please look into your mail")
    preferences, held, erasure = person.mail(address, "preferences", "held", "delete")
    page.goto(preferences)
    person.look()
    page.fill("#last_name", "Ångström")
    page.get_by_label(words(language, "Ehrenamt", "Volunteering")).uncheck()
    person.press("Gespeichert", "Saved")
    page.goto(held)
    for text in ("Ångström", words(language, "Geändert", "Changed")):
        expect(page.locator("main")).to_contain_text(text)
    person.look()
    page.goto(erasure)
    person.look()
    person.press("Ihre Daten sind gelöscht", "Your data are deleted")
    person.look()
    assert page.context.cookies() == []
