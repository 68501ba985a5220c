"""Which step leads a subscription where, each with its proof: the one table of transitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.core.db import db
from app.models.languages import Language
from app.models.newsletters import NewsletterText, TextKind
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentOrigin,
    ConsentStep,
    Subscription,
    SubscriptionStatus,
)

_NEW, _OPEN, _YES, _NO = (
    None,
    SubscriptionStatus.UNCONFIRMED,
    SubscriptionStatus.CONFIRMED,
    SubscriptionStatus.UNSUBSCRIBED,
)
#: Where each step leads from each state; None is a subscription that begins. What isn't here is impossible.
#: Who has withdrawn stays withdrawn until the own word that answers a new request: neither a request, which
#: anybody can make, nor staff, nor an import brings them back.
TRANSITIONS: dict[tuple[SubscriptionStatus | None, ConsentStep], SubscriptionStatus] = {
    (_NEW, ConsentStep.REQUESTED): _OPEN,
    (_NEW, ConsentStep.RECORDED): _OPEN,
    (_NEW, ConsentStep.IMPORTED): _YES,
    (_OPEN, ConsentStep.REQUESTED): _OPEN,
    (_OPEN, ConsentStep.RECORDED): _OPEN,
    (_OPEN, ConsentStep.MAIL_SENT): _OPEN,
    (_OPEN, ConsentStep.CHANGED): _OPEN,
    (_OPEN, ConsentStep.MOVED): _OPEN,
    (_OPEN, ConsentStep.CONFIRMED): _YES,
    (_OPEN, ConsentStep.IMPORTED): _YES,
    (_OPEN, ConsentStep.LAPSED): _NO,
    (_OPEN, ConsentStep.WITHDRAWN): _NO,
    (_YES, ConsentStep.REQUESTED): _YES,
    (_YES, ConsentStep.MAIL_SENT): _YES,
    (_YES, ConsentStep.CONFIRMED): _YES,
    (_YES, ConsentStep.CHANGED): _YES,
    (_YES, ConsentStep.MOVED): _OPEN,
    (_YES, ConsentStep.WITHDRAWN): _NO,
    (_NO, ConsentStep.REQUESTED): _NO,
    (_NO, ConsentStep.MAIL_SENT): _NO,
    (_NO, ConsentStep.MOVED): _NO,
    (_NO, ConsentStep.CONFIRMED): _YES,
}


@dataclass(frozen=True)
class Event:
    """When, through what, and by whom a step was taken, and what the person was told.

    ``ip`` is given only where the setting says that it's kept.
    """

    at: datetime
    by: str
    channel: ConsentChannel
    source_url: str | None = None
    wording: str | None = None
    basis: str | None = None
    texts: dict[TextKind, NewsletterText | None] = field(default_factory=dict)
    ip: str | None = None


class ImpossibleStepError(Exception):
    """A step that no transition has, such as bringing somebody back who has withdrawn."""


def take(subscription: Subscription, step: ConsentStep, event: Event) -> Consent:
    """Take a step: the state follows from the table, and the log says what happened.

    Raises ImpossibleStepError, and changes nothing, where the table has no such step.
    """
    return take_all([subscription], step, event)[0]


def take_all(subscriptions: Sequence[Subscription], step: ConsentStep, event: Event) -> list[Consent]:
    """Take the same step of many subscriptions: all of them, or none. It costs two flushes, however many they are."""
    after = [_after(line, step) for line in subscriptions]
    texts = [_texts(line, step, event) for line in subscriptions]
    for line, state in zip(subscriptions, after, strict=True):
        line.status = state
    db.session.add_all(subscriptions)
    db.session.flush()
    proofs = [_proof(line, step, event, told) for line, told in zip(subscriptions, texts, strict=True)]
    db.session.flush()
    return proofs


def note(subscription: Subscription, step: ConsentStep, event: Event) -> Consent:
    """Take a step like ``take``, and leave the writing to who is writing more. Raises the same."""
    subscription.status = _after(subscription, step)
    return _proof(subscription, step, event, _texts(subscription, step, event))


def _after(subscription: Subscription, step: ConsentStep) -> SubscriptionStatus:
    before = subscription.status if subscription.id else None
    after = TRANSITIONS.get((before, step))
    if after is None:
        raise ImpossibleStepError(f"{before} → {step}")
    return after


def _proof(
    subscription: Subscription, step: ConsentStep, event: Event, texts: dict[TextKind, NewsletterText | None]
) -> Consent:
    consent = Consent(
        subscription=subscription,
        step=step,
        channel=event.channel,
        at=event.at,
        actor=event.by,
        source_url=event.source_url,
        wording=event.wording or None,
        basis=event.basis or None,
        consent_text=texts.get(TextKind.CONSENT),
        privacy_text=texts.get(TextKind.PRIVACY),
    )
    db.session.add(consent)
    if event.ip:
        db.session.add(ConsentOrigin(consent=consent, ip=event.ip))
    return consent


def _texts(
    subscription: Subscription, step: ConsentStep, event: Event
) -> dict[TextKind, NewsletterText | None]:
    """Give what the person was told; who is imported was told something elsewhere."""
    if event.texts or step is ConsentStep.IMPORTED:
        return event.texts
    with db.session.no_autoflush:
        return told(subscription)


def told(subscription: Subscription) -> dict[TextKind, NewsletterText | None]:
    """Give the texts that counted at the last step; at the first one, those that the person is going to confirm."""
    if subscription.id:
        steps = select(Consent).where(Consent.subscription_id == subscription.id)
        last = db.session.scalars(steps.order_by(Consent.id.desc()).limit(1)).first()
        if last:
            return {TextKind.CONSENT: last.consent_text, TextKind.PRIVACY: last.privacy_text}
    language = subscription.subscriber.language or Language.GERMAN
    return {kind: subscription.newsletter.told(kind, language) for kind in TextKind}
