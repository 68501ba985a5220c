"""Newsletters in numbers: no address is read."""

from __future__ import annotations

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from app.models.newsletters import Newsletter
from app.models.subscribers import Consent, ConsentStep, Subscription, SubscriptionStatus


def subscriptions() -> Select[int, str, SubscriptionStatus | None, bool, int]:
    """How many subscriptions each newsletter has in each status; one without any comes with None and 0.

    Those that ended because nobody ever confirmed them are told apart: nobody has said no with them.
    """
    after = aliased(Consent)
    answers = (ConsentStep.CONFIRMED, ConsentStep.IMPORTED, ConsentStep.WITHDRAWN)
    later = exists().where(
        after.subscription_id == Consent.subscription_id, after.id > Consent.id, after.step.in_(answers)
    )
    lapsed = and_(
        Subscription.status == SubscriptionStatus.UNSUBSCRIBED,
        exists().where(
            Consent.subscription_id == Subscription.id, Consent.step == ConsentStep.LAPSED, ~later
        ),
    )
    return (
        select(Newsletter.id, Newsletter.name, Subscription.status, lapsed, func.count(Subscription.id))
        .outerjoin(Subscription, Subscription.newsletter_id == Newsletter.id)
        .group_by(Newsletter.id, Newsletter.name, Subscription.status, lapsed)
        .order_by(Newsletter.name, Newsletter.id)
    )


def names() -> Select[str]:
    """Give the names of all newsletters, each once."""
    return select(Newsletter.name).distinct().order_by(Newsletter.name)
