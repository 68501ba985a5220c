"""Hours at a rate: what they are worth, and that the rate of a contract stays what it was."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.categories import DOUBT, reads_like_money
from app.models.contracts import Contribution, Valuation
from app.models.rates import Rate
from tests import factories as make


@pytest.fixture
def office(database):
    return make.office()


@pytest.fixture
def agreed(office):
    return make.contract(office, make.organisation(office), make.organisation(office, "Verein"))


def stored(row):
    db.session.commit()
    db.session.expire_all()
    return db.session.get(type(row), row.id)


def test_hours_at_a_rate_give_the_value_and_say_how(agreed, office):
    line = stored(make.contribution(agreed, hours=Decimal("7.5"), rate=make.rate(office, "Hands", 50)))
    assert (line.value, line.valuation, line.hourly_rate) == (375, Valuation.HOURLY_RATE, 50)


def test_a_new_rate_changes_no_contract_that_was_made_before(agreed, office):
    rate = make.rate(office, "Students", 20)
    line = make.contribution(agreed, hours=10, rate=rate)
    rate.hourly = Decimal(25)
    line = stored(line)
    line.hours = Decimal(12)
    assert stored(line).value == 240
    line.rate = make.rate(office, "Know-how", 80)
    assert stored(line).value == 960


def test_another_value_than_the_rate_gives_is_refused(agreed, office):
    line = make.contribution(agreed, hours=10, rate=make.rate(office, "Hands", 50))
    line.value = Decimal(400)
    with pytest.raises(RuleBrokenError) as refusal:
        db.session.flush()
    assert [problem.field for problem in refusal.value.problems] == ["value"]


def test_without_a_rate_an_estimate_stands(agreed):
    line = stored(make.contribution(agreed, hours=10, value=400))
    assert (line.value, line.valuation, line.hourly_rate) == (400, None, None)


def test_what_was_worked_out_stays_when_the_rate_is_taken_away(agreed, office):
    line = make.contribution(agreed, hours=10, rate=make.rate(office, "Hands", 50))
    line.rate = None
    line = stored(line)
    assert (line.value, line.hourly_rate) == (500, None)
    line.hours = Decimal(20)
    assert stored(line).value == 500


def test_an_estimate_takes_the_place_of_a_rate_in_one_step(agreed, office):
    line = make.contribution(agreed, hours=4, rate=make.rate(office, "Hands", 80))
    assert stored(line).valuation is Valuation.HOURLY_RATE
    line.rate, line.value = None, Decimal(999)
    assert list(line.problems()) == []
    assert (stored(line).value, line.hourly_rate, line.valuation) == (999, None, None)
    line.rate, line.value, line.valuation = make.rate(office, "More", 90), None, Valuation.MARKET_PRICE
    assert (stored(line).value, line.valuation) == (360, Valuation.HOURLY_RATE), (
        "the method is the one that was used"
    )


def test_a_slip_of_the_keys_is_a_problem_and_no_number_that_a_database_refuses(app):
    assert [one.field for one in Rate(name="Gold", hourly=Decimal("10000.01")).problems()] == ["hourly"]
    line = Contribution(
        text="Painting", hours=Decimal("9999999999.99"), rate=Rate(name="Hands", hourly=Decimal(10000))
    )
    assert [one.field for one in line.problems()] == ["hours"]


def test_a_rate_needs_hours_and_is_more_than_nothing(app, agreed, office):
    line = Contribution(text="Painting", rate=make.rate(office, "Hands", 50))
    assert [problem.field for problem in line.problems()] == ["hours"]
    assert [problem.field for problem in Rate(name="Free", hourly=Decimal(0)).problems()] == ["hourly"]


def test_a_rate_of_another_office_is_no_rate_unless_it_is_shared(agreed, office):
    elsewhere = make.office("Elsewhere")
    make.contribution(agreed, hours=2, rate=make.rate(elsewhere, "Shared", 30, shared=True))
    with pytest.raises(RuleBrokenError) as refusal:
        make.contribution(agreed, hours=2, rate=make.rate(elsewhere, "Own", 30))
    assert [problem.field for problem in refusal.value.problems] == ["rate"]


@pytest.mark.parametrize(
    "text",
    [
        "Zwei Stühle im Wert von 50 €",
        "Eine Spende",
        "Spenden sammeln",
        "Tools worth EUR 200",
        "Sponsoring",
        "A donation of books",
        "fünf Euro",
        "3 Mio. €",
        "eine Million Euro",
        "¥ 5000",
        "5000 zł",
        "200,-",
        "Weihnachtsspende an den Verein",
        "Spendenscheck",
        "Trikotsponsoring",
        "Geldmittel",
        "Preisgeld",
        "Überweisung an den Verein",
        "Übernahme der Miete",
    ],
)
def test_what_reads_like_money_asks_to_be_sure(app, text):
    assert reads_like_money(text)
    assert [(one.field, one.message) for one in Contribution(text=text).problems()] == [("no_money", DOUBT)]
    assert list(Contribution(text=text, no_money=True).problems()) == []


@pytest.mark.parametrize(
    "text",
    [
        "Zwei Tage streichen",
        "50 Stühle",
        "Sachspenden abholen",
        "Kleiderspende sortieren",
        "Schrauben, 200 Stück",
        "Kostümverleih übernehmen",
        "Europa-Tag gestalten",
        "Geldanlage? Nein: Gartenarbeit",
    ],
)
def test_what_does_not_is_not_asked(app, text):
    assert not reads_like_money(text)


def test_being_sure_does_not_make_money_of_no_taboo(app):
    assert [one.field for one in Contribution(text="500 Euro", no_money=True).problems()] == ["text"]
