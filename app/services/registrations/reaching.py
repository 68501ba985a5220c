"""Whom a mail about an event may reach: at which address, in which language, and who must not be mailed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.text import plain_address
from app.models.languages import Language
from app.models.organisations import Organisation
from app.queries import registrations
from app.services.base import unwelcome


@dataclass(frozen=True)
class Recipient:
    """An address, and the language of who reads there."""

    email: str
    language: Language


def refusing(office_id: int, emails: Iterable[str]) -> set[str]:
    """Give those of some addresses, in their one form, to which the office must not write.

    Whoever it's about: a contact who wants no e-mail, or somebody who has blocked the office's mails.
    """
    return unwelcome(office_id, emails, registrations.blocked)


def may_write(office_id: int, email: str) -> bool:
    """Whether the office may write to an address."""
    return not refusing(office_id, [email])


def reach(
    organisations: Sequence[Organisation], office_id: int, language: Language, on: date
) -> dict[Organisation, Recipient | None]:
    """Find where each organisation of an office is written to; who has an address but refuses mails gets None.

    Somebody who works there today comes first, the one with the primary position before others, then the
    organisation's own address. Organisations without any address are left out. ``language`` is that of the office.
    """
    asked = {one: list(_ways(one, language, on)) for one in organisations}
    closed = refusing(office_id, (way.email for ways in asked.values() for way in ways))
    return {
        one: next((way for way in ways if plain_address(way.email) not in closed), None)
        for one, ways in asked.items()
        if ways
    }


def _ways(organisation: Organisation, language: Language, on: date) -> Iterator[Recipient]:
    """Give the addresses in the order in which they are tried."""
    current = [position for position in organisation.positions if position.counts(on) and position.contact]
    for position in sorted(current, key=lambda one: (not one.primary, one.id)):
        if position.contact.email:
            yield Recipient(position.contact.email, position.contact.language)
    if organisation.email:
        yield Recipient(organisation.email, language)
