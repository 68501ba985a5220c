"""An evening at the desk: the keyboard alone, a line that breaks, a browser that is closed, a server that is killed."""

from __future__ import annotations

import http.cookiejar
import json
import re
import shutil
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser import conftest
from tests.browser.walk import faults

pytestmark = pytest.mark.browser

FIRST = 13  # the demo's market has twelve contracts
DESKS, EACH = 3, 8
COMPANY, CLUB, OTHER = "Kranichholz", "Wurzelzwerge", "Brückenschlag"


@pytest.fixture
def place(demo, tmp_path):
    """A server of one's own, which may be killed and started again on the same data."""
    folder = shutil.copytree(demo, tmp_path / "demo")
    process, address = conftest.serve_somewhere(folder)
    place = SimpleNamespace(process=process, address=address, folder=folder)
    yield place
    place.process.kill()
    place.process.wait(10)


def restart(place):
    """Kill the server as hard as it goes, and start it again."""
    place.process.kill()  # SIGKILL: nothing is put in order
    place.process.wait(10)
    time.sleep(1)
    place.process = conftest.serve(place.folder, place.address.rpartition(":")[2])


def kept(place, sql="SELECT number, entry_key FROM contract WHERE event_id = ? ORDER BY number"):
    """Read what the database holds, beside the server."""
    with sqlite3.connect(f"file:{place.folder / 'marktbuero.sqlite'}?mode=ro", uri=True) as connection:
        [event] = connection.execute(
            "SELECT id FROM event WHERE venue = 'Kulturscheune Birkenhain'"
        ).fetchone()
        rows = connection.execute(sql, (event,)).fetchall()
    connection.close()
    return event, rows


# --- three desks over HTTP ------------------------------------------------------------------------------------
class Desk:
    """A program that does what a desk's script does: sends until it is answered."""

    def __init__(self, place, event):
        self.address, self.event = place.address, event
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        token = self.token("/login/")
        name = "maerkische-seen"
        self.post("/login/", username=name, password=conftest.PASSWORDS[name], csrf_token=token)
        page = self.read(f"/desk/{event}")
        self.csrf = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
        options = re.findall(r'<option[^>]* value="(\d+)">', page)
        self.parties = list(dict.fromkeys(options))[:2]

    def read(self, path):
        with self.opener.open(self.address + path, timeout=60) as answer:
            return answer.read().decode()

    def token(self, path):
        return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.read(path))[1]

    def post(self, path, **fields):
        body = urllib.parse.urlencode(fields).encode()
        headers = {"Accept": "application/json", "Referer": self.address}
        request = urllib.request.Request(self.address + path, body, headers)  # noqa: S310 - our own server
        with self.opener.open(request, timeout=60) as answer:
            return answer.read()

    def enter(self, key):
        """Send one contract until the server says its number, and once more, as if the answer had got lost."""
        fields = {
            "entry_key": key, "language": "de", "parties-0": self.parties[0], "parties-1": self.parties[1],
            "lines-0-category": "hands", "lines-0-text": f"Kontrakt {key}", "csrf_token": self.csrf,
        }  # fmt: skip
        numbers = []
        for _attempt in range(600):
            try:
                numbers.append(json.loads(self.post(f"/desk/{self.event}", **fields))["number"])
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)  # nobody answers, or the answer broke off
            if len(numbers) == 2:
                break
        assert len(set(numbers)) == 1, numbers
        return numbers[0]


