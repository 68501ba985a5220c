"""Quick add offers the forms that a person may use, and no others."""

from __future__ import annotations

import re

import pytest

from app.access import Role
from tests import factories as make
from tests.access.rights import may
from tests.pages import views

# The text of a newsletter is added on the newsletter's page, and has no list in the menu.
ELSEWHERE = {"/newsletter-texts/add"}


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


def offered(page):
    start = page.find('aria-labelledby="add-menu"')
    menu = page[start : page.find("account-menu", start)] if start > 0 else ""
    return {address.replace("&amp;", "&") for address in re.findall(r'href="([^"]*/add[^"]*)"', menu)}


@pytest.mark.parametrize("role", Role)
def test_the_menu_holds_what_the_role_may_add(app, client, office, role):
    make.sign_in(client, make.staff(role, offices=(office,)))
    wanted = {
        f"{view.route_base}/add"
        for view in views(app)
        if view.add_columns and may(role, "w", view.section.value)
    } - ELSEWHERE
    assert offered(client.get("/").text) == wanted
    assert all(client.get(address).status_code == 200 for address in wanted)
    assert bool(wanted) is (role is not Role.READER)


def test_on_the_page_of_a_record_the_new_one_belongs_to_it(client, office):
    other = make.office("Andere", parent=office.parent)
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)))
    event, company = make.event(office), make.organisation(office)
    foreign = make.event(other, shared=True)
    found = offered(client.get(f"/events/show/{event.id}").text)
    assert {
        f"/contracts/add?event={event.id}",
        f"/participations/add?event={event.id}",
        "/contacts/add",
    } <= found
    found = offered(client.get(f"/organisations/show/{company.id}").text)
    assert {f"/activities/add?organisation={company.id}", "/organisations/add", "/events/add"} <= found
    assert not any("?" in address for address in offered(client.get(f"/events/show/{foreign.id}").text))
    assert not any("?" in address for address in offered(client.get("/events/list/").text))
