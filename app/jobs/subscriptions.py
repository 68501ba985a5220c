"""Mails about a subscription, and what is cleared away. Each mail looks anew whether it's still wanted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app

from app.access import everything
from app.core import clock, mail, spool
from app.core.db import db
from app.core.queue import every_hour, task
from app.jobs.addresses import page
from app.models.newsletters import Newsletter
from app.models.subscribers import Consent, ConsentChannel, ConsentStep, Delivery, Subscriber, Subscription
from app.queries import subscribers as queries
from app.services import links, subscribers
from app.services.importing import bounces

ACTOR = "Marktbüro"
BATCH = 500


@task("subscriptions.ask")
def ask(consent_id: int) -> None:
    """Ask the owner of an address whether the request that was made with it is their own."""
    with everything(ACTOR):
        asked = db.session.get(Consent, consent_id)
        if asked is None or subscribers.later(asked) or not _welcome(asked.subscription.subscriber):
            return
        if asked.subscription.subscriber.blocked_at and asked.step is not ConsentStep.REQUESTED:
            return  # only the person's own request asks somebody who is blocked
        link = page("NewsletterPages.confirm", links.to_confirm(asked))
        if not _write_about(asked.subscription, "confirm", link):
            return
        subscribers.take(asked.subscription, ConsentStep.MAIL_SENT, _event(ConsentChannel.MAIL))
        db.session.commit()


@task("subscriptions.ask_again")
def ask_again(line_id: int) -> None:
    """Ask the owner of a new address."""
    with everything(ACTOR):
        moved = db.session.scalars(queries.newest(line_id, ConsentStep.MOVED)).first()
    if moved:
        ask(moved.id)


@task("subscriptions.welcome")
def welcome(line_id: int) -> None:
    """Tell somebody who has confirmed how to change and to leave."""
    with everything(ACTOR):
        line = db.session.get(Subscription, line_id)
        if line is not None and line.confirmed and _welcome(line.subscriber):
            _write_about(line, "welcome", page("OwnDataPages.ask", pk=line.newsletter_id))


@task("subscriptions.links")
def own_links(person_id: int, newsletter_id: int) -> None:
    """Send a person the links to what is held of them. Nobody is known under the key 0.

    The person asked for it, so that it's sent to who wants no newsletter, too.
    """
    with everything(ACTOR):
        person = db.session.get(Subscriber, person_id)
        letter = db.session.get(Newsletter, newsletter_id)
        if person is None or letter is None or person.erased_at:
            return
        _write(
            "own_data",
            person,
            letter,
            preferences=page("OwnDataPages.preferences", links.PREFERENCES.sign(person)),
            held=page("OwnDataPages.held", links.HELD.sign(person)),
            erasure=page("OwnDataPages.erasure", links.ERASURE.sign(person)),
        )


@every_hour("subscriptions.tidy")
def tidy() -> None:
    """Forget who never answered, network addresses whose time is over, and old mails that nobody sent."""
    now = clock.now()
    config = current_app.config
    with everything(ACTOR):
        old = queries.never_confirmed(now - timedelta(days=config["UNCONFIRMED_DAYS"])).limit(BATCH)
        while lines := db.session.scalars(old).all():
            for line in lines:
                subscribers.lapse(line, _event(ConsentChannel.BACK_OFFICE))
            db.session.commit()
        for person in db.session.scalars(
            queries.unanswered(now - timedelta(days=config["UNCONFIRMED_DAYS"]))
        ):
            person.claimed = None
        db.session.execute(queries.forget_origins(now - timedelta(days=config["CONSENT_IP_DAYS"])))
        db.session.commit()
    spool.clear(mail.spool_folder(), now - timedelta(days=config["SPOOL_DAYS"]))


def _welcome(person: Subscriber) -> bool:
    """Whether a person may be written to: who wants no e-mail gets none, whatever was asked for."""
    return person.box is not None and db.session.scalars(queries.refusing(person)).first() is None


def _write_about(line: Subscription, template: str, link: str) -> bool:
    """Send a mail about a subscription, which can be ended from it. Says whether it went out."""
    unsubscribe = page("NewsletterPages.leave", links.to_leave(line))
    return _write(template, line.subscriber, line.newsletter, unsubscribe=unsubscribe, link=link)


def _write(template: str, person: Subscriber, letter: Newsletter, **values: Any) -> bool:
    """Send a mail. Where the server takes none for the address, now or later, that is known of the person from then on.

    It isn't an error that trying again would mend, so the task ends with it.
    """
    message = mail.compose(
        template,
        person.box or "",
        person.language.value,
        sender=(letter.sender_name, letter.sender_email),
        newsletter=letter,
        days=current_app.config["CONFIRM_DAYS"],
        **values,
    )
    try:
        mail.send(message)
    except mail.RefusedError:
        now = clock.now()
        bounces.record(person, Delivery.HARD, now, now)
        db.session.commit()
        return False
    return True


def _event(channel: ConsentChannel) -> subscribers.Event:
    return subscribers.Event(clock.now(), ACTOR, channel)
