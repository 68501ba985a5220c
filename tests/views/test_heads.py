"""What stands above: the head of a record, the way to a page, and why somebody finds nothing to do."""

from __future__ import annotations

import pytest

from app.access import Role
from app.models.offices import OfficeKind, State
from tests import factories as make
from tests.access.worlds import network
from tests.pages import texts


@pytest.fixture
def world(database):
    return network()


def head(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200
    html = answer.text.partition("record-head")[2].partition("</header>")[0]
    return html, " ".join(texts(html))


def signed_in(client, *roles, offices=()):
    return make.sign_in(client, make.staff(*roles, offices=offices))


def test_the_head_of_an_office_says_its_kind_and_how_it_is_reached(client, world):
    row = make.office(
        "LAG", kind=OfficeKind.REGIONAL_OFFICE, state=State.BB, phone="030 1234", email="a@example.org",
        website="https://example.org", street="Am Birkenhain 1", city="Strausberg",
    )  # fmt: skip
    html, words = head(
        signed_in(client, Role.ADMINISTRATOR, offices=(world.root,)), f"/offices/show/{row.id}"
    )
    assert "Regional office" in words
    assert "Brandenburg" in words
    for start in (
        "tel:0301234",
        "mailto:a@example.org",
        "https://example.org",
        "https://www.openstreetmap.org/",
    ):
        assert f'href="{start}' in html


def test_the_head_of_an_account_says_roles_and_offices_and_whether_it_is_used(client, world):
    person = make.staff(Role.READER, offices=(world.here,), email="ruth@example.org")
    browser = signed_in(client, Role.ADMINISTRATOR, offices=(world.root,))
    html, words = head(browser, f"/staff/show/{person.id}")
    assert 'href="mailto:ruth@example.org"' in html
    assert f'href="/offices/show/{world.here.id}"' in html
    assert "Reader" in words
    assert "Not active" not in words
    left = make.staff(Role.READER, offices=(world.here,), active=False)
    assert "Not active" in head(browser, f"/staff/show/{left.id}")[1]


def test_the_head_of_what_is_published_says_so(client, world):
    letter = make.newsletter(world.here, sender_email="post@example.org", active=False)
    paper = make.material(world.here, public=True)
    news = make.news_item(world.here, public=True)
    browser = signed_in(client, Role.ADMINISTRATOR, offices=(world.root,))
    html, words = head(browser, f"/newsletters/show/{letter.id}")
    assert 'href="mailto:post@example.org"' in html
    assert "German" in words
    assert "Not active" in words
    assert "Public" in head(browser, f"/materials/show/{paper.id}")[1]
    words = head(browser, f"/news/show/{news.id}")[1]
    assert "Public" in words
    assert f"{news.date:%d/%m/%Y}" in words


@pytest.mark.parametrize("own", [True, False])
def test_a_record_of_another_office_says_that_it_is_read_only(client, world, own):
    row = make.organisation(world.here if own else world.there, shared=True)
    words = head(make.sign_in(client, world.person), f"/organisations/show/{row.id}")[1]
    assert ("of another office – read only" in words) is not own


def test_pages_besides_the_records_say_where_one_is(client, world):
    person = make.contact(world.here, "Jäger")
    browser = make.sign_in(client, world.person)
    for address, above in (
        ("/account/", ()),
        ("/reports/", ()),
        (f"/subscribe/{person.id}", ("/contacts/list/", f"/contacts/show/{person.id}")),
    ):
        trail = browser.get(address).text.partition('class="breadcrumb"')[2].partition("</ol>")[0]
        assert 'aria-current="page"' in trail, address
        assert all(f'href="{one}"' in trail for one in above), address


# --- who can't work yet ---------------------------------------------------------------------------------------
def test_who_has_no_office_is_told_why_nothing_can_be_saved(client, world):
    browser = signed_in(client, Role.OFFICE_MANAGER)
    page = browser.get("/").text
    assert "belong to an office yet" in page
    for address in ("/organisations/add", "/contracts/add"):  # what can't be saved isn't filled in first
        answer = browser.get(address)
        assert answer.status_code == 403
        assert "belong to an office yet" in answer.text
    assert browser.post("/organisations/add", data={"name": "A"}).status_code == 403
    assert "/add" not in page
    assert "/organisations/add" not in browser.get("/organisations/list/").text


def test_who_has_no_role_is_told_so(client, world):
    page = signed_in(client, offices=(world.here,)).get("/").text
    assert "has no role yet" in page
    assert "There is nothing here yet." not in page


def test_who_works_is_told_nothing(client, world):
    page = make.sign_in(client, world.person).get("/").text
    assert "turn to the management" not in page
    assert "/organisations/add" in page
