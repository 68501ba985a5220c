"""The search box finds people and organisations however their names and numbers are typed."""

from __future__ import annotations

import pytest

from app.access import Role
from app.models.contacts import Channel, ChannelKind, Position
from tests import factories as make
from tests.forms import send
from tests.tables import read


@pytest.fixture
def office(database, client):
    office = make.office("LAG", parent=make.office("Servicestelle"))
    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(office,)), "de")
    return office


@pytest.fixture
def found(client, database):
    def found(base, query):
        database.commit()
        page = read(client.get(f"/{base}/list/", query_string={"q": query}))
        assert page.status == 200
        return page.first

    return found


@pytest.mark.parametrize(
    "query", ["Müller", "müller", "MÜLLER", "mueller", "MUELLER", "muller", "mu", " Müller ", "üll"]
)
def test_a_name_is_found_with_or_without_its_umlaut(office, found, query):
    make.organisation(office, "Bäckerei Müller GmbH")
    make.organisation(office, "Schmidt")
    make.contact(office, "Müller", first_name="Jörg")
    make.contact(office, "Schmidt")
    assert found("organisations", query) == ["Bäckerei Müller GmbH"]
    assert found("contacts", query) == ["Müller"]


@pytest.mark.parametrize("stored", ["Müller", "Mueller", "Muller", "MÜLLER"])
def test_the_usual_spelling_finds_the_others(office, found, stored):
    make.contact(office, stored)
    queries = ["muller", "Muller"] if stored == "Muller" else ["mueller", "Müller"]
    for query in queries:
        assert found("contacts", query) == [stored], query


def test_each_word_must_be_there_in_any_order(office, found):
    make.contact(office, "Jäger", first_name="Jörg", at=make.organisation(office, "Straßenbau Süd"))
    make.contact(office, "Jäger", first_name="Ute")
    assert found("contacts", "jäger joerg") == ["Jäger"]
    assert found("contacts", "strassenbau Jäger") == ["Jäger"]
    assert found("contacts", "Straßenbau Ute") == []
    assert len(found("contacts", "Jäger")) == 2


PHONES = [
    "030 9799259-14",
    "+49 30 979925914",
    "0049 30 979925914",
    "(030) 9799259 14",
    "030/979925914",
    "030979925914",
    "+49 (0)30 979925914",
    "+49 (30) 9799259-14",
    "9799259",
    "+4930979925914",
    "030 – 979 925 914",
]


@pytest.mark.parametrize(
    "stored", ["030 9799259-14", "+49 30 979925914", "(030) 979925914", "0049 30 9799259 14"]
)
def test_a_phone_number_is_found_however_it_is_written(office, found, stored):
    make.organisation(office, "Right", phone=stored)
    make.organisation(office, "Fax", fax=stored)
    make.organisation(office, "Wrong", phone="030 123456")
    make.contact(office, "Person", phone=stored)
    for query in PHONES:
        assert found("organisations", query) == ["Fax", "Right"], query
        assert found("contacts", query) == ["Person"], query


def test_an_email_a_postal_code_and_a_place_are_found(office, found):
    make.organisation(office, "A", email="Info@Mueller-Bau.example.org", postal_code="15324", city="Letschin")
    make.organisation(office, "B", postal_code="15320")
    make.contact(office, "C", email="jo@example.org", postal_code="01067", city="Dresden")
    assert found("organisations", "info@mueller-bau.example.org") == ["A"]
    assert found("organisations", "15324") == ["A"]
    assert found("organisations", "153") == ["A", "B"]
    assert found("organisations", "letschin") == ["A"]
    assert found("contacts", "jo@example.org") == ["C"]
    assert found("contacts", "01067 Dresden") == ["C"]


def test_a_person_is_found_by_a_new_number_and_a_new_organisation_and_still_by_the_old(
    client, office, found, database
):
    old, new = make.organisation(office, "Altbau"), make.organisation(office, "Neubau")
    person = make.contact(office, "Jäger", phone="030 111111", email="alt@example.org", at=old)
    database.commit()
    changed = send(
        client,
        f"/contacts/edit/{person.id}",
        channels__1__value="030 222222",
        positions__0__until="2020-01-01",
        positions__1__organisation=str(new.id),
        channels__2__kind="email",
        channels__2__value="neu@example.org",
    )
    assert changed.status == 302, changed.errors
    for query in ("Neubau", "Altbau", "030 222222", "+4930222222", "neu@example.org", "alt@example.org"):
        assert found("contacts", query) == ["Jäger"], query
    assert found("contacts", "030 111111") == []
    removed = send(client, f"/contacts/edit/{person.id}", positions__0__row_remove="y")
    assert removed.status == 302
    assert found("contacts", "Altbau") == []


