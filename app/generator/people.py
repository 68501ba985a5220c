"""Contacts with their addresses, numbers and positions, and a subscriber for each: a million of both, so it's lean."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator

from app.core.text import fold
from app.generator.loading import Loader
from app.generator.offices import Made, Network, Place
from app.generator.plan import Chance, Size, Skewed, found_by
from app.generator.words import (
    BEGINNINGS,
    CAUSE_FUNCTIONS,
    COMPANY_FUNCTIONS,
    ENDINGS,
    LAST_NAMES,
    MEN,
    PLACES,
    SOURCES,
    STREETS,
    TAGS,
    TITLES,
    WOMEN,
)
from app.models.contacts import Channel, Contact, LawfulBasis, Position
from app.models.subscribers import Consent, Subscriber, Subscription

AT_ONCE = 10_000
BASIS = "Übernommen aus der Adresskartei des Büros"
_LAWFUL = tuple(one.value for one in LawfulBasis)


def make(loader: Loader, size: Size, chance: Chance, network: Network) -> Iterator[int]:
    """Make the contacts, in the order in which people come to know them: those of an office don't lie together.

    Yields how many there are.
    """
    person, letters = _People(loader, chance), _Letters(loader, chance)
    names = _Names(chance)
    for start in range(0, size.contacts, AT_ONCE):
        count = min(AT_ONCE, size.contacts - start)
        offices = network.drawn.many(count)
        for number, (office, name) in enumerate(zip(offices, names.many(count), strict=True), start + 1):
            email, contact = person.add(number, office, *name)
            letters.add(number, office, *name, email, contact)
        loader.flush()
        yield start + count


class _Names:
    """First and last names, and whether it's a woman; with rare names and double ones among them."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.last, self.women, self.men = (Skewed(names, chance) for names in (LAST_NAMES, WOMEN, MEN))

    def many(self, count: int) -> Iterator[tuple[str, str, bool]]:
        """Draw some."""
        chance = self.chance
        lists = (self.last.many(count), self.women.many(count), self.men.many(count))
        for last, woman, man in zip(*lists, strict=True):
            is_woman, rare = chance.number() < 0.54, chance.number()
            if rare < 0.3:
                last = chance.one(BEGINNINGS) + chance.one(ENDINGS)  # noqa: PLW2901
            elif rare < 0.35:
                last = f"{last}-{chance.one(LAST_NAMES)}"  # noqa: PLW2901
            yield woman if is_woman else man, last, is_woman


class _People:
    """Contacts and their parts."""

    def __init__(self, loader: Loader, chance: Chance) -> None:
        self.chance = chance
        self._contact = loader.takes(
            Contact, "office_id", "salutation", "title", "first_name", "last_name", "language", "do_not_email",
            "do_not_phone", "do_not_mail", "tags", "source", "lawful_basis", "street", "postal_code", "city", "country",
            "search",
        )  # fmt: skip
        self._channel = loader.takes(Channel, "office_id", "contact_id", "kind", "value", "rank")
        self._position = loader.takes(
            Position, "office_id", "contact_id", "organisation_id", "function", "primary", "since", "rank"
        )

    def add(self, number: int, office: Place, first: str, last: str, woman: bool) -> tuple[str, int]:
        """Make a contact; give the e-mail address, and the key."""
        chance = self.chance
        luck = chance.number()
        at = chance.one(office.organisations) if luck < 0.9 else None
        city, code, area, _state = PLACES[office.at]
        postal_code = f"{code}{chance.below(1000):03}"
        title = chance.one(TITLES) if chance.number() < 0.06 else None
        tags = chance.one(TAGS) if chance.number() < 0.15 else None
        email = address(first, last, number, at)
        phones = list(self._numbers(area, number))
        words = found_by(
            title,
            first,
            last,
            city,
            postal_code,
            tags,
            email,
            at.name if at else None,
            phones=[parts for _kind, parts in phones],
        )
        when = chance.moment()
        key = self._contact(
            when, office.id, "ms" if woman else "mr", title, first, last, "en" if luck < 0.03 else "de",
            luck < 0.04, luck > 0.95, luck > 0.99, tags, chance.one(SOURCES), chance.one(_LAWFUL),
            f"{chance.one(STREETS)} {chance.below(150) + 1}", postal_code, city, "DE", words,
        )  # fmt: skip
        self._channel(when, office.id, key, "email", email, 0)
        for rank, (kind, parts) in enumerate(phones, 1):
            self._channel(when, office.id, key, kind, " ".join(parts), rank)
        if at:
            functions = COMPANY_FUNCTIONS if at.company else CAUSE_FUNCTIONS
            self._position(when, office.id, key, at.id, chance.one(functions), True, when[:10], 0)
        return email, key

    def _numbers(self, area: str, number: int) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield kind and number, in its two parts."""
        luck = self.chance.number()
        for kind, prefix, wanted in (("phone", area, luck < 0.6), ("mobile", "0171", luck > 0.4)):
            if wanted:
                yield kind, (prefix, f"{2_000_000 + number}")


class _Letters:
    """Subscribers: most are contacts, some only read. Each subscribes to the newsletter of the office."""

    def __init__(self, loader: Loader, chance: Chance) -> None:
        self.chance = chance
        self._subscriber = loader.takes(
            Subscriber, "office_id", "uuid", "email", "digest", "first_name", "last_name", "language", "contact_id",
            "delivery", "bounces", "search",
        )  # fmt: skip
        self._subscription = loader.takes(
            Subscription, "office_id", "subscriber_id", "newsletter_id", "status", "source"
        )
        self._consent = loader.takes(
            Consent, "office_id", "subscription_id", "at", "step", "channel", "actor", "basis"
        )

    def add(
        self,
        number: int,
        office: Place,
        first: str,
        last: str,
        _woman: bool,
        email: str,
        contact: int,
    ) -> None:
        """Make a subscriber who was taken over from the files of the office, and what is known of the consent."""
        chance = self.chance
        luck, when = chance.number(), chance.moment()
        if luck > 0.7:
            email, link = f"leser{number}@example.net", None
        else:
            link = contact
        key = self._subscriber(
            when, office.id, str(uuid.UUID(int=chance.bits(128), version=4)), email,
            hashlib.sha256(email.encode()).hexdigest(), first, last, "de", link,
            "ok" if luck > 0.02 else "hard", 0 if luck > 0.02 else 1, found_by(email, first, last),
        )  # fmt: skip
        status = "confirmed" if luck < 0.85 else "unsubscribed"
        line = self._subscription(when, office.id, key, office.newsletter, status, "Adresskartei")
        self._consent(when, office.id, line, when, "imported", "import", "flask generate", BASIS)
        if status == "unsubscribed":
            self._consent(when, office.id, line, when, "withdrawn", "mail", email, None)


def address(first: str, last: str, number: int, at: Made | None) -> str:
    """Give an address in its one form; the number keeps it apart from those of others."""
    return f"{slug(first)}.{slug(last)}{number}@{at.domain if at else 'example.com'}"


_slugs: dict[str, str] = {}


def slug(name: str) -> str:
    """Write a name in plain letters."""
    found = _slugs.get(name)
    if found is None:
        plain = fold(name)
        found = _slugs[name] = "".join(
            sign for sign in plain if sign.isascii() and (sign.isalnum() or sign == "-")
        )
    return found
