"""What the gong counted becomes reported figures: honest ones, once, and beside what stands there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.access import ForeignRowError, Role, of_staff, opened
from app.core.db import db
from app.core.values import Qualifier, Quantity
from app.models.categories import Side
from app.models.counting import Count, Sum
from app.models.figures import Figure, Measure, Unit
from app.models.languages import Language
from app.models.results import ResultKind
from app.services import figures
from tests import factories as make

AT = datetime(2026, 9, 24, 18, 15, tzinfo=UTC)
LATER = AT + timedelta(days=1)
CAME = {Side.COMPANY.value: 40, Side.NONPROFIT.value: 0, Side.MUNICIPALITY.value: 1}


def gong(event, *, value=None, hours=None, known=84, at=AT, contracts=84, people=0, **more):
    """Freeze a count of 84 contracts with 100 contributions."""
    count = Count(
        ids=list(range(contracts)),
        contributions=100,
        value=Sum(None if value is None else Decimal(value), known),
        hours=Sum(None if hours is None else Decimal(hours), 100),
    )
    content = {
        **count.frozen(),
        "counted_at": at.isoformat(),
        "organisations": CAME,
        "people": people,
        "definitions": {},
    }
    return make.event_result(event, content=content, **more)


@pytest.fixture
def market(database):
    return make.event(make.office("LAG", parent=make.office("Servicestelle")), "Markt")


def told():
    rows = db.session.scalars(select(Figure).order_by(Figure.id))
    return {(one.measure, one.source): one for one in rows}


def test_a_sum_of_estimates_is_announced_rounded_and_a_count_exactly(market):
    found = {one.measure: one for one in gong(market, value="199350", hours="412.5", people=131).measures()}
    # Nobody was checked in for a nonprofit: that isn't none.
    assert list(found) == [
        Measure.COMPANIES, Measure.PARTICIPANTS, Measure.CONTRACTS, Measure.VALUE, Measure.HOURS,
    ]  # fmt: skip
    assert found[Measure.CONTRACTS].quantity == Quantity(Decimal(84))
    value, hours = found[Measure.VALUE], found[Measure.HOURS]
    assert (value.number, value.known, value.all, value.partial) == (Decimal(199350), 84, 100, True)
    assert value.quantity == Quantity(Decimal(200_000), Qualifier.UNDER)
    assert value.whole == Quantity(Decimal(199_000), Qualifier.OVER), "the others are worth something, too"
    assert hours.quantity == hours.whole == Quantity(Decimal(410), Qualifier.OVER)


def test_people_are_known_where_no_fewer_were_checked_in_than_organisations_came(market):
    came = sum(CAME.values())
    for people, known in ((came - 1, False), (came, True)):
        measures = {one.measure for one in gong(market, people=people).measures()}
        assert (Measure.PARTICIPANTS in measures) is known


def test_a_gong_before_anything_was_entered_says_nothing(market):
    result = make.event_result(market)
    assert list(result.measures()) == []
    assert figures.report(result, by="Ute", at=AT) == []


def test_figures_are_written_with_source_unit_day_and_qualifier(market):
    written = figures.report(gong(market, value="199350"), by="Ute", at=LATER)
    assert [one.measure for one in written] == [Measure.COMPANIES, Measure.CONTRACTS, Measure.VALUE]
    contracts = written[1]
    assert (contracts.number, contracts.qualifier, contracts.unit) == (84, Qualifier.EXACT, Unit.CONTRACTS)
    assert contracts.source == "Ergebnis des Gongs vom 24. September 2026, 20:15 Uhr"
    assert (contracts.as_of, contracts.note) == (date(2026, 9, 24), None)
    assert (contracts.chosen, contracts.chosen_by, contracts.chosen_at) == (True, "Ute", LATER)
    assert written[2].reading == "über 199.000\u00a0€"
    assert written[2].note == "Die Summe ist 199.350\u00a0€; bekannt ist sie für 84 von 100 Leistungen."


def test_figures_are_written_in_the_language_of_the_office(market):
    for language, start in ((Language.ENGLISH, "Result of the gong"), (Language.POLISH, "Ergebnis des")):
        market.office.language = language
        with force_locale("de"):
            [figure, *_others] = figures.report(gong(market), by="Ute", at=AT)
        assert figure.source.startswith(start)


def test_a_second_click_writes_nothing_and_a_newer_count_stands_beside(market):
    first = gong(market, value="200000", known=100)
    assert len(figures.report(first, by="Ute", at=AT)) == 3
    assert figures.report(first, by="Ute", at=AT) == []
    # A correction within the same minute, and one of the next day.
    for at, contracts in ((AT, 85), (LATER, 86)):
        newer = gong(market, at=at, contracts=contracts, kind=ResultKind.FINAL)
        written = {one.measure: one for one in figures.report(newer, by="Jan", at=at)}
        assert (written[Measure.CONTRACTS].number, written[Measure.CONTRACTS].chosen) == (contracts, True)
        assert written[Measure.CONTRACTS].source.startswith("Korrigiertes Ergebnis vom")
    kept = [one for one in told().values() if one.measure is Measure.CONTRACTS]
    assert [one.number for one in kept] == [84, 85, 86]
    assert [one.number for one in kept if one.chosen] == [86], "an earlier count gives way to its correction"


def test_what_another_source_has_said_stays_chosen(market):
    make.figure(market, Measure.CONTRACTS, 131, source="Zeitung", chosen=True)
    make.figure(market, Measure.COMPANIES, 50, source="Zeitung")
    chosen = {one.measure: one.chosen for one in figures.report(gong(market), by="Ute", at=AT)}
    assert chosen == {Measure.CONTRACTS: False, Measure.COMPANIES: True}


def test_nobody_of_another_office_writes_figures(market):
    result, stranger = gong(market), make.staff(Role.REGIONAL_OFFICE, offices=(make.office("Dort"),))
    with opened(of_staff(stranger.id)), pytest.raises(ForeignRowError):
        figures.report(result, by="x", at=AT)
