"""What is no contract is refused by the model: a form and an import meet the same rules."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from app.core.rules import RuleBrokenError
from app.models.categories import TABOO, Category, Side
from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.events import Event
from app.models.organisations import Organisation, OrganisationKind
from tests import factories as make


def organisation(name):
    return Organisation(name=name, kind=OrganisationKind.COMPANY)


def contract(*parties, **more):
    row = Contract(**more)
    row.parties = [ContractParty(organisation=party, side=Side.COMPANY) for party in parties]
    return row


def line(**more):
    return Contribution(**{"category": Category.HANDS, "text": "Two days of painting", **more})


def fields(row):
    return [problem.field for problem in row.problems()]


BAKER, CLUB, BANK = organisation("Baker"), organisation("Club"), organisation("Bank")


def test_two_or_three_parties_make_a_contract():
    assert fields(contract(BAKER, CLUB)) == []
    assert fields(contract(BAKER, CLUB, BANK)) == []


@pytest.mark.parametrize("parties", [(), (BAKER,), (BAKER, BAKER), (BAKER, CLUB, BAKER)])
def test_fewer_than_two_parties_or_one_on_both_sides_is_refused(parties):
    assert fields(contract(*parties)) == ["parties"]


def test_a_party_that_cant_be_seen_any_more_is_still_a_party():
    hidden = contract(BAKER)
    hidden.parties.append(ContractParty(organisation_id=7, side=Side.NONPROFIT))
    assert fields(hidden) == []
    hidden.parties.append(ContractParty(organisation_id=7, side=Side.NONPROFIT))
    assert fields(hidden) == ["parties"]


def test_a_number_belongs_to_an_event_and_begins_with_one():
    assert fields(contract(BAKER, CLUB, number=1)) == ["number"]
    assert fields(contract(BAKER, CLUB, number=1, event=Event(title="Market"))) == []
    assert fields(contract(BAKER, CLUB, number=0, event=Event(title="Market"))) == ["number"]


def test_what_isnt_feasible_has_a_reason():
    assert fields(contract(BAKER, CLUB, status=ContractStatus.NOT_FEASIBLE)) == ["reason"]
    assert fields(contract(BAKER, CLUB, status=ContractStatus.NOT_FEASIBLE, reason="Too far")) == []


def test_the_title_of_a_contract_offers_no_money_either():
    (problem,) = contract(BAKER, CLUB, title="Spende von 500 €").problems()
    assert (problem.field, problem.message) == ("title", TABOO)
    assert fields(contract(BAKER, CLUB, title="Zwei Stühle im Wert von 50 €")) == []
    assert fields(contract(BAKER, CLUB, title=None)) == []


def test_only_parties_give_and_receive_and_not_to_themselves():
    row = contract(BAKER, CLUB)
    row.contributions = [line(giver=BAKER, receiver=CLUB), line(giver=BANK), line(receiver=BANK), line()]
    assert fields(row) == ["contributions", "contributions"]
    assert fields(line(giver=BAKER, receiver=BAKER)) == ["receiver"]


def test_amounts_are_not_negative():
    assert fields(line(hours=Decimal(-1))) == ["hours"]
    assert fields(line(quantity=Decimal(-1), value=Decimal("-0.01"))) == ["quantity", "value"]
    assert fields(line(hours=Decimal(0), value=Decimal(0))) == []


@pytest.fixture
def office(database):
    return make.office("LAG")


def test_no_writer_gets_past_the_rules(database, office):
    one = make.organisation(office)
    with pytest.raises(RuleBrokenError):
        make.contract(office, one)
    database.rollback()


def test_a_contract_keeps_two_parties_when_one_is_taken_out(database, office):
    row = make.contract(office, make.organisation(office), make.organisation(office, "Verein"))
    row.parties.pop()
    with pytest.raises(RuleBrokenError):
        database.flush()
    database.rollback()


def test_money_is_refused_at_every_door(database, office):
    row = make.contract(office, make.organisation(office), make.organisation(office, "Verein"))
    with pytest.raises(RuleBrokenError):
        make.contribution(row, text="Spende von 200 €")
    database.rollback()


def test_a_number_is_used_once_in_its_event_and_again_in_another(database, office):
    parties = make.organisation(office), make.organisation(office, "Verein")
    event, other = make.event(office), make.event(office)
    make.contract(office, *parties, event=event, number=1)
    make.contract(office, *parties, event=other, number=1)
    make.contract(office, *parties, event=event)
    make.contract(office, *parties, event=event)  # without a number they don't collide
    with pytest.raises(IntegrityError):
        make.contract(office, *parties, event=event, number=1)
    database.rollback()


def test_value_and_hours_of_a_contract_are_known_sums_and_unknown_is_not_zero():
    row = contract(BAKER, CLUB)
    assert (row.value, row.hours) == (None, None)
    row.contributions = [
        line(value=Decimal("1234.56")),
        line(),
        line(value=Decimal("0.44"), hours=Decimal("7.5")),
    ]
    assert (row.value, row.hours) == (Decimal("1235.00"), Decimal("7.5"))


@pytest.mark.parametrize("number", ["1234.56", "0.01", "999999999999.99", "0.10", "0"])
def test_money_is_stored_to_the_cent(database, office, number):
    row = make.contract(office, make.organisation(office), make.organisation(office, "Verein"))
    contribution = make.contribution(row, value=Decimal(number))
    database.commit()
    database.expire_all()
    assert contribution.value == Decimal(number)
    assert isinstance(contribution.value, Decimal)
