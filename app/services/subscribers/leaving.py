"""Withdraw, be erased, and never answer."""

from __future__ import annotations

from uuid import uuid4

from app.core.db import db
from app.models.subscribers import ConsentStep, Subscriber, Subscription, SubscriptionStatus
from app.services.subscribers.steps import Event, take


def withdraw(subscription: Subscription, event: Event) -> None:
    """End a subscription. Withdrawing twice changes nothing.

    Who was erased says so with the mail that asked for a request that somebody made with the address.
    """
    subscription.subscriber.claimed = None
    if subscription.status is not SubscriptionStatus.UNSUBSCRIBED:
        take(subscription, ConsentStep.WITHDRAWN, event)


def block(person: Subscriber, event: Event) -> None:
    """End all subscriptions, and keep the address out: only the person's own answer to a new request lifts it."""
    for line in person.subscriptions:
        withdraw(line, event)
    person.blocked_at = person.blocked_at or event.at
    db.session.flush()


def erase(person: Subscriber, event: Event) -> None:
    """Delete what is held of a person who wants it. The log keeps its steps, which name nobody.

    The fingerprint of the address stays, and the block, so that nothing but the own word brings them back.
    """
    for line in person.subscriptions:
        withdraw(line, event)
    person.blocked_at = event.at
    vanish(person, event, fingerprint=person.digest)


def lapse(subscription: Subscription, event: Event) -> None:
    """Forget who never answered: the log keeps its steps, and nothing says any more whose they were.

    Nobody is kept out by it: who didn't answer hasn't said no. Who is blocked has.
    """
    take(subscription, ConsentStep.LAPSED, event)
    person = subscription.subscriber
    if len(person.subscriptions) == 1:
        vanish(person, event, fingerprint=person.digest if person.blocked_at else None)
        return
    key = str(uuid4())
    nobody = Subscriber(uuid=key, office_id=person.office_id, email=_nowhere(key), erased_at=event.at)
    nobody.digest = None
    subscription.subscriber = nobody
    db.session.flush()


def vanish(person: Subscriber, event: Event, *, fingerprint: str | None = None) -> None:
    """Take name and address out of a subscriber; what is left is the proof, and a fingerprint where one is given."""
    person.erased_at = event.at
    person.email = _nowhere(person.uuid)
    person.digest = fingerprint
    person.claimed = None
    person.first_name = person.last_name = person.contact = None
    db.session.flush()


def _nowhere(key: str) -> str:
    """Give an address that no server takes: the domain is kept free for that (RFC 2606)."""
    return f"{key}@erased.invalid"
