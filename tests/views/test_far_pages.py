"""Far behind, "next" and "back" go on from the row beside the page, and show what the page's number would show."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from flask_babel import force_locale

from app.access import Role
from app.core.db import db
from app.models.contacts import Contact
from app.models.languages import Language
from app.models.offices import Office
from app.queries import rows
from app.views import templating
from tests import factories as make
from tests.counting import counting
from tests.tables import read

PAGE = "/contacts/list/"


@pytest.fixture
def browser(client, database, monkeypatch):
    """Who sees two offices of three, with many equal names and many missing ones; rows are counted up to four."""
    monkeypatch.setattr(rows, "COUNT_CAP", 4)
    above = make.office("Servicestelle")
    mine = make.office("LAG", parent=above)
    offices = [mine, make.office("Darunter", parent=mine), make.office("Fremd", parent=above)]
    for number in range(33):
        make.contact(
            offices[number % 3],
            ("Ahorn", "Birke", "Zeder", "ähre")[number % 4],
            first_name=(None, None, "Ida", "Bo", "")[number % 5],
            city=None,
            title="Dr." if number == 7 else None,
            language=Language.ENGLISH if number % 2 else Language.GERMAN,
            do_not_email=bool(number % 3),
        )
    database.commit()
    return make.sign_in(client, make.staff(Role.READER, offices=(mine,)))


SORTS = ("last_name", "first_name", "city", "title", "language", "do_not_email", "changed_at", "office")
NARROWED = ({"q": "e"}, {"_flt_0_do_not_email": "y"}, {"_flt_0_last_name": "r"})
CASES = [*((column, {}) for column in SORTS), *(("first_name", narrowed) for narrowed in NARROWED)]


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize(("column", "narrowed"), CASES)
def test_next_and_back_show_what_the_number_shows(browser, column, narrowed, direction):
    sizes = {"psize_ContactView": "3", "_oc_ContactView": column, "_od_ContactView": direction}

    def numbered(page):
        return read(browser.get(PAGE, query_string={**narrowed, **sizes, "page_ContactView": page}))

    pages = []
    while shown := numbered(len(pages)).keys:
        pages.append(shown)
    assert len(pages) > 3
    assert len({key for page in pages for key in page}) == sum(map(len, pages))
    here = numbered(2)
    for at in range(3, len(pages)):
        assert "after_ContactView" in here.links["next"]
        here = read(browser.get(unescape(here.links["next"])))
        assert here.keys == pages[at]
    for at in range(len(pages) - 2, -1, -1):
        here = read(browser.get(unescape(here.links["prev"])))
        assert here.keys == pages[at]
    assert "prev" not in here.links


@pytest.fixture
def link(browser):
    """A link to the fifth page, and the key of the row that it names."""
    links = read(browser.get(PAGE, query_string={"psize_ContactView": "3", "page_ContactView": 3})).links
    address = unescape(links["next"])
    return address, int(address.partition("after_ContactView=")[2].partition(".")[0])


def numbered(browser):
    return read(browser.get(PAGE, query_string={"psize_ContactView": "3", "page_ContactView": 4})).keys


@pytest.mark.parametrize("what", ["deleted", "renamed"])
def test_where_the_row_is_not_what_it_was_the_number_counts(browser, link, database, what):
    address, key = link
    row = database.get(Contact, key)
    if what == "deleted":
        database.delete(row)
    else:
        row.last_name = "Zzz"
    database.commit()
    assert read(browser.get(address)).keys == numbered(browser)


def test_a_row_that_was_added_before_moves_nothing(browser, link, database):
    """By its number the page would show a row again that was just seen."""
    address, _key = link
    before = read(browser.get(address)).keys
    make.contact(database.query(Office).filter_by(name="LAG").one(), "Aaa")
    database.commit()
    assert read(browser.get(address)).keys == before
    assert numbered(browser) != before


def test_it_passes_over_no_rows_and_needs_no_more_statements(browser, link):
    address, _key = link
    browser.get(address)
    with counting(db.engine) as sent:
        browser.get(address)
    with counting(db.engine) as plain:
        browser.get(PAGE)
    assert len(sent) == len(plain) <= 5


def test_what_can_be_no_row_is_refused_and_a_foreign_one_tells_nothing(browser, database):
    for asked in ("x", "1", "1.", ".1", "1.x", "-1.1", f"{2**40}.1", "1.1.1"):
        answer = browser.get(PAGE, query_string={"page_ContactView": 4, "after_ContactView": asked})
        assert answer.status_code == 400, asked
    foreign = next(one for one in database.query(Contact) if one.office.name == "Fremd")
    asked = {"psize_ContactView": "3", "page_ContactView": 4, "after_ContactView": f"{foreign.id}.1"}
    assert read(browser.get(PAGE, query_string=asked)).keys == numbered(browser)


def test_near_pages_and_other_links_are_told_by_number_alone(browser):
    near = read(browser.get(PAGE, query_string={"psize_ContactView": "3"}))
    assert "after_" not in near.links["next"]
    far = read(browser.get(PAGE, query_string={"psize_ContactView": "3", "page_ContactView": 3}))
    there = browser.get(unescape(far.links["next"])).text
    links = re.findall(r'<a [^>]*id="(?:page-[0-9]|sort-)[^>]*>', there)
    assert len(links) > 5
    assert not any("after_" in link for link in links)


@pytest.mark.parametrize("narrowed", [{}, {"q": "e"}])
def test_the_last_page_leads_nowhere_and_knows_how_many_there_are(browser, narrowed):
    """Rows are counted up to four. Behind these, what's certain is what was seen, and that there is one more."""
    size = {"psize_ContactView": "1", "_oc_ContactView": "last_name", **narrowed}
    address, seen = f"{PAGE}?{urlencode(size)}", []
    while address:
        page = read(browser.get(address))
        assert page.keys, seen
        seen.append(page.count)
        address = page.links.get("next")
    last = len(seen)
    assert last > 9
    assert seen[0] == "1–1 of 4+"
    assert seen[-2] == f"{last - 1}–{last - 1} of {last - 1}+"
    assert seen[-1] == f"{last}–{last} of {last}"
    behind = read(browser.get(PAGE, query_string={**size, "page_ContactView": last}))
    assert behind.keys == []


@pytest.mark.parametrize(
    ("count", "said"),
    [(50_001, "50,000+"), (rows.Sure(50_001), "50,001"), (rows.About(1_003_412), "about 1,000,000")],
)
def test_a_count_says_how_sure_it_is(app, count, said):
    with app.test_request_context(), force_locale("en"):
        assert templating.counted(count) == said
