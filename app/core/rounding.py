"""Sums of estimates, as they may be announced: a round number, and on which side of it the sum lies."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from app.core.values import Qualifier, Quantity

ROUND, CLOSE = 2, 3  # significant digits: more of them would say that somebody has measured
FAR = Decimal("0.02")  # of the number: 105,000 isn't "just under 110,000"


def rounded(number: Decimal) -> Quantity:
    """Round to two significant digits, half up, or to three where that is too far off.

    199,350 is just under 200,000, 191,000 over 190,000, and 105,300 over 105,000. A number that is round already stays
    estimated: it's "about".
    """
    near = _to(number, ROUND, ROUND_HALF_UP)
    if abs(near - number) > FAR * number:
        near = _to(number, CLOSE, ROUND_HALF_UP)
    if near == number:
        return Quantity(near, Qualifier.ABOUT)
    return Quantity(near, Qualifier.UNDER if near > number else Qualifier.OVER)


def at_least(number: Decimal) -> Quantity:
    """Round a sum of which parts aren't known: whatever they are, the whole is over this number."""
    return Quantity(_to(number, CLOSE, ROUND_FLOOR), Qualifier.OVER)


def _to(number: Decimal, digits: int, mode: str) -> Decimal:
    if not number:
        return Decimal(0)
    step = Decimal(1).scaleb(number.adjusted() - digits + 1)
    # Written out: 2.0E+5 is the same number, and no locale writes it so.
    return Decimal(f"{(number / step).quantize(Decimal(1), mode) * step:f}")
