"""What is missing: the number that the start page says is the one that the list behind it counts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask_babel import force_locale

from app.access import Role, of_staff, opened
from app.core import clock
from app.models.contacts import Position
from app.models.contracts import ContractStatus
from app.models.events import EventStatus
from app.models.figures import Measure
from app.models.organisations import ExemptionKind
from app.models.subscribers import Delivery
from app.queries import rows
from app.views import gaps
from tests import factories as make
from tests.marketplaces_2006 import chosen, held
from tests.tables import read

TODAY = clock.today()


@pytest.fixture
def office(database):
    """An office in which each gap is there once more than the one before, and as much that is complete."""
    office = make.office("LAG", parent=make.office("Servicestelle"))
    for place in (office, make.office("Other", parent=office.parent)):
        _fill(place)
    shared = {"shared": True}
    held(office.parent, **shared)
    make.organisation(office.parent, **shared)
    return office


def _fill(office):
    company, club = make.organisation(office, "Staffed"), make.organisation(office, "Former")
    old = TODAY - timedelta(days=1)
    make.contact(office, email="a@example.org", at=company)  # no lawful basis
    person = make.contact(office, phone="030 1")  # neither
    person.positions.append(Position(organisation=club, until=old))
    for years, kind in ((5, ExemptionKind.NOTICE), (5, ExemptionKind.FINDING), (3, ExemptionKind.FINDING)):
        company.exemption_kind, company.exemption_date = kind, date(TODAY.year - years, 1, 1)
        company = make.organisation(office, f"{kind}{years}")
    valued = make.contract(office, company, club, due_on=old)
    make.contribution(valued, value=Decimal(0))
    make.contribution(make.contract(office, company, club), value=None)
    make.contract(office, company, club, status=ContractStatus.CANCELLED)
    chosen(held(office, starts_on=old, latitude=Decimal(52), longitude=Decimal(13)), Measure.CONTRACTS, 1)
    held(office)
    make.event(office, status=EventStatus.ANNOUNCED)
    letter = make.newsletter(office)
    for delivery in Delivery:
        make.subscription(make.subscriber(office, f"{delivery.value}@example.org", delivery=delivery), letter)


def listed(client, person, language="en"):
    """Give each gap that a person is told of, with the rows of the list behind it."""
    with opened(of_staff(person.id)), client.application.test_request_context(), force_locale(language):
        told = list(gaps.found(TODAY))
    browser = make.sign_in(client, person, language)
    return {one.text: read(browser.get(one.address)) for one in told}


@pytest.mark.parametrize(
    "role", [Role.OFFICE_MANAGER, Role.READER, Role.ADMINISTRATOR, Role.NEWSLETTER_EDITOR]
)
def test_each_number_is_the_one_of_its_list(client, office, database, role):
    found = listed(client, make.staff(role, offices=(office,)))
    assert found
    for text, page in found.items():
        assert page.status == 200, text
        assert text.split()[0] == str(len(page.rows)), text


def test_the_gaps_are_those_of_the_own_office(client, office, database):
    found = listed(client, make.staff(Role.OFFICE_MANAGER, offices=(office,)))
    assert set(found) == {
        "1 contact without e-mail",
        "2 contacts without a lawful basis",
        "4 organisations without a contact person",
        "1 organisation with an expired exemption notice",
        "1 contract without an equivalent value",
        "1 open contract without a due date",
        "1 marketplace held without figures",
        "1 marketplace held without a date",
        "1 marketplace held without a place on the map",
        "2 organisations with an expired finding under § 60a AO",
    }


def test_a_newsletter_editor_is_told_of_contacts_and_subscribers_only(client, office, database):
    found = listed(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(office,)))
    assert set(found) == {
        "1 contact without e-mail",
        "2 contacts without a lawful basis",
        "4 unconfirmed subscriptions",
        "2 subscribers whom mails don't reach",
    }


def test_a_notice_expires_five_years_after_its_day_and_a_finding_three(client, database):
    office = make.office("LAG")
    for kind, years in ((ExemptionKind.NOTICE, 5), (ExemptionKind.FINDING, 3)):
        day = TODAY.replace(year=TODAY.year - years, day=min(TODAY.day, 28))
        for off in (-2, -1, 0, 1):
            make.organisation(office, exemption_kind=kind, exemption_date=day + timedelta(days=off))
    person = make.staff(Role.READER, offices=(office,))
    with opened(of_staff(person.id)), client.application.test_request_context(), force_locale("en"):
        texts = [one.text for one in gaps.found(TODAY.replace(day=min(TODAY.day, 28)))]
    assert "2 organisations with an expired exemption notice" in texts
    assert "2 organisations with an expired finding under § 60a AO" in texts


def test_an_office_without_gaps_is_told_of_none(client, database):
    person = make.staff(Role.OFFICE_MANAGER, offices=(make.office("LAG"),))
    assert listed(client, person) == {}


def test_a_large_number_is_capped_as_in_the_list(client, database, monkeypatch):
    monkeypatch.setattr(rows, "COUNT_CAP", 2)
    office = make.office("LAG")
    for _number in range(4):
        make.contact(office, email="a@example.org")
    person = make.staff(Role.READER, offices=(office,))
    assert list(listed(client, person)) == ["2+ contacts without a lawful basis"]


@pytest.mark.parametrize("role", Role)
def test_gaps_take_a_statement_each_however_many_rows(client, office, database, count_statements, role):
    person = make.staff(role, offices=(office,))
    numbers = []
    for _round in range(2):
        _fill_again(office)
        database.commit()
        with opened(of_staff(person.id)), client.application.test_request_context(), force_locale("en"):
            with count_statements() as statements:
                list(gaps.found(TODAY))
            numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= len(gaps.GAPS)


def _fill_again(office):
    for _number in range(3):
        make.contact(office)
        make.organisation(office)
        held(office)
