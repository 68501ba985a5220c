"""Who gets into a file of a newsletter, and who has to be taken out of one again.

Each statement gives a row for a subscription, by its key first, so that ``after`` can read it piece by piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, null, or_, select

from app.core.enums import Titled
from app.models.languages import Language
from app.models.newsletters import Newsletter, Topic
from app.models.receipts import FileContent, Receipt, ReceiptEntry
from app.models.subscribers import (
    ChosenTopic,
    Consent,
    ConsentStep,
    Delivery,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.queries.base import refused

#: Mails that fail for a while are sent again; those that fail for good, and those that were complained of, aren't.
#: listmonk has the same rule: its default blocks at the first hard bounce or complaint, and never for soft ones.
REACHED = (Delivery.OK, Delivery.SOFT)


class Stop(Titled):
    """Why somebody who was in a file must get no more mail at the address that stands there."""

    WITHDRAWN = "withdrawn", _("Consent withdrawn")
    BLOCKED = "blocked", _("Blocked")
    COMPLAINT = "complaint", _("Complained of a mail")
    REFUSED = "refused", _("Contact wants no e-mail")
    MOVED = "moved", _("Address changed")
    ERASED = "erased", _("Person erased")


@dataclass(frozen=True)
class Asked:
    """Which subscribers of a newsletter: all, or those who read about one of the topics, or in a language."""

    newsletter_id: int
    topics: tuple[int, ...] = ()
    language: Language | None = None


def deliverable(asked: Asked) -> Select[Any]:
    """Those who may be written to now: confirmed, reached, and against whom nothing speaks."""
    statement = _people().where(
        Subscription.newsletter_id == asked.newsletter_id,
        Subscription.status == SubscriptionStatus.CONFIRMED,
        Subscriber.delivery.in_(REACHED),
        Subscriber.blocked_at.is_(None),
        Subscriber.erased_at.is_(None),
        ~refused(),
    )
    if asked.language is not None:
        statement = statement.where(Subscriber.language == asked.language)
    if asked.topics:
        chosen = exists().where(ChosenTopic.subscription_id == Subscription.id)
        # Who chose no topic reads about all of them.
        statement = statement.where(or_(chosen.where(ChosenTopic.topic_id.in_(asked.topics)), ~chosen))
    return statement


def stopped(asked: Asked) -> Select[Any]:
    """Those who get no mail of a newsletter any more, and why: a mailing tool that knows them has to stop, too."""
    return _people(_reason()).where(
        Subscription.newsletter_id == asked.newsletter_id, Subscriber.erased_at.is_(None), _against()
    )


def recalled(receipt: Receipt, *, addressed: bool = False) -> Select[Any]:
    """Those in a file who have to be taken out of it again, and why; with ``addressed`` those whose address is known.

    Where the address in the file isn't known here any more, there is none: whoever is erased has left no address,
    and who moved is known by the new one, which that file never had. Their identifier is in the file.
    """
    unknown = or_(Subscriber.erased_at.is_not(None), _moved(receipt))
    email = case((unknown, null()), else_=Subscriber.email)
    against = and_(_against(), ~unknown) if addressed else or_(_against(), unknown)
    return (
        _people(_reason(), email=email)
        .join(ReceiptEntry, ReceiptEntry.subscription_id == Subscription.id)
        .where(ReceiptEntry.receipt_id == receipt.id, against)
    )


def recalls(receipt: Receipt) -> Select[str, int]:
    """How many have to be taken out of a file again, by the reason."""
    found = recalled(receipt).subquery()
    return select(found.c.reason, func.count()).group_by(found.c.reason)


def steps(newsletter_id: int) -> Select[Any]:
    """The subscriptions of a newsletter of whose consent something is told."""
    told = exists().where(Consent.subscription_id == Subscription.id)
    return _people().where(Subscription.newsletter_id == newsletter_id, told)


def proof(subscriptions: Sequence[int]) -> Select[Consent]:
    """All steps of these subscriptions, in the order in which they happened."""
    return (
        select(Consent)
        .where(Consent.subscription_id.in_(subscriptions))
        .order_by(Consent.subscription_id, Consent.at, Consent.id)
    )


def topics(subscriptions: Sequence[int]) -> Select[int, str]:
    """The names of the topics that were chosen with these subscriptions."""
    return (
        select(ChosenTopic.subscription_id, Topic.name)
        .join(Topic, Topic.id == ChosenTopic.topic_id)
        .where(ChosenTopic.subscription_id.in_(subscriptions))
        .order_by(Topic.rank, Topic.id)
    )


def after(statement: Select[Any], key: int, size: int) -> Select[Any]:
    """The next piece of a statement, behind the subscription with this key."""
    return statement.where(Subscription.id > key).order_by(Subscription.id).limit(size)


def counted(statement: Select[Any]) -> Select[int]:
    """How many rows a statement has."""
    return statement.with_only_columns(func.count(Subscription.id))


def newsletters() -> Select[Newsletter]:
    """The newsletters that are sent."""
    return select(Newsletter).where(Newsletter.active).order_by(Newsletter.name, Newsletter.id)


def files(newsletter_id: int) -> Select[Receipt]:
    """The files of a newsletter from which people may have to be taken out again, the latest first."""
    return (
        select(Receipt)
        .where(Receipt.newsletter_id == newsletter_id, Receipt.content == FileContent.SUBSCRIBERS)
        .order_by(Receipt.id.desc())
    )


def _people(*more: ColumnElement[Any], email: ColumnElement[Any] | None = None) -> Select[Any]:
    address = Subscriber.email if email is None else email
    return select(
        Subscription.id,
        Subscriber.uuid,
        address.label("email"),
        Subscriber.first_name,
        Subscriber.last_name,
        Subscriber.language,
        *more,
    ).join(Subscriber, Subscriber.id == Subscription.subscriber_id)


def _against() -> ColumnElement[bool]:
    """Whether a person, or who looks after the contact, has said no. A mail that bounced says nothing."""
    return or_(
        Subscription.status == SubscriptionStatus.UNSUBSCRIBED,
        Subscriber.blocked_at.is_not(None),
        Subscriber.delivery == Delivery.COMPLAINT,
        refused(),
    )


def _moved(receipt: Receipt) -> ColumnElement[bool]:
    """Whether a person has another address than the one in the file."""
    since = exists().where(
        Consent.subscription_id == Subscription.id,
        Consent.step == ConsentStep.MOVED,
        Consent.at >= receipt.created_at,
    )
    return or_(Subscription.status == SubscriptionStatus.UNCONFIRMED, since)


def _reason() -> ColumnElement[Any]:
    return case(
        (Subscriber.erased_at.is_not(None), Stop.ERASED.value),
        (Subscription.status == SubscriptionStatus.UNSUBSCRIBED, Stop.WITHDRAWN.value),
        (Subscriber.blocked_at.is_not(None), Stop.BLOCKED.value),
        (Subscriber.delivery == Delivery.COMPLAINT, Stop.COMPLAINT.value),
        (refused(), Stop.REFUSED.value),
        else_=Stop.MOVED.value,
    ).label("reason")
