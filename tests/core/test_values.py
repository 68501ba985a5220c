"""Quantities add up honestly; numbers and dates are read strictly and shown as a locale has them."""

import enum
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from app.core.values import (
    Qualifier,
    Quantity,
    Total,
    combine,
    display,
    format_decimal,
    formatting_locale,
    parse_date,
    parse_decimal,
    ratio,
    total,
)

ABOUT, EXACT, MIXED = Qualifier.ABOUT, Qualifier.EXACT, Qualifier.MIXED
OVER, UNDER = Qualifier.OVER, Qualifier.UNDER
GERMAN = {
    "about": "rund",
    "yes": "ja",
    "no": "nein",
    "about %(number)s": "rund %(number)s",
    "over %(number)s": "über %(number)s",
    "just under %(number)s": "knapp %(number)s",
}

DECIMALS = st.decimals(-(10**15), 10**15, places=4) | st.integers(-(10**20), 10**20).map(Decimal)
LOCALES = st.sampled_from(["de", "de_AT", "en", "en_US"])


@pytest.fixture
def speak(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Give a switch for the language of the session, with a German catalogue of the few words needed here."""
    catalog = Catalog(locale="de")
    for message, translation in GERMAN.items():
        catalog.add(message, translation)
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    spoken = ["en"]
    app = Flask(__name__)
    Babel(app, default_translation_directories=str(tmp_path), locale_selector=lambda: spoken[0])
    with app.app_context() as context:

        def switch(locale: str) -> None:
            spoken[0] = locale
            context.g.pop("_flask_babel", None)

        yield switch


@pytest.mark.parametrize(
    ("qualifiers", "expected"),
    [
        ([], EXACT),
        ([EXACT, EXACT], EXACT),
        ([EXACT, OVER], OVER),
        ([UNDER, EXACT, UNDER], UNDER),
        ([ABOUT, OVER], MIXED),
        ([OVER, UNDER], MIXED),
        ([MIXED, EXACT], MIXED),
        ([MIXED, OVER], MIXED),
    ],
)
def test_a_sum_is_as_sure_as_its_least_sure_part(qualifiers: list[Qualifier], expected: Qualifier) -> None:
    assert combine(qualifiers) is expected


@given(st.lists(st.sampled_from(Qualifier), max_size=5))
def test_the_order_of_parts_does_not_matter(qualifiers: list[Qualifier]) -> None:
    assert {combine(order) for order in itertools.permutations(qualifiers)} == {combine(qualifiers)}


@given(st.lists(st.sampled_from(Qualifier)), st.lists(st.sampled_from(Qualifier)))
def test_subtotals_are_as_sure_as_one_total(first: list[Qualifier], second: list[Qualifier]) -> None:
    assert combine([combine(first), combine(second)]) is combine(first + second)


def test_the_contracts_of_2006_are_over_556() -> None:
    parts = [*(Quantity(number, EXACT) for number in (97, 87, 68, 84, 100)), Quantity(120, OVER)]
    assert total(parts) == Total(Quantity(556, OVER), used=6, of=6)


def test_the_value_of_2006_is_mixed_and_comes_from_four_of_six_events() -> None:
    parts = [
        Quantity(200_000, UNDER),
        None,
        Quantity(80_000, ABOUT),
        None,
        Quantity(Decimal(130_000), OVER),
        Quantity(270_000, EXACT),
    ]
    assert total(parts) == Total(Quantity(680_000, MIXED), used=4, of=6)


def test_unknown_is_not_zero() -> None:
    assert total([None, None]) == Total(None, used=0, of=2)
    assert total([Quantity(0, EXACT), None]) == Total(Quantity(0, EXACT), used=1, of=2)


def test_the_average_value_uses_only_events_that_hold_both_numbers() -> None:
    pairs = [
        (Quantity(200_000, UNDER), Quantity(97, EXACT)),
        (None, Quantity(87, EXACT)),
        (Quantity(80_000, ABOUT), Quantity(68, EXACT)),
        (None, Quantity(84, EXACT)),
        (Quantity(130_000, OVER), Quantity(100, EXACT)),
        (Quantity(270_000, EXACT), Quantity(120, OVER)),
        (Quantity(5, EXACT), None),
    ]
    assert ratio(pairs) == Total(Quantity(Decimal("1766.23"), MIXED), used=4, of=7)


@pytest.mark.parametrize(
    ("above", "below", "expected"), [(EXACT, OVER, UNDER), (OVER, UNDER, OVER), (OVER, OVER, MIXED)]
)
def test_a_bound_of_the_denominator_turns_round(
    above: Qualifier, below: Qualifier, expected: Qualifier
) -> None:
    assert ratio([(Quantity(9, above), Quantity(2, below))]).quantity == Quantity(Decimal("4.50"), expected)


def test_an_average_is_rounded_half_up() -> None:
    assert ratio([(Quantity(1, EXACT), Quantity(200, EXACT))]).quantity == Quantity(Decimal("0.01"), EXACT)


def test_nothing_is_divided_by_zero() -> None:
    assert ratio([(Quantity(5, EXACT), Quantity(0, EXACT))]) == Total(None, used=1, of=1)
    assert ratio([]) == Total(None, used=0, of=0)


def test_quantities_read_as_in_the_sources(speak: Callable[[str], None]) -> None:
    essen, kassel, berlin = Quantity(200_000, UNDER), Quantity(150, ABOUT), Quantity(130, OVER)
    assert [essen.text(), kassel.text(), berlin.text()] == ["just under 200,000", "about 150", "over 130"]
    speak("de")
    assert [essen.text("€"), kassel.text(), berlin.text()] == ["knapp 200.000\u00a0€", "rund 150", "über 130"]
    assert Quantity(Decimal("1766.230"), EXACT).text("€") == "1.766,23\u00a0€"
    assert Quantity(680_000, MIXED).text("€") == "rund 680.000\u00a0€*"
    assert Quantity(1300, OVER).text("€", places=2) == "über 1.300,00\u00a0€"
    assert Quantity(Decimal("99999.50"), UNDER).text("€") == "knapp 99.999,50\u00a0€"
    assert Quantity(Decimal("7.50"), EXACT).text() == "7,5"
    assert Quantity(Decimal("80000.00"), EXACT).text("€") == "80.000\u00a0€"
    assert str(ABOUT.title) == "rund"


@given(DECIMALS, LOCALES)
def test_a_number_is_read_as_it_was_written(number: Decimal, locale: str) -> None:
    assert parse_decimal(format_decimal(number, locale), locale) == number
    assert parse_decimal(format_decimal(number, locale, places=4), locale) == number


@pytest.mark.parametrize(
    ("text", "locale", "number"),
    [
        ("1.234,56", "de", "1234.56"),
        ("1234,56", "de", "1234.56"),
        ("1.234", "de", "1234"),
        ("1.234,50", "de", "1234.50"),
        (" 80.000 € ", "de", "80000"),
        ("€80,000", "en", "80000"),
        ("1 234 567,8", "de", "1234567.8"),
        ("\u22125", "de", "-5"),
        ("+5", "de", "5"),
        ("1234.5", "en", "1234.5"),
        ("1,234.5", "en-US", "1234.5"),
    ],
)
def test_numbers_are_read_as_people_of_the_locale_write_them(text: str, locale: str, number: str) -> None:
    assert parse_decimal(text, locale) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("1.23", "de"),
        ("1234.5", "de"),
        ("1234.567", "de"),
        ("1.234.5", "de"),
        ("0.123", "de"),
        ("1234,5", "en"),
        ("1,23", "en"),
        ("1 23", "de"),
        ("1,2,3", "de"),
        ("1e5", "de"),
        ("1_000", "de"),
        ("٣", "de"),
        ("NaN", "de"),
        ("Infinity", "en"),
        ("5 kg", "de"),
        ("€", "de"),
        ("-", "de"),
        (",5", "de"),
        ("", "de"),
        (" ", "en"),
        ("9" * 29, "de"),
        ("123" + ".456" * 10, "de"),
    ],
)
def test_an_ambiguous_number_is_refused_not_guessed(text: str, locale: str) -> None:
    with pytest.raises(ValueError, match=r"not a|more than"):
        parse_decimal(text, locale)


def test_fixed_places_are_rounded_half_up_and_zero_has_no_sign() -> None:
    assert format_decimal(Decimal("1234.565"), "de", places=2) == "1.234,57"
    assert format_decimal(5, "de", places=2) == "5,00"
    assert format_decimal(Decimal("2.5"), "de", places=0) == "3"
    assert format_decimal(Decimal("-0.001"), "de", places=2) == "0,00"


def test_every_english_writes_like_the_british() -> None:
    assert [str(formatting_locale(name)) for name in ("en", "en_US", "en-GB")] == ["en_GB"] * 3
    assert str(formatting_locale()) == "en_GB"


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("2026-12-24", "de"),
        ("2026-12-24", "en"),
        ("24.12.2026", "de"),
        (" 24. 12. 26 ", "de"),
        ("24. Dezember 2026", "de"),
        ("24/12/2026", "en"),
        ("24/12/26", "en_US"),
        ("24 Dec 2026", "en"),
        ("24 december 2026", "en"),
    ],
)
def test_dates_are_read_day_first_or_as_iso(text: str, locale: str) -> None:
    assert parse_date(text, locale) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("12/24/2026", "en"),
        ("24/12/2026", "de"),
        ("24.12.2026", "en"),
        ("31.11.2026", "de"),
        ("24 Foo 2026", "en"),
        ("24 De 2026", "en"),
        ("24.12.126", "de"),
        ("0026-12-24", "de"),
        ("24.12.", "de"),
        ("٢٤.12.2026", "de"),
        ("", "de"),
    ],
)
def test_what_is_no_date_is_refused(text: str, locale: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|month|day"):
        parse_date(text, locale)


@pytest.mark.parametrize(("short", "year"), [("00", 2000), ("68", 2068), ("69", 1969), ("99", 1999)])
def test_short_years_lie_around_today(short: str, year: int) -> None:
    assert parse_date(f"1.2.{short}", "de") == date(year, 2, 1)


@given(st.dates(date(1000, 1, 1)), st.sampled_from(["de", "en"]))
def test_a_date_is_read_as_it_is_shown(day: date, locale: str) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.app_context(), force_locale(locale):
        assert parse_date(display(day)) == day


class Plain(enum.Enum):
    """An enum without titles."""

    A = "a"


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (None, "", ""),
        ("=1+1", "=1+1", "=1+1"),
        (True, "ja", "yes"),
        (False, "nein", "no"),
        (ABOUT, "rund", "about"),
        (Quantity(1500, OVER), "über 1.500", "over 1,500"),
        (Decimal("1766.230"), "1.766,23", "1,766.23"),
        (1.5, "1,5", "1.5"),
        (2006, "2006", "2006"),
        (date(2026, 12, 4), "04.12.2026", "04/12/2026"),
        (datetime(2026, 12, 24, 17, 30, tzinfo=UTC), "24.12.2026 18:30", "24/12/2026 18:30"),
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "01.07.2026 00:30", "01/07/2026 00:30"),
        (datetime(2026, 6, 30, 22, 30), "30.06.2026 22:30", "30/06/2026 22:30"),  # noqa: DTZ001
        (Plain.A, "Plain.A", "Plain.A"),
    ],
)
def test_values_are_shown_in_the_language_of_the_session(
    speak: Callable[[str], None], value: object, german: str, english: str
) -> None:
    assert display(value) == english
    speak("de")
    assert display(value) == german
