"""Sums of estimates are rounded, and say truly on which side of the round number they lie."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.rounding import at_least, rounded
from app.core.values import Qualifier, Quantity

ABOUT, OVER, UNDER = Qualifier.ABOUT, Qualifier.OVER, Qualifier.UNDER
SUMS = st.decimals("0.01", "99999999.99", places=2)


@pytest.mark.parametrize(
    ("number", "round_number", "qualifier"),
    [
        ("199350", 200_000, UNDER), ("199999.99", 200_000, UNDER), ("200000", 200_000, ABOUT),
        ("200000.01", 200_000, OVER), ("203999.99", 200_000, OVER), ("205000", 205_000, ABOUT),
        ("105000", 105_000, ABOUT), ("105300", 105_000, OVER), ("1250000", 1_250_000, ABOUT), ("12.5", "12.5", ABOUT),
        ("196100", 200_000, UNDER), ("195999.99", 196_000, UNDER), ("193000", 190_000, OVER), ("9960", 10_000, UNDER),
        ("9949.99", 9_900, OVER), ("99.5", 100, UNDER), ("46", 46, ABOUT), ("46.3", 46, OVER),
        ("7", 7, ABOUT), ("4.5", "4.5", ABOUT), ("4.55", "4.6", UNDER), ("0.01", "0.01", ABOUT), ("0", 0, ABOUT),
    ],
)  # fmt: skip
def test_the_borders(number, round_number, qualifier):
    assert rounded(Decimal(number)) == Quantity(Decimal(round_number), qualifier)


@given(SUMS)
def test_what_is_said_of_a_round_number_is_true(number):
    found = rounded(number)
    said = {ABOUT: number == found.number, OVER: number > found.number, UNDER: number < found.number}
    assert said[found.qualifier]
    assert len(str(found.number).replace(".", "").strip("0")) <= 3
    assert "E" not in str(found.number)
    # It's near enough to be called so.
    assert abs(found.number - number) <= number / 50


@given(SUMS, SUMS)
def test_more_is_never_rounded_to_less(one, other):
    less, more = sorted((one, other))
    assert rounded(less).number <= rounded(more).number
    assert at_least(less).number <= at_least(more).number


@given(SUMS)
def test_a_sum_of_which_parts_are_not_known_is_never_said_to_be_more_than_it_is(number):
    found = at_least(number)
    assert found.number <= number
    assert found.qualifier is OVER
    assert number - found.number < Decimal(1).scaleb(number.adjusted() - 2)
