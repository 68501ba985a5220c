"""Who is who: the subscriber of an address, and the subscription of a newsletter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.core.db import db
from app.models.newsletters import Newsletter
from app.models.subscribers import FormerAddress, Subscriber, Subscription, digest


def known(newsletter: Newsletter, email: str) -> Subscriber | None:
    """Find who has this address in the newsletter's office, also somebody who was erased and is still blocked."""
    return known_to(newsletter.office_id, email)


def known_to(office_id: int, email: str) -> Subscriber | None:
    """Find who has this address in an office."""
    same = select(Subscriber).where(Subscriber.office_id == office_id, Subscriber.digest == digest(email))
    return db.session.scalars(same).one_or_none()


def left_behind(office_id: int, email: str) -> bool:
    """Whether somebody moved away from this address, and nobody has asked with it since."""
    return _former(office_id, digest(email)) is not None


def leave_behind(person: Subscriber, fingerprint: str | None, at: datetime) -> None:
    """Keep the fingerprint of an address that a person no longer has, so that no file and no staff bring it back."""
    if fingerprint and _former(person.office_id, fingerprint) is None:
        db.session.add(FormerAddress(office_id=person.office_id, digest=fingerprint, since=at))


def come_back(person: Subscriber) -> None:
    """Let an address that was left behind be like any other: its owner has answered."""
    former = _former(person.office_id, person.digest)
    if former is not None:
        db.session.delete(former)


def _former(office_id: int, fingerprint: str | None) -> FormerAddress | None:
    same = FormerAddress.office_id == office_id, FormerAddress.digest == fingerprint
    with db.session.no_autoflush:
        return db.session.scalars(select(FormerAddress).where(*same)).one_or_none()


def line_of(subscriber: Subscriber, newsletter: Newsletter) -> Subscription:
    """Give the subscription of a newsletter, a new one where there is none."""
    found = next((line for line in subscriber.subscriptions if line.newsletter is newsletter), None)
    if found is None:
        found = Subscription(newsletter=newsletter, office_id=newsletter.office_id)
        subscriber.subscriptions.append(found)
        db.session.add(subscriber)
    return found
