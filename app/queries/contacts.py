"""What is asked about contacts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_

from app.models.contacts import Channel, ChannelKind, Contact


def reached(*kinds: ChannelKind, on: date) -> ColumnElement[bool]:
    """Whether a contact has an address or number of one of these kinds that counts on a day."""
    return Contact.channels.any(
        Channel.kind.in_(kinds)
        & or_(Channel.since.is_(None), Channel.since <= on)
        & or_(Channel.until.is_(None), Channel.until >= on)
    )
