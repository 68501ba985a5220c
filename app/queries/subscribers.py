"""Subscribers in numbers: who comes and goes, and whom mails don't reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Select, case, distinct, func, select

from app.models.subscribers import Consent, ConsentStep, Delivery, Subscriber


def deliveries() -> Select[Delivery, int]:
    """How many subscribers there are by whether mails reach them."""
    return select(Subscriber.delivery, func.count(Subscriber.id)).group_by(Subscriber.delivery)


def steps(bounds: Sequence[datetime]) -> Select[int, ConsentStep, int]:
    """How many subscriptions took each step of consent between two bounds, by the place of the first bound.

    The bounds are moments, not months of the database: it doesn't know when a month begins here.
    """
    place = case(*((Consent.at < end, at) for at, (_start, end) in enumerate(pairwise(bounds))))
    return (
        select(place, Consent.step, func.count(distinct(Consent.subscription_id)))
        .where(Consent.at >= bounds[0], Consent.at < bounds[-1])
        .group_by(place, Consent.step)
    )
