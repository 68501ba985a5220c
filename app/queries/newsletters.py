"""Newsletters in numbers: no address is read."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from app.models.newsletters import Newsletter
from app.models.subscribers import Subscription, SubscriptionStatus


def subscriptions() -> Select[int, str, SubscriptionStatus | None, int]:
    """How many subscriptions each newsletter has in each status; one without any comes with None and 0."""
    return (
        select(Newsletter.id, Newsletter.name, Subscription.status, func.count(Subscription.id))
        .outerjoin(Subscription, Subscription.newsletter_id == Newsletter.id)
        .group_by(Newsletter.id, Newsletter.name, Subscription.status)
        .order_by(Newsletter.name, Newsletter.id)
    )
