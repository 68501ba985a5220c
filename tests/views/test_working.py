"""The office switch: chosen in one browser, for one person, until the sign-out."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import select

from app.access import CHOICE, Role
from app.core.db import db
from app.models.contacts import Contact
from app.models.offices import Office
from app.models.receipts import Receipt
from app.views import working
from tests import factories as make
from tests.access.worlds import network, working_as
from tests.api.calls import Program
from tests.forms import opened, send
from tests.pages import texts
from tests.tables import read


@pytest.fixture
def world(database):
    world = network()
    world.rows = {
        name: make.contact(getattr(world, name), f"Aus{name}", email=f"{name}@example.org").id
        for name in ("root", "here", "branch", "there", "elsewhere")
    }
    world.agency = make.staff(Role.SERVICE_AGENCY, offices=(world.root,), password="langes wort 1")
    database.commit()
    return world


@pytest.fixture
def browser(app, world):
    return make.sign_in(app.test_client(), world.agency)


def choose(client, office, **more):
    return client.post("/office/choose", data={"office": getattr(office, "id", office), **more})


def listed(client):
    return {name.removeprefix("Aus") for name in read(client.get("/contacts/list/")).first}


def test_one_office_is_shown_until_all_are_chosen_again(world, browser):
    assert listed(browser) == {"root", "here", "branch", "there"}
    assert choose(browser, world.here).status_code == 302
    assert listed(browser) == {"here", "branch"}
    assert browser.get(f"/contacts/show/{world.rows['there']}").status_code == 404
    assert choose(browser, "all").status_code == 302
    assert listed(browser) == {"root", "here", "branch", "there"}


def test_an_office_that_is_not_the_persons_can_not_be_chosen_and_looks_like_none(world, browser):
    answers = []
    for office in (world.elsewhere.id, 10**9, 2**40, 0, -1, "x", "", "²", "1e3", None):
        answer = browser.post("/office/choose", data={} if office is None else {"office": office})
        answers.append((answer.status_code, texts(answer.text)))
        assert listed(browser) == {"root", "here", "branch", "there"}
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)


def test_a_forged_choice_in_a_session_widens_nothing(app, world):
    client = make.sign_in(app.test_client(), world.person)
    for office in (
        world.root.id,
        world.there.id,
        world.elsewhere.id,
        "all",
        None,
        [1],
        -1,
        True,
        str(world.root.id),
    ):
        with client.session_transaction() as session:
            session[CHOICE] = office
        assert listed(client) == {"here", "branch"}


def test_a_choice_is_of_one_browser_and_one_person(app, world, browser):
    second = make.sign_in(app.test_client(), world.agency)
    other = make.sign_in(app.test_client(), world.person)
    choose(browser, world.there)
    assert listed(browser) == {"there"}
    assert listed(second) == {"root", "here", "branch", "there"}
    assert listed(other) == {"here", "branch"}


def test_a_program_has_all_offices_even_beside_the_cookie_of_a_browser(app, world):
    program = Program(app, world.agency)
    make.sign_in(program.client, world.agency)
    choose(program.client, world.there)
    assert listed(program.client) == {"there"}
    assert program.get("contacts/").json["count"] == 4
    assert program.get(f"contacts/{world.rows['here']}").status_code == 200


def test_sign_in_and_sign_out_forget_the_choice(app, world):
    client = app.test_client()
    typed = {"username": world.agency.username, "password": "langes wort 1"}
    client.post("/login/", data=typed)
    choose(client, world.there)
    client.post("/logout/")
    client.post("/login/", data=typed)
    assert listed(client) == {"root", "here", "branch", "there"}
    choose(client, world.there)
    with client.session_transaction() as session:
        assert session[CHOICE] == world.there.id
        del session["_user_id"]  # the session was let go without a sign-out
    client.post("/login/", data=typed)
    assert listed(client) == {"root", "here", "branch", "there"}


def test_a_choice_ends_when_the_office_is_the_persons_no_more(world, browser, database):
    choose(browser, world.branch)
    assert listed(browser) == {"branch"}
    database.get(Office, world.branch.id).parent_id = world.elsewhere.id
    database.commit()
    assert listed(browser) == {"root", "here", "there"}


def test_nobody_chooses_without_being_signed_in(app, world):
    client = app.test_client()
    assert choose(client, world.here).location == "/login/"
    assert client.get("/office/").location == "/login/?next=/office/"
    with client.session_transaction() as session:
        assert CHOICE not in session


def test_a_new_record_is_of_the_chosen_office(world, browser):
    choose(browser, world.there)
    assert opened(browser, "/contacts/add").fields["office"] == str(world.there.id)
    assert send(browser, "/contacts/add", last_name="Neu").status == 302
    assert (
        db.session.scalars(select(Contact.office_id).where(Contact.last_name == "Neu")).one()
        == world.there.id
    )


def test_after_the_switch_a_person_is_where_it_was_or_at_the_list_where_there_is_no_record(world, browser):
    record = f"/contacts/show/{world.rows['here']}"
    assert choose(browser, world.here, next=record).location == record
    assert choose(browser, world.there, next=record).location == "/contacts/list/"
    assert choose(browser, "all", next=f"/contacts/edit/{world.rows['here']}?x=1").location == (
        f"/contacts/edit/{world.rows['here']}?x=1"
    )
    assert choose(browser, world.there, next="/events/list/?q=a").location == "/events/list/?q=a"
    for bad in ("https://example.org/", "//example.org", "", "/nothing/here", "/contacts/show/x"):
        assert choose(browser, world.there, next=bad).location in {"/", "/nothing/here", "/contacts/list/"}


def test_a_form_that_was_open_when_the_office_was_switched_says_why_it_can_not_be_saved(world, browser):
    address = f"/contacts/edit/{world.rows['here']}"
    form = opened(browser, address)
    choose(browser, world.there)
    answer = browser.post(address, data={**form.fields, "last_name": "Anders"})
    assert answer.status_code == 404
    assert "You work in “Dort” only." in answer.text
    choose(browser, "all")
    assert send(browser, address, form, last_name="Anders").status == 302


def test_the_switch_names_the_own_offices_as_a_tree_and_no_others(app, world, browser):
    def offered(person):
        with app.test_request_context(), working_as(person):
            found = working.offices_offered()
            return found and [(one.name, one.depth) for one in found.choices]

    assert offered(world.agency) == [("Servicestelle", 0), ("Dort", 1), ("Hier", 1), ("Zweigstelle", 2)]
    assert offered(world.person) == [("Hier", 0), ("Zweigstelle", 1)]
    assert offered(make.staff(Role.READER)) is None
    page = texts(browser.get("/office/").text)
    assert {"Servicestelle", "Hier", "Zweigstelle", "Dort"} <= set(page)
    assert "Anderswo" not in page
    choose(browser, world.here)
    # Once in the menu of the page, and once in what was searched for.
    assert texts(browser.get("/office/").text).count("Dort") == 2
    assert texts(browser.get("/office/?q=zweig").text).count("Dort") == 1
    assert texts(browser.get("/office/?q=hier").text).count("Zweigstelle") == 2


def test_a_large_network_is_searched_instead_of_listed_on_every_page(world, browser):
    for number in range(working.PAGE_SIZE + 10):
        make.office(f"Büro {number:03}", parent=world.root)
    page = texts(browser.get("/").text)
    assert "Büro 000" not in page
    assert "Choose another office …" in page
    page = texts(browser.get("/office/").text)
    assert "Büro 000" in page
    assert "Büro 209" not in page
    assert "14 more: search for the one that you look for." in page
    assert "Büro 209" in texts(browser.get("/office/?q=buero+209").text)


def test_who_has_one_office_has_nothing_to_switch(app, world):
    client = make.sign_in(app.test_client(), make.staff(Role.READER, offices=(world.branch,)))
    page = client.get("/").text
    assert "Zweigstelle" in page
    assert "/office/choose" not in page


def test_the_page_of_the_own_account_names_all_offices(world, browser, database):
    person = make.staff(Role.READER, offices=(world.here, world.there))
    make.sign_in(browser, person)
    choose(browser, world.there)
    page = texts(browser.get("/account/").text)
    assert any("Hier" in text for text in page)
    assert any("Dort" in text for text in page)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("/reports/contacts/export", True),
        ("/reports/contracts/export/contracts.csv", False),
        ("/reports/marketplaces/export", True),
        ("/contacts/export/xlsx", False),
    ],
)
def test_a_file_of_one_office_says_so_and_so_does_its_receipt(app, world, address, inside):
    manager = make.staff(Role.OFFICE_MANAGER, offices=(world.root,))
    browser = make.sign_in(app.test_client(), manager, "en")
    said = f"Office: {world.here} and those below it"
    for office, expected in ((world.here, 1), ("all", 0)):
        choose(browser, office)
        with browser.get(address) as answer:
            assert answer.status_code == 200
            data = answer.data
        receipt = db.session.scalars(select(Receipt).order_by(Receipt.id.desc())).first()
        lines = (receipt.filter or "").splitlines()
        assert lines.count(said) == expected
        assert sum(line.startswith("Office: ") for line in lines) <= 1
        if inside:
            cells = [
                str(cell.value)
                for sheet in openpyxl.load_workbook(io.BytesIO(data))
                for row in sheet.iter_rows()
                for cell in row
            ]
            assert cells.count(said.removeprefix("Office: ")) == expected
