"""Who subscribes, comes and goes, and who is out of reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Delete, Select, case, delete, distinct, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.models.contacts import ChannelKind, Contact
from app.models.newsletters import Newsletter
from app.models.subscribers import (
    Consent,
    ConsentOrigin,
    ConsentStep,
    Delivery,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.queries.base import refused


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


def log_of(subscription_id: int) -> Select[Consent]:
    """Give the steps of a subscription as they were taken, with what was said then."""
    return (
        select(Consent)
        .where(Consent.subscription_id == subscription_id)
        .order_by(Consent.id)
        .options(joinedload(Consent.consent_text), joinedload(Consent.privacy_text))
    )


def origins(subscriptions: Sequence[int]) -> Select[int, str]:
    """Give the network addresses of these subscriptions' steps, where they are kept: the step's key, the address.

    Asked by the subscriptions: a statement takes so many keys, and a subscription may have any number of steps.
    """
    return (
        select(ConsentOrigin.consent_id, ConsentOrigin.ip)
        .join(ConsentOrigin.consent)
        .where(Consent.subscription_id.in_(subscriptions))
    )


def newest(subscription_id: int, step: ConsentStep) -> Select[Consent]:
    """Give the steps of one kind that a subscription took, the newest first."""
    return (
        select(Consent)
        .where(Consent.subscription_id == subscription_id, Consent.step == step)
        .order_by(Consent.id.desc())
    )


def never_confirmed(before: datetime) -> Select[Subscription]:
    """Give the subscriptions that wait to be confirmed, and about which nobody has said a word since a moment.

    Also those of a new address that never answered: it may be anybody's, whatever the old one had confirmed.
    """
    steps = select(Consent.id).where(Consent.subscription_id == Subscription.id)
    return (
        select(Subscription)
        .where(
            Subscription.status == SubscriptionStatus.UNCONFIRMED,
            Subscription.created_at < before,
            ~steps.where(Consent.at >= before).exists(),
        )
        .order_by(Subscription.id)
    )


def unanswered(before: datetime) -> Select[Subscriber]:
    """Give the erased people whose address somebody claimed, and about whom nobody has said a word since a moment."""
    steps = select(Consent.id).join(Consent.subscription).where(Subscription.subscriber_id == Subscriber.id)
    return select(Subscriber).where(
        Subscriber.claimed.is_not(None), ~steps.where(Consent.at >= before).exists()
    )


def forget_origins(before: datetime) -> Delete:
    """Delete the network addresses of steps that were taken before a moment."""
    old = select(Consent.id).where(Consent.at < before)
    return delete(ConsentOrigin).where(ConsentOrigin.consent_id.in_(old))


def refusing(person: Subscriber) -> Select[int]:
    """Give the key of a person who wants no e-mail as a contact; nothing for anybody else."""
    return select(Subscriber.id).where(Subscriber.id == person.id, refused(person.office_id))


def of_contact(contact: Contact) -> Select[Subscription]:
    """Give the subscriptions of a contact, by the link or by the address."""
    emails = [channel.value for channel in contact.channels if channel.kind is ChannelKind.EMAIL]
    return (
        select(Subscription)
        .join(Subscription.subscriber)
        .join(Subscription.newsletter)
        .where(
            Subscriber.office_id == contact.office_id,
            or_(Subscriber.contact_id == contact.id, Subscriber.email.in_(emails)),
        )
        .options(contains_eager(Subscription.subscriber), contains_eager(Subscription.newsletter))
        .order_by(Newsletter.name, Subscription.id)
    )
