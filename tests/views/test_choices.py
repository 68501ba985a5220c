"""What one click does in a list: narrow it by a value, and change a row."""

from __future__ import annotations

import re
from html import unescape

import pytest

from app.access import Role
from app.models.organisations import LegalForm, OrganisationKind
from tests import factories as make
from tests.access.rights import may
from tests.pages import views
from tests.tables import read


@pytest.fixture
def office(database):
    return make.office("LAG", parent=make.office("Servicestelle"))


@pytest.fixture
def browser(app, client, office, database):
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)))
    return client


def choices(page):
    """Give the values that the filter menu offers in one click: {text: (address, whether it's chosen)}."""
    groups = re.findall(r'<div class="filter-choices".*?</div>', page, re.DOTALL)
    links = re.findall(r'<a class="([^"]*)" href="([^"]*)"[^>]*>([^<]*)</a>', "".join(groups))
    return {unescape(text): (unescape(href), "active" in classes) for classes, href, text in links}


def pencils(page):
    """Give the addresses that the pencils of a list lead to."""
    return [unescape(one) for one in re.findall(r'<td class="row-edit"[^>]*><a [^>]*href="([^"]*)"', page)]


def test_a_value_narrows_the_list_another_widens_it_and_the_first_is_taken_back(browser, office):
    for kind in (OrganisationKind.COMPANY, OrganisationKind.SCHOOL, OrganisationKind.CHAMBER):
        make.organisation(office, kind.value, kind=kind)
    page = browser.get("/organisations/list/?q=&_oc_OrganisationView=name&_od_OrganisationView=desc").text
    for value, found in (
        ("Company", ["company"]),
        ("School", ["school", "company"]),
        ("Company", ["school"]),
    ):
        address, _chosen = choices(page)[value]
        answer = browser.get(address)
        page = answer.text
        assert read(answer).first == found
    assert [value for value, (_address, chosen) in choices(page).items() if chosen] == ["School"]


def test_of_yes_and_no_only_one_is_chosen(browser, office):
    for public in (True, False):
        make.material(office, f"public {public}", public=public)
    page = browser.get("/materials/list/").text
    for value, found in (("yes", ["public True"]), ("no", ["public False"])):
        answer = browser.get(choices(page)[value][0])
        page = answer.text
        assert read(answer).first == found
    assert sorted(read(browser.get(choices(page)["no"][0])).first) == ["public False", "public True"]


def test_only_columns_that_are_seen_and_have_few_values_are_offered(browser, office):
    offered = choices(browser.get("/organisations/list/").text)
    assert {"Company", "School"} <= offered.keys()
    assert "yes" not in offered
    browser.post("/organisations/settings", data={"column": ["name", "shared", "legal_form"]})
    assert set(choices(browser.get("/organisations/list/").text)) == {"yes", "no"}


def test_a_closed_column_that_is_not_seen_takes_one_click_more(browser, office):
    make.organisation(office, "Verein", legal_form=LegalForm.EV)
    make.organisation(office, "Firma", legal_form=LegalForm.GMBH)
    page = browser.get("/organisations/list/").text
    column = unescape(re.search(r'<a class="dropdown-item" href="([^"]*_new=legal_form)"', page)[1])
    assert read(browser.get(choices(browser.get(column).text)["GmbH"][0])).first == ["Firma"]
    column = unescape(re.search(r'<a class="dropdown-item" href="([^"]*_new=shared)"', page)[1])
    assert choices(browser.get(column).text).keys() == {"yes", "no"}


def test_what_was_typed_outlasts_another_comparison(browser, office):
    for more in ("&_op=1&_value=Donau", "&_op=2&_value=%22Donau%3E"):
        page = browser.get(f"/organisations/list/?_new=name{more}").text
        value = re.search(r'id="filter-value" name="_value" value="([^"]*)"', page)[1]
        assert unescape(value) in {"Donau", '"Donau>'}
    page = browser.get("/organisations/list/?_new=kind&_op=1&_value=company").text
    assert re.search(r'value="company" checked', page)


