"""Downloads that were written down."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Integer, Select, cast, extract, select
from sqlalchemy.orm import joinedload

from app.core.clock import midnight
from app.models.offices import Office
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


def listed(year: int | None = None, office: Office | None = None) -> Select[Receipt]:
    """Downloads, of a year or an office, the latest first."""
    statement = select(Receipt).options(joinedload(Receipt.office), joinedload(Receipt.newsletter))
    if year is not None:
        first, last = (midnight(date(of, 1, 1)) for of in (year, year + 1))
        statement = statement.where(Receipt.created_at >= first, Receipt.created_at < last)
    if office is not None:
        statement = statement.where(Receipt.office_id == office.id)
    return statement.order_by(Receipt.id.desc())


def years() -> Select[int]:
    """The years of which there are receipts, the latest first."""
    year = cast(extract("year", Receipt.created_at), Integer)
    return select(year).distinct().order_by(year.desc())
