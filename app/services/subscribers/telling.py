"""What is held of a person for a newsletter, in the words in which it's told to that person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.models.receipts import Receipt
from app.models.subscribers import Consent, ConsentOrigin, Subscriber, Subscription
from app.queries.receipts import of_person
from app.queries.subscribers import log_of

Report = dict[str, Any]


def held(person: Subscriber) -> Report:
    """Give everything as text, numbers and lists (Art. 15 and 20 GDPR); times in UTC, ISO 8601. Names no staff."""
    return {
        "uuid": person.uuid,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "language": person.language.value,
        "delivery": person.delivery.value,
        "bounces": person.bounces,
        "bounced_at": _moment(person.bounced_at),
        "blocked_at": _moment(person.blocked_at),
        "known_since": _moment(person.created_at),
        "subscriptions": [_subscription(line) for line in person.subscriptions],
        "files": [_file(receipt) for receipt in db.session.scalars(of_person(person.id))],
    }


def _subscription(line: Subscription) -> Report:
    return {
        "newsletter": line.newsletter.name,
        "sender": line.newsletter.sender_name,
        "status": line.status.value,
        "topics": [chosen.topic.name for chosen in line.topics],
        "source": line.source,
        "consent": [_step(step) for step in db.session.scalars(log_of(line.id))],
    }


def _file(receipt: Receipt) -> Report:
    return {
        "at": _moment(receipt.created_at),
        "file": receipt.title,
        "format": receipt.format,
        "purpose": receipt.purpose,
        "sha256": receipt.sha256 or None,
    }


def _step(step: Consent) -> Report:
    origins = select(ConsentOrigin.ip).where(ConsentOrigin.consent_id == step.id)
    return {
        "at": _moment(step.at),
        "step": step.step.value,
        "channel": step.channel.value,
        "page": step.source_url,
        "wording": step.wording,
        "basis": step.basis,
        "consent_text": step.consent_text.text if step.consent_text else None,
        "consent_text_version": step.consent_text.edition if step.consent_text else None,
        "consent_text_sha256": step.consent_text.sha256 if step.consent_text else None,
        "privacy_notice": step.privacy_text.text if step.privacy_text else None,
        "privacy_notice_version": step.privacy_text.edition if step.privacy_text else None,
        "network_address": db.session.scalars(origins).first(),
    }


def _moment(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
