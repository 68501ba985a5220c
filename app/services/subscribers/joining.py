"""Subscribe, and confirm: with the person's own word alone, or with staff's first and the person's after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select

from app.core import queue
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.contacts import Contact
from app.models.languages import Language
from app.models.newsletters import Newsletter, TextKind, Topic
from app.models.subscribers import (
    ChosenTopic,
    Consent,
    ConsentChannel,
    ConsentStep,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.services.subscribers.people import come_back, known, left_behind, line_of
from app.services.subscribers.steps import Event, take


def subscribe(
    contact: Contact, newsletter: Newsletter, channel: ConsentChannel, wording: str, *, at: datetime, by: str
) -> Subscription:
    """Enter a contact who agreed: unconfirmed, until the person answers the mail that is sent, now once more.

    ``wording`` says to what the person agreed. Raises RuleBrokenError for a contact without an e-mail address,
    one who wants no e-mail, one who is on the list already, and one who has withdrawn: who left comes back only
    by the own new request.
    """
    address = contact.email
    if not address:
        raise RuleBrokenError([Problem("contact", gettext("This contact has no e-mail address."))])
    if contact.do_not_email:
        raise RuleBrokenError([Problem("contact", gettext("This contact wants no e-mail."))])
    subscriber = known(newsletter, address) or Subscriber(
        office_id=contact.office_id,
        email=address,
        first_name=contact.first_name,
        last_name=contact.last_name,
        language=contact.language,
        contact=contact,
    )
    if subscriber.blocked_at:
        raise RuleBrokenError([Problem("contact", gettext("This contact wants no e-mail."))])
    withdrawn = gettext("This person has withdrawn. Only they themselves can subscribe again.")
    if left_behind(newsletter.office_id, address):
        raise RuleBrokenError([Problem("contact", withdrawn)])
    line = line_of(subscriber, newsletter)
    if line.id and line.status is not SubscriptionStatus.UNCONFIRMED:
        message = gettext("This newsletter is already subscribed to.") if line.confirmed else withdrawn
        raise RuleBrokenError([Problem("newsletter", message)])
    invite(take(line, ConsentStep.RECORDED, Event(at, by, channel, wording=wording)))
    return line


def invite(asked: Consent) -> None:
    """Have the mail sent that asks the person, once this is committed."""
    queue.after_commit("subscriptions.ask", asked.id)


def request(
    newsletter: Newsletter,
    email: str,
    language: Language,
    event: Event,
    topics: Iterable[Topic] = (),
    **person: str | None,
) -> Consent:
    """Take note of a request that somebody made with an address; whether it's their own, the mail will tell.

    The texts of the event are what the person has read; without any, those that count now. ``person`` may hold
    ``first_name`` and ``last_name``; they are kept for a new subscriber only, and ``topics`` for whom no mail reaches
    yet, because a request proves nothing. So it doesn't bring back who was erased either: the
    address is kept apart until it has answered. Returns the step that the confirmation has to answer.
    """
    subscriber = known(newsletter, email)
    if subscriber is None:
        subscriber = Subscriber(office_id=newsletter.office_id, email=email, language=language, **person)
        subscriber.own_word = True
    elif subscriber.erased_at:
        subscriber.claimed, subscriber.language = email, language
    texts = event.texts or {kind: newsletter.told(kind, language) for kind in TextKind}
    line = line_of(subscriber, newsletter)
    if line.status is not SubscriptionStatus.CONFIRMED:
        choose(line, topics)
    asked = take(line, ConsentStep.REQUESTED, replace(event, texts=texts))
    invite(asked)
    return asked


def choose(line: Subscription, topics: Iterable[Topic]) -> bool:
    """Note the topics that a person wants to read about. Says whether that changes anything."""
    wanted = set(topics)
    if wanted == {chosen.topic for chosen in line.topics}:
        return False
    kept = [chosen for chosen in line.topics if chosen.topic in wanted]
    added = wanted - {chosen.topic for chosen in kept}
    line.topics = [*kept, *(ChosenTopic(topic=topic) for topic in sorted(added, key=lambda one: one.rank))]
    return True


def confirm(asked: Consent, event: Event) -> Subscription | None:
    """Take the person's own word for a request; None where it is over: see ``later``.

    It lifts a block, and lets an address that was left behind be used again: nobody but the person can have answered.
    """
    line = asked.subscription
    if later(asked):
        return None
    texts = {TextKind.CONSENT: asked.consent_text, TextKind.PRIVACY: asked.privacy_text}
    take(line, ConsentStep.CONFIRMED, replace(event, texts=texts))
    person = line.subscriber
    if person.claimed:
        person.email, person.claimed, person.erased_at = person.claimed, None, None
    person.blocked_at = None
    come_back(person)
    person.reached()
    return line


def later(asked: Consent) -> bool:
    """Whether what came after has made it void: confirmed, withdrawn, given up, another address, a block, erasure."""
    person = asked.subscription.subscriber
    if person.erased_at and not person.claimed:
        return True
    if person.blocked_at and person.blocked_at >= asked.at:
        return True
    ends = (ConsentStep.CONFIRMED, ConsentStep.WITHDRAWN, ConsentStep.MOVED, ConsentStep.LAPSED)
    since = select(Consent.id).where(
        Consent.subscription_id == asked.subscription_id, Consent.id > asked.id, Consent.step.in_(ends)
    )
    return db.session.scalars(since.limit(1)).first() is not None
