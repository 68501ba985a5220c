"""The contract desk: what several desks enter at once gets running numbers without a gap, and each entry one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import urlencode

from app.core.db import db
from app.models.contracts import Contract
from app.models.events import Event
from app.queries import evening
from app.services.base import hold


def fingerprint(key: str, entry: Iterable[tuple[str, str]]) -> str:
    """Give what an entry is known by: its key and what was typed.

    A browser that sends the same again means the same contract. One that goes back to an old form and types another
    contract into it sends the old key with other words: that's a contract of its own, and mustn't get lost.
    """
    return hashlib.sha256(f"{key}\n{urlencode(sorted(entry))}".encode()).hexdigest()


def entered(event: Event, key: str) -> Contract | None:
    """Give the contract that an entry has become already."""
    return db.session.scalars(evening.entered(event.id, key)).one_or_none()


def enter(event: Event, contract: Contract, key: str) -> Contract:
    """Give a contract the event's next number and write it; give the one that this entry has become already, if any.

    The number is taken under a lock that ends with the transaction: who is rolled back leaves no gap, and who comes
    second sees the number of who came first. Flushes; the edge commits.
    """
    hold(event)
    before = entered(event, key)
    if before is not None:
        return before
    contract.event, contract.entry_key = event, key
    contract.number = (db.session.scalar(evening.last_number(event.id)) or 0) + 1
    db.session.add(contract)
    db.session.flush()
    return contract


def attach(contract: Contract, scan: str | None) -> None:
    """Keep the scan or photo of a signed contract."""
    hold(contract)
    contract.scan = scan
    db.session.flush()


def corrected(contract: Contract) -> None:
    """Give a contract that the notary sent back to the notary once more."""
    hold(contract)
    contract.sent_back = None
    db.session.flush()
