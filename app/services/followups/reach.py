"""How a party is reached: who signed, else who is mainly at the organisation, else the organisation itself.

Nobody is written to, or called, who doesn't want it, under whichever name an address is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.db import db
from app.core.text import plain_address
from app.models.contacts import ChannelKind, Contact
from app.models.contracts import Contract, ContractParty
from app.models.followups import FollowUp
from app.models.languages import Language
from app.models.reach import is_email
from app.queries import base
from app.queries import followups as queries
from app.services.base import unwelcome

NUMBERS = (ChannelKind.PHONE, ChannelKind.MOBILE)


@dataclass(frozen=True)
class Reach:
    """How one party is reached. Without ``email`` nobody can write to it."""

    email: str | None
    #: As whom the mail speaks to somebody; "" for an organisation's address.
    name: str
    language: Language
    #: Who answers a call, and the number; who wants no calls is left out.
    phones: tuple[tuple[str, str], ...]
    #: Whether there are addresses, but none that may be written to.
    refused: bool = False


@dataclass(frozen=True)
class _Candidate:
    email: str | None
    name: str
    language: Language
    welcome: bool = True


def of_party(contract: Contract, organisation_id: int, day: date) -> Reach:
    """Say how a party is reached on a day. Within a scope that sees all offices it's the contract's own, too."""
    return _reach(contract.office_id, [(contract, organisation_id)], day)[contract.id, organisation_id]


def of_waiting(asked: Iterable[FollowUp], day: date) -> dict[tuple[int, int], Reach]:
    """Say the same of many questions, by the keys of contract and organisation: a few statements for each office."""
    offices: dict[int, dict[tuple[int, int], Contract]] = {}
    for one in asked:
        offices.setdefault(one.office_id, {})[one.contract_id, one.organisation_id] = one.contract
    found: dict[tuple[int, int], Reach] = {}
    for office_id, pairs in offices.items():
        found |= _reach(office_id, [(contract, key) for (_id, key), contract in pairs.items()], day)
    return found


def _reach(office_id: int, pairs: Sequence[tuple[Contract, int]], day: date) -> dict[tuple[int, int], Reach]:
    people: dict[int, list[Contact]] = {}
    for position in db.session.scalars(queries.people_of(office_id, {key for _one, key in pairs}, day)):
        people.setdefault(position.organisation_id, []).append(position.contact)
    parties = {(one.id, key): _party(one, key) for one, key in pairs}
    candidates = {
        pair: list(_candidates(party, people.get(pair[1], []), day)) for pair, party in parties.items()
    }
    emails = (one.email for many in candidates.values() for one in many if one.email)
    closed = unwelcome(office_id, emails, base.blocked)
    return {
        pair: _first(candidates[pair], closed, tuple(_phones(parties[pair], people.get(pair[1], []), day)))
        for pair in parties
    }


def _party(contract: Contract, organisation_id: int) -> ContractParty | None:
    """Give the party; None where it was taken out of the contract after it was asked."""
    return next((party for party in contract.parties if party.organisation_id == organisation_id), None)


def _candidates(party: ContractParty | None, people: Sequence[Contact], day: date) -> Iterator[_Candidate]:
    if party is None:
        return
    for person in _persons(party, people):
        email = person.reach(ChannelKind.EMAIL, on=day)
        if email and is_email(email):
            name = " ".join(filter(None, (person.title, person.first_name, person.last_name)))
            yield _Candidate(email.strip(), name, person.language, welcome=not person.do_not_email)
    organisation = party.organisation
    if organisation is not None and organisation.email:
        yield _Candidate(organisation.email.strip(), "", party.contract.office.language)


def _persons(party: ContractParty, people: Sequence[Contact]) -> Iterator[Contact]:
    """Give who signed, then who is at the organisation, each once."""
    yield from dict.fromkeys(person for person in (party.signatory, *people) if person is not None)


def _phones(party: ContractParty | None, people: Sequence[Contact], day: date) -> Iterator[tuple[str, str]]:
    if party is None:
        return
    seen = set()
    for person in _persons(party, people):
        for kind in NUMBERS:
            number = person.reach(kind, on=day)
            if number and not person.do_not_phone and number not in seen:
                seen.add(number)
                yield str(person), number
    organisation = party.organisation
    if organisation is not None and organisation.phone and organisation.phone not in seen:
        yield organisation.name, organisation.phone


def _first(candidates: Sequence[_Candidate], closed: set[str], phones: tuple[tuple[str, str], ...]) -> Reach:
    for one in candidates:
        if one.welcome and one.email and plain_address(one.email) not in closed:
            return Reach(one.email, one.name, one.language, phones)
    return Reach(None, "", Language.GERMAN, phones, refused=bool(candidates))
