"""After saving, a person goes to the record, back where one came from, on with the form, or to the next one."""

from __future__ import annotations

import re

import pytest

from app.access import Role
from app.models.offers import Offer
from tests import factories as make
from tests.forms import opened, send

OFFER = {"direction": "offer", "category": "hands", "title": "Painting"}


@pytest.fixture
def office(database, client):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.REGIONAL_OFFICE, offices=(office,)), "en")
    return office


@pytest.fixture
def market(office):
    return make.event(office)


@pytest.fixture
def company(office):
    return make.organisation(office)


def test_saving_leads_to_the_record_or_back(client, market, company, database):
    new = {**OFFER, "event": str(market.id), "organisation": str(company.id)}
    sent = send(client, "/offers/add", **new)
    row = database.query(Offer).one()
    assert sent.location == f"/offers/show/{row.id}"
    back = f"/events/show/{market.id}"
    form = opened(client, f"/offers/edit/{row.id}?back={back}")
    assert f'href="{back}" data-cancel' in form.html
    refused = send(client, f"/offers/edit/{row.id}", form, title="")
    assert f'href="{back}" data-cancel' in refused.html
    assert send(client, f"/offers/edit/{row.id}", refused, title="New").location == back


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_back_never_leads_to_another_host(client, company, back):
    form = opened(client, "/organisations/edit/" + str(company.id))
    form.fields["row_back"] = back
    sent = send(client, f"/organisations/edit/{company.id}", form)
    assert sent.status == 302
    assert sent.location == "/"


def test_save_and_stay_opens_the_form_again_and_save_and_new_one_with_the_same_parents(
    client, market, company, database
):
    address = f"/offers/add?event={market.id}&organisation={company.id}&back=/offers/list/"
    sent = send(client, address, **OFFER, row_next="stay")
    row = database.query(Offer).one()
    assert sent.location == f"/offers/edit/{row.id}?back=/offers/list/"
    sent = send(client, address, **OFFER, row_next="new")
    assert sent.location.startswith("/offers/add?")
    form = opened(client, sent.location)
    assert (form.fields["event"], form.fields["organisation"]) == (str(market.id), str(company.id))
    assert form.fields["title"] == ""
    assert form.fields["row_back"] == "/offers/list/"
    elsewhere = send(client, f"/offers/edit/{row.id}", row_next="new")
    assert opened(client, elsewhere.location).fields["event"] == str(market.id)  # its event, and no more
    assert opened(client, elsewhere.location).fields["organisation"] == ""


def test_the_summary_names_each_problem_in_the_order_of_the_page_and_leads_to_it(client, office, company):
    form = opened(client, "/contracts/add")
    form.fields |= {
        "number": "x", "due_on": "never", "parties-0-organisation": str(company.id),
        "contributions-0-text": "Painting",
    }  # fmt: skip
    sent = send(client, "/contracts/add", form)
    places = re.findall(r'href="#([\w-]+)" data-goto', sent.html)
    assert places == ["number", "parties-0-side", "contributions-0-category", "due_on"]
    assert all(f'id="{place}"' in sent.html for place in places)
    assert "Parties, row 1: Side" in sent.html
    assert re.search(r"<title>Error: New contract", sent.html)
    for place in places:
        [tag] = re.findall(rf'<(?:input|select|textarea)[^>]* id="{place}"[^>]*>', sent.html)
        assert f"{place}-error" in tag
