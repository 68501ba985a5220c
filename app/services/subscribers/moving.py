"""What a person changes: name, language, topics, and the address, which then has to be confirmed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext
from sqlalchemy import event as hooks
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.access import current
from app.core import clock, queue
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.languages import Language
from app.models.newsletters import Topic
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentStep,
    FormerAddress,
    Subscriber,
    Subscription,
    SubscriptionStatus,
    digest,
)
from app.services.subscribers.joining import choose, request
from app.services.subscribers.leaving import vanish, withdraw
from app.services.subscribers.people import known_to, leave_behind
from app.services.subscribers.steps import Event, note, take, told


@dataclass(frozen=True)
class Wishes:
    """What a person wants to be called and to get; ``topics`` by subscription, those of others stay."""

    first_name: str | None
    last_name: str | None
    language: Language
    topics: Mapping[Subscription, Sequence[Topic]]


def prefer(person: Subscriber, wishes: Wishes, event: Event) -> None:
    """Write down what a person wants; each subscription that it changes says so in the log."""
    said = (wishes.first_name or None, wishes.last_name or None, wishes.language)
    other = said != (person.first_name, person.last_name, person.language)
    person.first_name, person.last_name, person.language = said
    for line in person.active:
        chosen = choose(line, wishes.topics[line]) if line in wishes.topics else False
        if other or chosen:
            take(line, ConsentStep.CHANGED, event)


def move(person: Subscriber, email: str, event: Event) -> None:
    """Give a person another address, which has to be confirmed from a mail that is sent to it.

    Where the office knows the new address already, or somebody left with the old one, the subscriptions go over as
    requests: nobody is told which. Of the old address a fingerprint stays in either case.
    """
    if digest(email) == person.digest:
        return
    if known_to(person.office_id, email) is not None or _keeps(person):
        _ask_anew(person, email, event)
        return
    with db.session.no_autoflush:
        person.own_word = True
        person.email = email
        _note_move(person, event)
    db.session.flush()


def _ask_anew(person: Subscriber, email: str, event: Event) -> None:
    """Ask who has the new address for each subscription, and leave nothing at the old one, as if it had moved."""
    name = {"first_name": person.first_name, "last_name": person.last_name}
    for line in person.active:
        topics = [chosen.topic for chosen in line.topics]
        read = replace(event, texts=told(line))
        request(line.newsletter, email, person.language, read, topics, **name)
        withdraw(line, event)
    leave_behind(person, person.digest, event.at)
    person.blocked_at = None  # what was left behind is kept out as well
    vanish(person, event)


def _note_move(person: Subscriber, event: Event) -> None:
    """Make all subscriptions of a changed address unconfirmed, and have the new one asked."""
    person.reached()
    if person.subscriptions:
        attributes: Any = inspect(person).attrs
        [before] = attributes.digest.history.deleted
        leave_behind(person, before, event.at)
    for line in person.subscriptions:
        note(line, ConsentStep.MOVED, event)
        if line.status is SubscriptionStatus.UNCONFIRMED:
            queue.after_commit("subscriptions.ask_again", line.id)


@hooks.listens_for(Session, "before_flush")
def _watch(session: Session, _context: Any, _instances: Any) -> None:
    """An address that staff change, in whichever way, was confirmed by nobody; one that said no stays known."""
    for person in session.deleted:
        if isinstance(person, Subscriber) and person.blocked_at:
            text = gettext("This person is blocked. Please erase them instead, so that the block stays.")
            raise RuleBrokenError([Problem("", text)], origin=person)
    moved = [one for one in session.dirty if isinstance(one, Subscriber) and _moved(one)]
    entered = [one for one in session.new if isinstance(one, Subscriber)]
    if not moved and not entered:  # as in nearly every flush
        return
    _keep_out(session, [*moved, *entered])
    noted = {
        one.subscription for one in session.new if isinstance(one, Consent) and one.step is ConsentStep.MOVED
    }
    for person in moved:
        with session.no_autoflush:
            if _keeps(person):
                text = gettext(
                    "This address has left or is blocked, so it stays. Please add the other one as a new subscriber."
                )
                raise RuleBrokenError([Problem("email", text)], origin=person)
            if noted.isdisjoint(person.subscriptions):
                _note_move(person, Event(clock.now(), current().actor, ConsentChannel.BACK_OFFICE))


def _keep_out(session: Session, people: Sequence[Subscriber]) -> None:
    """Refuse an address that somebody left behind, unless its owner asks."""
    here = current().home
    by_address = {
        (one.office_id or (one.office.id if one.office else here), one.digest): one
        for one in people
        if one.digest and not one.own_word
    }
    same = FormerAddress.digest.in_([fingerprint for _office, fingerprint in by_address])
    found = select(FormerAddress.office_id, FormerAddress.digest).where(same)
    with session.no_autoflush:
        for office_id, fingerprint in session.execute(found) if by_address else ():
            if (office_id, fingerprint) in by_address:
                text = gettext(
                    "This address is no longer wanted: its owner has moved to another one. Only they themselves can "
                    "subscribe with it again."
                )
                raise RuleBrokenError([Problem("email", text)], origin=by_address[office_id, fingerprint])


def _keeps(person: Subscriber) -> bool:
    """Whether an address must stay known, because somebody said no with it: a file could bring it back."""
    return person.blocked_at is not None or len(person.active) < len(person.subscriptions)


def _moved(person: Subscriber) -> Any:
    """Whether somebody has another address; who is erased, or comes back after it, is told of elsewhere."""
    attributes: Any = inspect(person).attrs
    return attributes.email.history.has_changes() and not attributes.erased_at.history.has_changes()