def test_a_person_is_found_by_parts_that_another_program_writes(office, found, database):
    person = make.contact(office, "Jäger")
    database.commit()
    database.add(Channel(contact=person, kind=ChannelKind.MOBILE, value="0171 1234567"))
    database.add(Position(contact=person, organisation=make.organisation(office, "Neubau")))
    database.commit()
    assert found("contacts", "+49 171 1234567") == ["Jäger"]
    assert found("contacts", "Neubau") == ["Jäger"]
    database.query(Channel).one().value = "0171 7654321"
    database.commit()
    assert found("contacts", "0171 7654321") == ["Jäger"]
    assert found("contacts", "0171 1234567") == []


def test_what_is_named_after_an_organisation_or_event_follows_its_name(client, office, found, database):
    company, nonprofit = make.organisation(office, "Altbau"), make.organisation(office, "Verein")
    market = make.event(office, "Altmarkt")
    make.contact(office, "Jäger", at=company)
    make.contract(office, company, nonprofit, title="Streichen")
    make.participation(market, company)
    make.offer(market, company)
    database.commit()
    before = client.get(f"/contacts/edit/{database.query(Position).one().contact_id}").text
    assert send(client, f"/organisations/edit/{company.id}", name="Neubau").status == 302
    assert send(client, f"/events/edit/{market.id}", title="Neumarkt", city="Jena").status == 302
    for base in ("contacts", "contracts", "participations", "offers"):
        assert len(found(base, "Neubau")) == 1, base
        assert found(base, "Altbau") == [], base
    for base in ("participations", "offers"):
        assert len(found(base, "Neumarkt Jena")) == 1, base
        assert found(base, "Altmarkt") == [], base
    after = client.get(f"/contacts/edit/{database.query(Position).one().contact_id}").text
    version = 'name="row_version" type="hidden" value="1"'
    assert (version in before, version in after) == (True, True)  # nobody changed the contact itself


@pytest.mark.parametrize(
    "query", ["%", "_", "\\", "'", '"', "100%", "a_b", "' OR 1=1 --", "", " ", "()", "💶", "x" * 500]
)
def test_signs_of_a_pattern_are_signs_and_nothing_breaks(office, found, query):
    make.organisation(office, "Anna")
    hits = found("organisations", query)
    assert hits == (["Anna"] if query.strip(" ()'\"") == "" else [])


@pytest.mark.parametrize("query", ["a\x00b", "x" * 501])
def test_what_no_database_takes_is_a_bad_request(client, office, query):
    assert client.get("/organisations/list/", query_string={"q": query}).status_code == 400


def test_every_list_can_be_searched(app, client, full_office, database):
    from tests.pages import views

    make.sign_in(client, make.staff(Role.ADMINISTRATOR, offices=(full_office,)), "de")
    database.commit()
    known = {
        "OrganisationView": "Verein",
        "ContactView": "jaeger",
        "ActivityView": "back",
        "EventView": "marktplatz",
        "ParticipationView": "mueller",
        "RegistrationView": "mueller",
        "SeriesView": "jaehrlich",
        "TemplateView": "marktvorlage",
        "RateView": "handschlag",
        "OfferView": "paint",
        "ContractView": "verein",
        "FigureView": "press",
        "NewsletterTextView": "gern",
        "NewsletterView": "rundbrief",
        "SubscriberView": "ana",
        "SubscriptionView": "ana@example.org",
        "ConsentView": "tests",
        "ImportView": "liste.csv",
        "MaterialView": "leitfaden",
        "NewsView": "impulse",
        "OfficeTreeView": "lag",
        "ReceiptView": "wochenliste",
        "StaffView": "pat",
        "PositionView": "jaeger",
        "PartyView": "mueller",
    }
    for view in views(app):
        name = type(view).__name__
        hit = read(client.get(f"{view.route_base}/list/", query_string={"q": known[name]}))
        assert len(hit.rows) == (2 if name == "PartyView" else 1), name
        missed = read(client.get(f"{view.route_base}/list/", query_string={"q": known[name] + " zzz"}))
        assert missed.rows == [], name


def test_remote_selects_find_in_the_same_way(client, office, database):
    make.organisation(office, "Bäckerei Müller", phone="030 9799259-14")
    make.organisation(office, "Schmidt")
    database.commit()
    for query in ("müller", "mueller", "muller", "+49 30 979925914"):
        answer = client.get("/offers/lookup/organisation", query_string={"q": query})
        assert [row["text"] for row in answer.json["results"]] == ["Bäckerei Müller"], query
