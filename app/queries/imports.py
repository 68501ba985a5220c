"""What is known of the addresses of a file, many of them at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from app.models.imports import Import, ImportKind, ImportPreset
from app.models.subscribers import FormerAddress, Subscriber, Subscription


def known(office_id: int, digests: Iterable[str]) -> Select[Any, *tuple[Any, ...]]:
    """Who of an office has one of these addresses.

    Also somebody who was erased and is blocked: their fingerprint is all that is left.
    """
    return select(
        Subscriber.id,
        Subscriber.digest,
        Subscriber.first_name,
        Subscriber.last_name,
        Subscriber.blocked_at,
        Subscriber.erased_at,
        Subscriber.delivery,
        Subscriber.bounced_at,
    ).where(Subscriber.office_id == office_id, Subscriber.digest.in_(list(digests)))


def former(office_id: int, digests: Iterable[str]) -> Select[str]:
    """Which of these addresses somebody of an office has left behind, by their fingerprints."""
    wanted = FormerAddress.office_id == office_id, FormerAddress.digest.in_(list(digests))
    return select(FormerAddress.digest).where(*wanted)


def lines(newsletter_id: int, subscribers: Iterable[int]) -> Select[Any, *tuple[Any, ...]]:
    """How some subscribers stand to a newsletter: the keys of subscriber and subscription, and the state."""
    wanted = Subscription.newsletter_id == newsletter_id, Subscription.subscriber_id.in_(list(subscribers))
    return select(Subscription.subscriber_id, Subscription.id, Subscription.status).where(*wanted)


def presets(office_id: int, kind: ImportKind) -> Select[ImportPreset]:
    """The assignments of columns that an office keeps."""
    wanted = ImportPreset.office_id == office_id, ImportPreset.kind == kind
    return select(ImportPreset).where(*wanted).order_by(ImportPreset.name, ImportPreset.id)


def with_files(before: Any) -> Select[Import]:
    """Imports from before a moment whose files are still here."""
    has_file = Import.file.is_not(None) | Import.rejected.is_not(None)
    return select(Import).where(Import.created_at < before, has_file).order_by(Import.id)
