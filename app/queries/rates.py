"""Rates, as an office may use them."""

from __future__ import annotations

from sqlalchemy import Select, or_, select

from app.models.rates import Rate


def usable(office_id: int) -> Select[Rate]:
    """Give the rates of an office and those that are shared, by name."""
    return select(Rate).where(or_(Rate.office_id == office_id, Rate.shared)).order_by(Rate.name, Rate.id)
