"""The notary: looks a contract through, and stamps it or sends it back."""

from __future__ import annotations

from datetime import datetime

from app.core.db import db
from app.models.contacts import Contact
from app.models.contracts import Contract
from app.services.base import hold


def stamp(contract: Contract, notary: Contact, at: datetime, *, seen: int) -> bool:
    """Stamp a contract with name and time. False where it isn't the one any more that was looked at (``seen``)."""
    if not _unchanged(contract, seen):
        return False
    contract.notary, contract.stamped_at, contract.sent_back = notary, at, None
    db.session.flush()
    return True


def send_back(contract: Contract, note: str, *, seen: int) -> bool:
    """Send a contract back to the desk with what is wrong. False where it was changed in the meantime."""
    if not _unchanged(contract, seen):
        return False
    contract.sent_back = note
    db.session.flush()
    return True


def _unchanged(contract: Contract, seen: int) -> bool:
    """Whether a contract waits for the notary just as it was seen."""
    hold(contract)
    return contract.version == seen and contract.stamped_at is None
