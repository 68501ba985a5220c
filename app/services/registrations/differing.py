"""What a registration says beside what the office knows already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.core.text import fold, search_document
from app.models.contacts import ChannelKind, Contact
from app.models.organisations import Organisation
from app.models.registrations import Registration

ADDRESS = ("street", "postal_code", "city")


@dataclass(frozen=True)
class Difference:
    """What a registration says, beside what is known; ``known`` is empty where nothing is."""

    name: str
    known: str
    said: str


def differences(
    registration: Registration, organisation: Organisation | None, contact: Contact | None
) -> Iterator[Difference]:
    """Yield what a registration adds to known records, or says otherwise."""
    if organisation is not None:
        yield from of_organisation(registration, organisation)
    if contact is not None:
        yield from of_contact(registration, contact)


def of_organisation(said: Registration, known: Organisation) -> Iterator[Difference]:
    """Yield what a registration says of an organisation."""
    if said.name.strip() != known.name.strip():
        yield Difference("name", known.name, said.name)
    pairs = [(getattr(known, name) or "", getattr(said, name) or "") for name in ADDRESS]
    if any(new and fold(old) != fold(new) for old, new in pairs):
        # An address is one thing: half of an old one and half of a new one would lead nowhere.
        fits = all(not old or fold(old) == fold(new) for old, new in pairs)
        before = "" if fits else ", ".join(old for old, _new in pairs if old)
        yield Difference("address", before, ", ".join(new for _old, new in pairs if new))
    if said.website and _bare(said.website) != _bare(known.website or ""):
        yield Difference("website", known.website or "", said.website)


def of_contact(said: Registration, known: Contact) -> Iterator[Difference]:
    """Yield what it says of a person."""
    emails = [one.value for one in known.channels if one.kind is ChannelKind.EMAIL]
    if fold(said.email) not in map(fold, emails):
        yield Difference("email", known.email or "", said.email)
    numbers = [one.value for one in known.channels if one.kind in {ChannelKind.PHONE, ChannelKind.MOBILE}]
    if said.phone and _number(said.phone) not in map(_number, numbers):
        yield Difference("phone", known.phone or "", said.phone)


def _bare(address: str) -> str:
    """Give a web address without what may be left out."""
    return fold(address).removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


def _number(phone: str) -> str:
    return search_document(phones=[phone])