def test_three_desks_outlast_a_server_that_is_killed(place):
    event, before = kept(place)
    desks = [Desk(place, event) for _one in range(DESKS)]
    found, failed = {}, []

    def work(number):
        try:
            for index in range(EACH):
                key = f"{number}-{index}"
                found[key] = desks[number].enter(key)
        except Exception as error:  # noqa: BLE001 - the test tells what it was
            failed.append(repr(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(DESKS)]
    for thread in threads:
        thread.start()
    while len(found) < DESKS * EACH // 3 and not failed:
        time.sleep(0.02)
    restart(place)
    left = DESKS * EACH - len(found)
    for thread in threads:
        thread.join(300)
    assert failed == []
    assert left > 0, "the server was killed in the middle"
    numbers = [number for number, _key in kept(place)[1]]
    assert sorted(found.values()) == list(range(FIRST, FIRST + DESKS * EACH))
    assert numbers == list(range(1, FIRST + DESKS * EACH))
    assert len(before) == FIRST - 1


# --- the desk in a browser ------------------------------------------------------------------------------------
def type_contract(page, first, second, text, value="", slow=0):
    """Enter a contract without touching anything but the keyboard."""
    for name in (first, second):
        page.keyboard.type(name[:6], delay=slow)
        expect(page.locator(".ts-dropdown:visible .option.active")).to_contain_text(name)
        page.keyboard.press("Enter")
        page.wait_for_timeout(50)
    page.keyboard.type("Kn", delay=slow)  # Know-how
    page.keyboard.press("Tab")
    page.keyboard.type(text, delay=slow)
    for _field in ("hours", "rate", "value"):
        page.keyboard.press("Tab")
    page.keyboard.type(value, delay=slow)
    page.keyboard.press("Enter")


def waiting(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('desk-'))")


@pytest.fixture
def desk(chromium, place):
    """A desk in a browser of its own; what it complains of while nobody answers isn't asked."""
    visits = conftest.Visits(chromium, place.address)
    event, _rows = kept(place)
    page = visits("maerkische-seen")
    page.goto(f"/desk/{event}")
    yield SimpleNamespace(page=page, event=event, visits=visits)
    visits.close()
    loud = [text for text in visits.complaints if "net::ERR_" not in text]
    assert loud == []


def test_a_desk_with_the_keyboard_alone_and_a_line_that_breaks(desk, place):
    screen = a_contract_with_the_keyboard_alone(desk)
    a_line_that_breaks(desk)
    a_server_that_is_killed(desk, place)
    a_contract_that_the_server_fails_on(desk)
    a_contract_that_is_refused(desk, place)
    a_person_who_is_signed_out(desk)
    look(desk, screen)


def a_contract_with_the_keyboard_alone(desk):
    """It takes less than half a minute, and the hall sees it by itself; how soon, the rehearsal asks."""
    page = desk.page
    hall = desk.visits("maerkische-seen", width=1920)
    hall.goto(f"/hall/{desk.event}")
    hall.locator("form[action$='/open'] button").click()
    screen = desk.visits.open(width=1920)
    screen.goto(urllib.parse.urlsplit(hall.locator("#address").input_value()).path)
    number = screen.locator(".screen-main dd")
    expect(number).to_have_text("11")  # one was cancelled
    start = time.monotonic()
    # Eight signs a second is a slow typist.
    type_contract(page, COMPANY, CLUB, "Beratung zur neuen Website", "1.200,50", slow=120)
    expect(state_of(page)).to_have_text(f"Kontrakt {FIRST} ist gespeichert.")
    assert time.monotonic() - start < 30
    expect(number).to_have_text("12")
    assert waiting(page) == []
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft-'))") == []
    assert page.evaluate("document.activeElement.id").startswith("parties-0"), "ready for the next one"
    return screen


def a_line_that_breaks(desk):
    """Work goes on; what waits, and what is half typed, is there in a page that is opened anew."""
    page = desk.page
    page.context.set_offline(True)
    type_contract(page, COMPANY, CLUB, "Ohne Netz eins")
    expect(state_of(page)).to_contain_text("Keine Verbindung. In diesem Browser warten: 1.")
    type_contract(page, COMPANY, OTHER, "Ohne Netz zwei")
    expect(state_of(page)).to_contain_text("warten: 2.")
    assert len(waiting(page)) == 2
    page.keyboard.type("Wurzel")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    page.close()
    desk.visits.contexts[0].set_offline(False)
    page = desk.page = desk.visits.contexts[0].new_page()
    page.goto(f"/desk/{desk.event}")
    expect(page.locator("[data-desk-last] li").first).to_contain_text(OTHER)
    expect(page.locator("[data-desk-last] .desk-number").nth(1)).to_have_text(str(FIRST + 1))
    assert waiting(page) == []
    expect(page.locator("#parties-0 + .ts-wrapper .item")).to_contain_text(CLUB)


def a_server_that_is_killed(desk, place):
    """It is sent when the server has started again, once."""
    page = desk.page
    page.locator("#parties-0 + .ts-wrapper .clear-button").click()
    page.locator("#parties-0-ts-control").focus()
    place.process.kill()
    place.process.wait(10)
    type_contract(page, COMPANY, CLUB, "Ohne Server")
    expect(state_of(page)).to_contain_text("warten: 1.")
    place.process = conftest.serve(place.folder, place.address.rpartition(":")[2])
    expect(state_of(page)).to_have_text(f"Kontrakt {FIRST + 3} ist gespeichert.")
    asked = "SELECT text FROM contribution c JOIN contract k ON k.id = c.contract_id WHERE event_id = ?"
    texts = [text for (text,) in kept(place, asked)[1]]
    assert [texts.count(one) for one in ("Ohne Netz eins", "Ohne Netz zwei", "Ohne Server")] == [1, 1, 1]


def a_contract_that_the_server_fails_on(desk):
    """The others don't wait for it, and it can be corrected."""
    page, list_ = desk.page, desk.page.locator("[data-desk-waiting]")
    page.route(
        "**/desk/*",
        lambda route: (
            route.fulfill(status=500) if "Kaputt" in (route.request.post_data or "") else route.continue_()
        ),
    )
    type_contract(page, COMPANY, CLUB, "Kaputt")
    type_contract(page, COMPANY, OTHER, "Heil")
    expect(list_).to_contain_text("Fehler 500")
    expect(page.locator("[data-desk-last]")).to_contain_text(OTHER)
    expect(list_.locator("li")).to_have_count(1)
    page.unroute("**/desk/*")
    list_.get_by_role("button", name="Berichtigen").click()
    page.locator("#lines-0-text").fill("Nicht mehr")
    page.keyboard.press("Enter")
    expect(state_of(page)).to_have_text(f"Kontrakt {FIRST + 5} ist gespeichert.")
    assert waiting(page) == []


def a_contract_that_is_refused(desk, place):
    """It comes back into the form, with what is wrong with it."""
    page, text = desk.page, desk.page.locator("#lines-0-text")
    type_contract(page, COMPANY, CLUB, "500 Euro")
    expect(page.locator("[data-desk-note]")).to_contain_text("Geld ist tabu")
    expect(text).to_have_value("500 Euro")
    expect(text).to_be_focused()
    text.fill("Fünf Stunden Buchhaltung")
    page.keyboard.press("Enter")
    expect(state_of(page)).to_have_text(f"Kontrakt {FIRST + 6} ist gespeichert.")
    assert waiting(page) == []
    assert [number for number, _key in kept(place)[1]] == list(range(1, FIRST + 7))
    someone_comes_while_a_name_is_typed(page)
    # What is missing is told before anything is sent.
    text.fill("Nur Text")
    page.keyboard.press("Enter")
    expect(page.locator("[data-desk-note]").first).to_contain_text("mindestens zwei")


def someone_comes_while_a_name_is_typed(page):
    """The desk asks who has come each quarter of a minute: the list that is open stays as it is."""
    page.locator("#parties-1-ts-control").focus()
    page.keyboard.press("W")
    offered = page.locator(".ts-dropdown:visible .option.active")
    for _twice in range(2):
        expect(offered).to_contain_text(CLUB)
        with page.expect_response("**/parties"):
            page.evaluate("window.dispatchEvent(new Event('focus'))")
        page.evaluate("new Promise((done) => setTimeout(done))")  # the answer has been read
    expect(offered).to_contain_text(CLUB)
    page.keyboard.press("Enter")
    expect(page.locator("#parties-1 + .ts-wrapper .item")).to_contain_text(CLUB)
    page.locator("#parties-1 + .ts-wrapper .clear-button").click()


def a_person_who_is_signed_out(desk):
    """Whoever signs in again finds what was typed, and what waited is sent by itself."""
    page = desk.page
    page.context.clear_cookies()
    page.reload()  # leads to the sign-in
    expect(page.locator("#username")).to_be_visible()
    desk.visits.sign_in(page, "maerkische-seen")
    page.goto(f"/desk/{desk.event}")
    expect(page.locator("#lines-0-text")).to_have_value("Nur Text")
    page.context.clear_cookies()
    page.locator("#lines-0-text").fill("")
    page.locator("#parties-0-ts-control").focus()
    type_contract(page, COMPANY, CLUB, "Abgemeldet")
    expect(state_of(page)).to_contain_text("Sie sind abgemeldet.")
    desk.visits.sign_in(page, "maerkische-seen")
    expect(state_of(page)).to_have_text(f"Kontrakt {FIRST + 7} ist gespeichert.")


def state_of(page):
    return page.locator("[data-desk-state]")


def page_of(desk):
    """Open the desk once more in the same browser."""
    page = desk.visits.contexts[0].new_page()
    page.goto(f"/desk/{desk.event}")
    return page


def look(desk, screen):
    """See whether the pages have room, and what a program finds that hinders people."""
    assert faults(screen, screen.url, [(1920, "dark"), (390, "dark")]) == []
    page = desk.visits("maerkische-seen")
    found = []
    for path in ("checkin", "desk", "notary", "hall"):
        page.goto(f"/{path}/{desk.event}")
        found += faults(page, path, [(1280, "light"), (390, "dark")], part="main")
    assert found == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/checkin/{desk.event}")
    page.locator("#guest").fill("jördis")
    shown = page.locator("[data-guest]:visible")
    expect(shown).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".alert-success")).to_contain_text("Jördis Jäger")
    page.locator("#guest").fill("jord")
    shown.get_by_role("button").click()
    expect(page.locator(".alert-success")).to_contain_text("rückgängig")
