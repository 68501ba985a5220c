"""Money is taboo, in whatever words it comes; what goods and work are worth is no gift of money."""

from __future__ import annotations

import time

import pytest

from app.core.enums import RefusedError
from app.models.categories import TABOO, Category, is_money
from app.models.contracts import Contribution
from app.models.offers import Offer

MONEY = [
    "500 Euro",
    "Geldspende",
    "Spende von 200 €",
    "1.000,- €",
    "EUR 50",
    "donation of €200",
    "€ 500.-",
    "50EUR",
    "500€",
    "1.000,– Euro",
    "ca. 500 Euro",
    "500 € für die Vereinskasse",
    "Wir spenden 500 €",
    "200 Euro in bar",
    "fünfhundert Euro",
    "Scheck über 500 €",
    "Zuschuss von 300 EUR",
    "5 Tsd. €",
    "5k €",
    "Bargeld",
    "Geldspenden",
    "cash donation",
    "Money",
    "Geld",
    "a donation of money",
    "We donate 1,000 euros",
    "500 Euro.",
    "  500,00 €  ",
    "Spende: 1.500 Euro",
    "Geld spenden",
    "$200",
    "einmalig 250 €",
    "Sponsoring 1000 €",
    "Überweisung von 500 €",
    "zahlt 100 € an den Verein",
    "Spende in Höhe von 200 €",
    "200 Euro Spende",
    "500 euros",
    "Geldbeträge",
    "Wir geben Geld",
    "EUR 1.000,00",
    "Spende über €\u00a0300",
    "10.000 Euro von der Sparkasse",
    "a cheque for €500",
    "500 euros to the club",
    "wir überweisen euch 500 Euro",
    "SPENDE VON 200 EURO",
    "Spende\nvon 200 €",
    "Barzahlung 250 €",
    "Barzahlung von 250 €",
    "Barzahlung",
    "200 € Startgeld",
    "Geld im Wert von 500 Euro",
    "cash worth £50",
    "£300",
    "£ 1,000",
    "300 pounds",
    "$ 200",
    "100 CHF",
    "Finanzielle Unterstützung des Vereins",
    "Finanzielle Unterstützung der Schuldnerberatung",
    "Eine finanzielle Unterstützung",
    "financial support of 300 pounds",
    "Kassenzuschuss",
    "Zuschuss von 200 €",
    "Übernahme der Stromkosten in Höhe von 400 €",
    "Kostenübernahme bis zu 400 €",
    "Wir übernehmen die Druckkosten: 400 €",
    "Wir übernehmen 200 € Startgeld",
    "Überweisung von 50 €",
]
NO_MONEY = [
    "zwei Stühle im Wert von 50 €",
    "Gutschein-Heft gestalten",
    "Two days of painting",
    "10 Stühle (Wert: 500 €)",
    "Sachspende im Wert von 200 €",
    "Spende von Möbeln im Wert von 200 €",
    "donation of chairs worth €200",
    "Cash-flow-Beratung",
    "Workshop on cash flow planning",
    "Beratung zu Spendenrecht",
    "Europa-Quiz",
    "Kartenlesegerät für bargeldloses Bezahlen",
    "Fundraising-Workshop",
    "20 Kisten Wasser, 2 Europaletten",
    "Steuerberatung (80 €/h)",
    "Hilfe bei der Abrechnung von 500 Belegen",
    "Spendenlauf organisieren",
    "Spende von 20 Stühlen",
    "50 Laptops",
    "Eurythmie-Kurs",
    "50 €-Gutschein für Schulmaterial",
    "Buchhaltung: Wert 500 Euro",
    "Beamer, Neupreis 800 €",
    "Geldbörsen nähen",
    "10 Eurokisten",
    "Spende: 3 Computer",
    "Malerarbeiten, 8 Stunden à 50 €",
    "Kuchen backen für 50 Personen",
    "Finanzierungsberatung",
    "Hilfe beim Förderantrag über 5.000 €",
    "8 hours at 50 €/h = 400 €",
    "Raum (sonst 200 € Miete)",
    "Gutschein über 50 €",
    "Team aus 5 Personen spendet 8 Stunden",
    "100 Euro-Paletten",
    "zwanzig Stühle",
    "Spende von Möbeln im Wert von 300 €",
    "Beratung zu Zuschüssen",
    "Zuschuss-Beratung",
    "Zuschüsse beantragen",
    "Hilfe beim Antrag auf finanzielle Förderung",
    "Finanzielle Förderung: Beratung",
    "Financial support: how to apply",
    "Finanzberatung",
    "Buch über Geld",
    "Buch über Geld im Wert von 20 €",
    "chairs worth £50",
    "300 pounds of potatoes",
    "donation of 30 pounds of flour",
    "Übernahme der Moderation, sonst 400 €",
    "Übernahme der Buchhaltung",
    "",
    None,
]


@pytest.mark.parametrize("text", MONEY)
def test_money_is_recognised(text):
    assert is_money(text)


@pytest.mark.parametrize("text", NO_MONEY)
def test_goods_and_work_are_no_money(text):
    assert not is_money(text)


@pytest.mark.parametrize(
    "unit",
    ["5", "1€ ", "£5 ", "eine ", "wert von ", "übernahme kosten ", "finanzielle hilfe ", "zuschuss", " "],
)
def test_a_page_of_nearly_money_is_read_at_once(unit):
    page = "übernahme " + unit * (40_000 // len(unit)) + "!"
    began = time.perf_counter()
    is_money(page)
    assert time.perf_counter() - began < 5  # seconds; a tenth of one where it's linear, minutes where not


def test_there_is_no_category_of_money_and_the_enum_says_why():
    with pytest.raises(RefusedError) as refusal:
        Category("money")
    assert refusal.value.args == (TABOO,)
    with pytest.raises(ValueError, match="nonsense") as unknown:
        Category("nonsense")
    assert not isinstance(unknown.value, RefusedError)


def test_a_contribution_of_money_is_a_problem_of_its_text(app):
    problems = list(Contribution(text="500 Euro", category=Category.GOODS).problems())
    assert [(problem.field, problem.message) for problem in problems] == [("text", TABOO)]


@pytest.mark.parametrize(
    ("title", "text", "field"), [("500 Euro", None, "title"), ("Help", "Geldspende", "text")]
)
def test_an_offer_of_money_is_refused_too(app, title, text, field):
    problems = list(Offer(title=title, text=text, category=Category.GOODS).problems())
    assert [(problem.field, problem.message) for problem in problems] == [(field, TABOO)]
