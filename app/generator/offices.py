"""Offices in their tree, with a newsletter each, and organisations: few offices have many, many have few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.core.text import search_document
from app.generator.loading import Loader
from app.generator.plan import Chance, Size, Skewed, found_by
from app.generator.words import (
    CAUSES,
    COMPANY_FORMS,
    LAST_NAMES,
    PLACES,
    SOURCES,
    STREETS,
    TRADES,
)
from app.models.newsletters import Newsletter
from app.models.offices import Office, OfficeKind, State
from app.models.organisations import LegalForm, Organisation, OrganisationKind

#: From so many offices on each federal state has an agency of its own.
MANY = 3 * len(State)
SHARED = 0.05
#: The key of the office above all others.
AGENCY = 1


@dataclass(frozen=True)
class Made:
    """An organisation, as people and contracts refer to it."""

    id: int
    name: str
    domain: str
    place: int
    company: bool


@dataclass
class Place:
    """An office, with its place and its organisations."""

    id: int
    newsletter: int
    at: int
    companies: list[Made] = field(default_factory=list)
    causes: list[Made] = field(default_factory=list)

    @property
    def organisations(self) -> list[Made]:
        """Both sides."""
        return self.companies + self.causes


@dataclass(frozen=True)
class Network:
    """All offices, those with many people first. Above them stands the agency."""

    offices: Sequence[Place]
    drawn: Skewed

    @property
    def smallest(self) -> int:
        """The key of the office that is drawn least, and isn't the agency."""
        return next(office.id for office in reversed(self.offices) if office.id != AGENCY)


def make(loader: Loader, size: Size, chance: Chance) -> Network:
    """Make the offices, their newsletters and their organisations."""
    offices = chance.shuffled(_offices(loader, size, chance))
    network = Network(offices, Skewed(offices, chance, slope=0.9))
    _organisations(loader, size, chance, network)
    loader.flush()
    return network


def _offices(loader: Loader, size: Size, chance: Chance) -> list[Place]:
    office = loader.takes(
        Office, "kind", "parent_id", "name", "state", "street", "postal_code", "city", "country", "phone", "email",
        "language", "search",
    )  # fmt: skip
    letter = loader.takes(
        Newsletter, "office_id", "name", "languages", "sender_name", "sender_email", "frequency", "public", "active",
        "search",
    )  # fmt: skip
    agencies: dict[State, int] = {}
    found = []
    for number in range(size.offices):
        at = number % len(PLACES)
        city, code, area, state = PLACES[at]
        kind = OfficeKind.REGIONAL_OFFICE
        parent: int | None = agencies.get(state, AGENCY)
        if number == 0:
            kind, parent, name = OfficeKind.SERVICE_AGENCY, None, "Servicestelle Marktplätze"
        elif size.offices >= MANY and state not in agencies:
            kind, parent, name = OfficeKind.SERVICE_AGENCY, AGENCY, f"Landesservicestelle {state.value}"
        else:
            name = f"Marktbüro {city} {number // len(PLACES) + 1}"
        email, phone = f"buero{number + 1}@example.org", f"{area} {100_000 + number}"
        postal_code, when = f"{code}{number % 1000:03}", chance.moment()
        words = search_document(name, city, postal_code, email, phones=[phone])
        key = office(
            when, kind.value, parent, name, state.value, f"{STREETS[number % len(STREETS)]} {number % 90 + 1}",
            postal_code, city, "DE", phone, email, "de", words,
        )  # fmt: skip
        if kind is OfficeKind.SERVICE_AGENCY and number:
            agencies[state] = key
        title = f"Neues vom {name}" if parent else "Neues aus dem Netzwerk"
        words = search_document(title, name, email)
        sent = letter(when, key, title, ",de,", name, email, "monthly", True, True, words)
        found.append(Place(key, sent, at))
    return found


def _organisations(loader: Loader, size: Size, chance: Chance, network: Network) -> None:
    add = loader.takes(
        Organisation, "office_id", "shared", "kind", "name", "legal_name", "legal_form", "sectors", "street",
        "postal_code", "city", "country", "phone", "email", "website", "head_count", "tags", "source", "search",
    )  # fmt: skip
    names = Skewed(LAST_NAMES, chance)
    # Each office has one of each side, before the large ones get theirs.
    twice = [office for office in network.offices for _side in range(2)]
    drawn = twice + network.drawn.many(size.organisations - len(twice))
    for number, (office, last_name) in enumerate(zip(drawn, names.many(len(drawn)), strict=True)):
        city, code, area, _state = PLACES[office.at]
        company = chance.number() < 0.5 if number >= len(twice) else number % 2 == 0
        form: LegalForm | None
        if company:
            trade, sector = chance.one(TRADES)
            kind, form = OrganisationKind.COMPANY, chance.one(COMPANY_FORMS)
            name, slug = f"{trade} {last_name}", "firma"
            legal = f"{name} {form.title}"
        else:
            cause, sector, kind = chance.one(CAUSES)
            form = LegalForm.EV if kind is not OrganisationKind.FOUNDATION else LegalForm.STIFTUNG
            name, slug, legal = f"{cause} {city} {chance.below(90) + 1}", "verein", None
        domain = f"{slug}{number + 1}.example.org"
        rest, email = str(200_000 + chance.below(800_000)), f"info@{domain}"
        postal_code, website = f"{code}{chance.below(1000):03}", f"www.{domain}"
        tags = "Stammgast" if chance.number() < 0.1 else None
        words = found_by(name, legal, city, postal_code, email, website, tags, phones=[(area, rest)])
        key = add(
            chance.moment(), office.id, chance.number() < SHARED, kind.value, name, legal, form.value,
            f",{sector.value},", f"{chance.one(STREETS)} {chance.below(150) + 1}", postal_code, city, "DE",
            f"{area} {rest}", email, website, int(2 + 200 * chance.number() ** 4) if company else None, tags,
            chance.one(SOURCES), words,
        )  # fmt: skip
        made = Made(key, name, domain, office.at, company)
        (office.companies if company else office.causes).append(made)
        loader.flush_full()
