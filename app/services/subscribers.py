"""Subscribe and withdraw, each step with its proof."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select

from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.contacts import Contact
from app.models.newsletters import Newsletter
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentStep,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)


def subscribe(
    contact: Contact, newsletter: Newsletter, channel: ConsentChannel, wording: str, *, at: datetime, by: str
) -> Subscription:
    """Enter a contact who agreed: unconfirmed, until the person confirms.

    ``wording`` says to what the person agreed. Raises RuleBrokenError for a contact without an e-mail address,
    one who wants no e-mail, one who is on the list already, and one who has withdrawn: who left comes back only
    by the own new request.
    """
    address = contact.email
    if not address:
        raise RuleBrokenError([Problem("contact", gettext("This contact has no e-mail address."))])
    if contact.do_not_email:
        raise RuleBrokenError([Problem("contact", gettext("This contact wants no e-mail."))])
    subscriber = _subscriber(contact, address)
    known = next((line for line in subscriber.subscriptions if line.newsletter is newsletter), None)
    if known is not None:
        gone = known.status is SubscriptionStatus.UNSUBSCRIBED
        message = (
            gettext("This person has withdrawn. Only they themselves can subscribe again.")
            if gone
            else gettext("This newsletter is already subscribed to.")
        )
        raise RuleBrokenError([Problem("newsletter", message)])
    subscription = Subscription(newsletter=newsletter, office_id=contact.office_id)
    subscriber.subscriptions.append(subscription)
    db.session.add(subscriber)
    db.session.flush()
    record(subscription, ConsentStep.RECORDED, channel, at=at, by=by, wording=wording)
    return subscription


def _subscriber(contact: Contact, address: str) -> Subscriber:
    same = select(Subscriber).where(
        Subscriber.office_id == contact.office_id, Subscriber.email == address.lower()
    )
    found = db.session.scalars(same).one_or_none()
    if found is not None:
        return found
    return Subscriber(
        office_id=contact.office_id,
        email=address,
        first_name=contact.first_name,
        last_name=contact.last_name,
        language=contact.language,
        contact=contact,
    )


def withdraw(subscription: Subscription, channel: ConsentChannel, *, at: datetime, by: str) -> None:
    """End a subscription. Withdrawing twice changes nothing."""
    if subscription.status is SubscriptionStatus.UNSUBSCRIBED:
        return
    subscription.status = SubscriptionStatus.UNSUBSCRIBED
    db.session.flush()
    record(subscription, ConsentStep.WITHDRAWN, channel, at=at, by=by)


def record(
    subscription: Subscription,
    step: ConsentStep,
    channel: ConsentChannel,
    *,
    at: datetime,
    by: str,
    wording: str | None = None,
) -> Consent:
    """Append to the consent log."""
    consent = Consent(
        subscription=subscription, step=step, channel=channel, at=at, actor=by, wording=wording or None
    )
    db.session.add(consent)
    db.session.flush()
    return consent
