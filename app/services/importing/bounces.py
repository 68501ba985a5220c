"""Bounces and complaints: what they say of an address, out of a file or from a program."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import tokens
from app.core.db import db
from app.models.imports import BounceAddress
from app.models.newsletters import Newsletter
from app.models.subscribers import Delivery, Subscriber, digest

_PURPOSE = "report bounces"
#: How bad a state is: a worse one stays when a milder one is told afterwards.
_WEIGHT = {Delivery.OK: 0, Delivery.SOFT: 1, Delivery.HARD: 2, Delivery.COMPLAINT: 3}


def tells_more(before: Delivery, bounced_at: datetime | None, state: Delivery, at: datetime | None) -> bool:
    """Whether a bounce says something new: it's later than the last one, or worse.

    So a file that comes twice changes nothing. One without a time counts where it's worse.
    """
    later = at is not None and (bounced_at is None or at > bounced_at)
    return later or _WEIGHT[state] > _WEIGHT[before]


def worse(one: Delivery, other: Delivery) -> Delivery:
    """Give the state that stands."""
    return max(one, other, key=_WEIGHT.__getitem__)


def latest(*moments: datetime | None) -> datetime | None:
    """Give the latest of the moments that are known."""
    return max(filter(None, moments), default=None)


def record(person: Subscriber, state: Delivery, at: datetime | None, now: datetime) -> bool:
    """Take a bounce down: count it, and let the worst state stand. False where it says nothing new."""
    if not tells_more(person.delivery, person.bounced_at, state, at):
        return False
    person.bounces += 1
    person.bounced_at = latest(person.bounced_at, at or now)
    person.delivery = worse(person.delivery, state)
    return True


def report(
    address: BounceAddress, state: Delivery, now: datetime, *, email: str = "", uuid: str = ""
) -> None:
    """Take down what a program reports of one of the office's subscribers; of anybody else, nothing."""
    same = Subscriber.digest == digest(email) if email else Subscriber.uuid == uuid
    one = select(Subscriber).where(
        Subscriber.office_id == address.office_id, Subscriber.erased_at.is_(None), same
    )
    person = db.session.scalars(one).one_or_none()
    if person is not None:
        record(person, state, now, now)
        db.session.flush()


# --- The secret address ---------------------------------------------------------------------------------------
def address_of(letter: Newsletter) -> BounceAddress | None:
    """Give the address of a newsletter, where one was made."""
    wanted = select(BounceAddress).where(BounceAddress.newsletter_id == letter.id)
    return db.session.scalars(wanted).one_or_none()


def renew(letter: Newsletter) -> BounceAddress:
    """Make the address of a newsletter, or another one: the one before holds no longer."""
    found = address_of(letter)
    if found is None:
        found = BounceAddress(newsletter=letter, edition=0)
        db.session.add(found)
    found.edition += 1
    db.session.flush()
    return found


def token(address: BounceAddress) -> str:
    """Derive the secret of an address; it's kept nowhere."""
    return tokens.derived(_PURPOSE, [address.newsletter_id, address.edition])


def addressed(secret: str) -> tuple[int, int] | None:
    """Give the newsletter and the edition that a secret was derived from; None for one that is forged."""
    content: Any = tokens.underived(_PURPOSE, secret)
    return None if content is None else (content[0], content[1])
