"""Marketplaces, who takes part, and what was agreed there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.core.text import search_document
from app.generator.loading import Loader
from app.generator.offices import Made, Network, Place
from app.generator.plan import Chance, Size
from app.generator.words import GIFTS, PLACES, RETURNS
from app.models.categories import Side
from app.models.contracts import Contract, ContractParty, ContractStatus, Contribution
from app.models.events import Event
from app.models.participations import Participation

#: How far contracts have come, as often as they stand here.
STATUS = (
    *[ContractStatus.FULFILLED] * 6,
    *[ContractStatus.PARTLY_FULFILLED] * 2,
    ContractStatus.IN_PROGRESS,
    ContractStatus.AGREED,
    ContractStatus.NO_CONTACT,
    ContractStatus.NOT_FEASIBLE,
)
REASON = "Die Ansprechperson hat gewechselt"
HOURS = tuple(map(Decimal, ("2", "4", "6.5", "8", "12", "16")))


def make(loader: Loader, size: Size, chance: Chance, network: Network) -> None:
    """Make the events, and contracts between organisations of the office that holds them."""
    deals = _Deals(loader, chance)
    left = size.contracts
    for number, office in enumerate(network.drawn.many(size.events)):
        events_left = size.events - number
        count = left if events_left == 1 else min(left, 2 * chance.below(left // events_left + 1))
        deals.event(office, count)
        left -= count
        loader.flush_full()
    loader.flush()


class _Deals:
    """Events and their contracts, with all that hangs on them."""

    def __init__(self, loader: Loader, chance: Chance) -> None:
        self.chance = chance
        self._event = loader.takes(
            Event, "office_id", "shared", "title", "edition", "kind", "status", "format", "starts_on", "ends_on",
            "venue", "postal_code", "city", "country", "state", "public", "registration_open",
            "contact_days", "report_days", "follow_up_mails", "search",
        )  # fmt: skip
        self._participation = loader.takes(
            Participation,
            "office_id",
            "event_id",
            "organisation_id",
            "side",
            "status",
            "head_count",
            "search",
        )
        self._contract = loader.takes(
            Contract, "office_id", "event_id", "number", "status", "reason", "form", "agreed_on", "place",
            "photo_consent", "contested", "search",
        )  # fmt: skip
        self._party = loader.takes(
            ContractParty, "office_id", "contract_id", "organisation_id", "side", "rank"
        )
        self._contribution = loader.takes(
            Contribution, "office_id", "contract_id", "giver_id", "receiver_id", "category", "text", "no_money",
            "hours", "value", "valuation", "rank",
        )  # fmt: skip

    def event(self, office: Place, contracts: int) -> None:
        """Make a marketplace and its contracts."""
        chance = self.chance
        city, code, _area, state = PLACES[office.at]
        day, venue, title = chance.day(), "Altes Rathaus", "Marktplatz Gute Geschäfte"
        edition, postal_code = f"{chance.below(9) + 1}.", f"{code}{chance.below(1000):03}"
        when = f"{day} 08:00:00.000000"
        words = search_document(edition, title, venue, city, postal_code, str(day.year))
        key = self._event(
            when, office.id, chance.number() < 0.2, title, edition, "marketplace", "held", "on_site", str(day),
            str(day), venue, postal_code, city, "DE", state.value, True, False, 14, 180, True, words,
        )  # fmt: skip
        spoken = f"{edition} {title}, {city}, {day.year}"
        there: set[int] = set()
        for number in range(1, contracts + 1):
            self._agree(office, key, number, day, when)
            for made in self._last:
                if made.id not in there:
                    there.add(made.id)
                    words = search_document(f"{made.name}, {city}", spoken)
                    self._participation(
                        when, office.id, key, made.id, side(made), "attended", chance.below(4) + 1, words
                    )

    def _agree(self, office: Place, event: int, number: int, day: date, when: str) -> None:
        chance = self.chance
        company, cause = self._last = chance.one(office.companies), chance.one(office.causes)
        status = chance.one(STATUS)
        reason = REASON if status is ContractStatus.NOT_FEASIBLE else None
        words = search_document(str(number), "Altes Rathaus", company.name, cause.name)
        key = self._contract(
            when, office.id, event, number, status.value, reason, "written", str(day), "Altes Rathaus",
            chance.number() < 0.5, False, words,
        )  # fmt: skip
        for rank, made in enumerate((company, cause)):
            self._party(when, office.id, key, made.id, side(made), rank)
        for rank, (giver, receiver, what) in enumerate(((company, cause, GIFTS), (cause, company, RETURNS))):
            category, text = chance.one(what)
            hours = chance.one(HOURS) if chance.number() < 0.7 else None
            value = hours * 25 if hours is not None and chance.number() < 0.6 else None
            valuation = "giver" if value is not None else None
            self._contribution(
                when, office.id, key, giver.id, receiver.id, category.value, text, False, hours, value, valuation, rank,
            )  # fmt: skip


def side(made: Made) -> str:
    """Give the side on which an organisation trades."""
    return str((Side.COMPANY if made.company else Side.NONPROFIT).value)