def test_a_pencil_leads_to_the_form_and_saving_back_to_the_same_place(browser, office):
    make.organisation(office, "Amt", city="Jena")
    make.organisation(office, "Bau", city="Jena")
    address = "/organisations/list/?_flt_3_city=Jena&_oc_OrganisationView=name&_od_OrganisationView=desc"
    first, _second = pencils(browser.get(address).text)
    form = browser.get(first).text
    data = dict(re.findall(r'<input[^>]*name="(row_[^"]*)"[^>]*value="([^"]*)"', form))
    data = {name: unescape(value) for name, value in data.items()}
    answer = browser.post(first, data={**data, "name": "Bauer", "kind": "company", "country": "DE"})
    assert answer.status_code == 302
    asked, _hash, place = answer.location.partition("?")[2].partition("#")
    assert set(asked.split("&")) == set(address.partition("?")[2].split("&"))
    assert f'id="{place}"' in browser.get(address).text
    assert read(browser.get(answer.location)).first[0] == "Bauer"


@pytest.mark.parametrize("role", Role)
def test_a_pencil_stands_at_the_rows_that_the_person_may_change(app, client, database, role):
    root = make.office("Servicestelle")
    here, there = make.full_office(), make.office("Dort", parent=root)
    here.parent = root
    for shared in (make.organisation(there, "Fremd", shared=True), make.event(there, "Fremd", shared=True)):
        shared.notes = "theirs"
    make.staff(Role.ADMINISTRATOR, offices=(here,))
    make.sign_in(client, make.staff(role, offices=(here,)))
    seen = 0
    for view in views(app):
        if not may(role, "r", view.section.value):
            continue
        page = client.get(f"{view.route_base}/list/?psize_{type(view).__name__}=200").text
        found = {one.partition("?")[0] for one in pencils(page)}
        keys = set(re.findall(rf'class="row-link" href="{view.route_base}/show/(\d+)"', page))
        seen += len(found)
        for key in keys:
            address = f"{view.route_base}/edit/{key}"
            assert (client.get(address).status_code == 200) is (address in found), address
    assert (seen > 0) is (role is not Role.READER)


def test_a_row_of_another_office_says_so(browser, office):
    other = make.office("Dort", parent=office.parent)
    make.organisation(office, "Eigen")
    make.organisation(other, "Fremd", shared=True)
    page = browser.get("/organisations/list/").text
    rows = re.findall(r'<td class="row-title".*?</td>', page, re.DOTALL)
    assert [("of another office" in row) for row in rows] == [False, True]


def test_who_has_several_offices_is_told_which_a_row_is_of(app, client, database, office):
    make.organisation(office, "Amt")
    make.sign_in(client, make.staff(Role.READER, offices=(office,)))
    assert "Office" not in read(client.get("/organisations/list/")).headings
    make.office("Zweigstelle", parent=office)
    assert "Office" in read(client.get("/organisations/list/")).headings


def test_a_very_long_word_may_be_broken_and_says_the_same(browser, office):
    name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk <b>&"
    make.organisation(office, name, city="L" * 60)
    page = browser.get("/organisations/list/").text
    assert "Donaudampfschifffahrtsele<wbr>ktrizit" in page
    assert "L" * 25 + "<wbr>" + "L" * 25 + "<wbr>" + "L" * 10 in page
    assert read(browser.get("/organisations/list/")).first == [name]


def test_a_long_address_is_broken_at_its_signs_rather_than_within_a_word(browser, office):
    name = "koordination@birkenhain.example.org"
    make.organisation(office, name, city="Bernau bei Berlin")
    page = browser.get("/organisations/list/")
    assert "koordination<wbr>@birkenhain<wbr>.example<wbr>.org" in page.text
    assert read(page).first == [name]
