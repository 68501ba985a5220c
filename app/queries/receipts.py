"""Downloads that were written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from app.models.receipts import Receipt, ReceiptEntry
from app.models.subscribers import Subscription


def since(moment: datetime) -> Select[Receipt]:
    """Downloads from a moment on, the latest first."""
    return select(Receipt).where(Receipt.created_at >= moment).order_by(Receipt.id.desc())


def of_person(subscriber_id: int) -> Select[Receipt]:
    """Files in which a person's subscriptions were, the latest first: what a person who asks has to be told."""
    holds = (
        select(ReceiptEntry.id)
        .join(Subscription, Subscription.id == ReceiptEntry.subscription_id)
        .where(ReceiptEntry.receipt_id == Receipt.id, Subscription.subscriber_id == subscriber_id)
    )
    return select(Receipt).where(holds.exists()).order_by(Receipt.id.desc())
