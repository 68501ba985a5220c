"""Who could give what to whom at an event: suggestions, a plan of talks, and what is left for the brokers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from app.core import talks
from app.core.db import db
from app.models.categories import Side
from app.models.events import Event
from app.models.offers import Direction
from app.models.organisations import OrganisationKind
from app.models.participations import ParticipationStatus
from app.queries import matching as queries
from app.reports.matching.scoring import GOOD, POSSIBLE, Entry, Level, Party, Scores

__all__ = ["Entry", "Level", "Matching", "Party", "Sheet", "Suggestion", "Talk", "of_event"]

FIRST = 5  # suggestions for an offer or need
SHEET = 8  # suggestions for an organisation
TRACE = 0.02  # of likeness: less is chance
RETURN = 0.25  # what it adds to a talk that both have something for each other

_AWAY = {ParticipationStatus.CANCELLED, ParticipationStatus.NO_SHOW, ParticipationStatus.WAITLIST}
_COMES = {ParticipationStatus.REGISTERED, ParticipationStatus.CONFIRMED, ParticipationStatus.ATTENDED}
_COMPANIES = {OrganisationKind.COMPANY, OrganisationKind.FREELANCER}


@dataclass(frozen=True)
class Suggestion:
    """What one organisation has or wants, and what of another's it meets."""

    own: Entry
    other: Entry
    score: float
    reasons: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """How well the two fit."""
        return Level.of(self.score)


@dataclass(frozen=True)
class Talk:
    """Two organisations at a table. ``about`` is the best that they could trade, None where nothing was found."""

    table: int
    one: Party
    other: Party
    about: Suggestion | None

    def partner(self, party: Party) -> Party:
        """Give with whom an organisation talks."""
        return self.other if party.id == self.one.id else self.one


@dataclass(frozen=True)
class Sheet:
    """What an organisation takes along: its talks, with the numbers of their rounds, and what to talk about."""

    party: Party
    talks: Sequence[tuple[int, Talk]]
    suggestions: Sequence[Suggestion]


@dataclass
class Matching:
    """The matching of an event."""

    parties: Sequence[Party]
    entries: Sequence[Entry]

    def __post_init__(self) -> None:
        """Tell offers from needs."""
        self.offers = [one for one in self.entries if one.offered]
        self.needs = [one for one in self.entries if not one.offered]
        self.scores = Scores(self.offers, self.needs)
        self._of: dict[tuple[int, bool], list[int]] = defaultdict(list)
        for offered, side in ((True, self.offers), (False, self.needs)):
            for place, one in enumerate(side):
                self._of[one.party.id, offered].append(place)

    # --- suggestions ------------------------------------------------------------------------------------------
    def first(self, place: int, *, offered: bool) -> list[int]:
        """Give the places of what meets an offer or need best, at most five, the best first."""
        row = self.scores.table[place] if offered else self.scores.table[:, place]
        ranked = np.argsort(-row, kind="stable")[:FIRST]
        return [int(one) for one in ranked if row[one] >= POSSIBLE]

    def suggestions(self, party: Party) -> list[Suggestion]:
        """Give what an organisation should talk about with whom, the best first, with the reasons."""
        found = [
            (place, other) if offered else (other, place)
            for offered in (True, False)
            for place in self._of[party.id, offered]
            for other in self.first(place, offered=offered)
        ]
        found.sort(key=lambda pair: -self.scores.table[pair])
        made = (self._suggestion(party, *pair) for pair in found)
        return list(islice((one for one in made if one is not None), SHEET))

    def _suggestion(self, party: Party, offer: int, need: int) -> Suggestion | None:
        reasons = self.scores.told(offer, need)
        if not reasons:
            return None
        one, other = self.offers[offer], self.needs[need]
        own, theirs = (one, other) if one.party.id == party.id else (other, one)
        return Suggestion(own, theirs, float(self.scores.table[offer, need]), tuple(reasons))

    # --- what is left -----------------------------------------------------------------------------------------
    @cached_property
    def speaking(self) -> list[Party]:
        """Who has something open."""
        found = {one.party.id for one in self.entries}
        return [one for one in self.parties if one.id in found]

    def closest(self, entry: Entry) -> Entry | None:
        """Give what comes nearest to an offer or need, however far that is; None where nothing is like it at all."""
        place = (self.offers if entry.offered else self.needs).index(entry)
        scores = self.scores.table * (self.scores.likeness.scores > TRACE)
        row = scores[place] if entry.offered else scores[:, place]
        if not row.any():
            return None
        return (self.needs if entry.offered else self.offers)[int(row.argmax())]

    @cached_property
    def unmatched(self) -> list[Entry]:
        """What nothing meets well."""
        table = self.scores.table
        sides = ((self.offers, table.max(axis=1, initial=0)), (self.needs, table.max(axis=0, initial=0)))
        return [one for side, best in sides for one, score in zip(side, best, strict=True) if score < GOOD]

    @cached_property
    def silent(self) -> list[Party]:
        """Who comes, and has said neither what it offers nor what it needs."""
        return [one for one in self.coming if not self._of.keys() & {(one.id, True), (one.id, False)}]

    # --- the plan ---------------------------------------------------------------------------------------------
    @cached_property
    def coming(self) -> list[Party]:
        """Who talks: whoever is counted on, or has something open."""
        speaking = {one.id for one in self.speaking}
        return [one for one in self.parties if one.comes or one.id in speaking]

    def plan(self, rounds: int) -> list[list[Talk]]:
        """Give the talks of each round. A company keeps its table, the others go from table to table."""
        hosts = [one.side is Side.COMPANY for one in self.coming]
        planned = talks.rounds(self._worth, hosts, rounds, GOOD)
        tables = {place: number for number, place in enumerate(np.flatnonzero(hosts).tolist(), start=1)}
        return [self._seated(pairs, tables) for pairs in planned]

    def sheets(self, rounds: int, only: Party | None = None) -> list[Sheet]:
        """Give the sheets of all who talk, or of one."""
        talks_of: dict[int, list[tuple[int, Talk]]] = defaultdict(list)
        for number, seated in enumerate(self.plan(rounds), start=1):
            for talk in seated:
                for party in (talk.one, talk.other):
                    talks_of[party.id].append((number, talk))
        wanted = self.coming if only is None else [only]
        return [Sheet(one, talks_of[one.id], self.suggestions(one)) for one in wanted]

    def _seated(self, pairs: Sequence[talks.Pair], tables: dict[int, int]) -> list[Talk]:
        more = iter(range(len(tables) + 1, len(tables) + len(pairs) + 1))
        seated = [
            Talk(
                tables.get(pair.one) or next(more),
                self.coming[pair.one],
                self.coming[pair.other],
                self._about(self.coming[pair.one], self.coming[pair.other]),
            )
            for pair in pairs
        ]
        return sorted(seated, key=lambda talk: talk.table)

    @cached_property
    def _worth(self) -> NDArray[np.float64]:
        """What a talk is worth to two: the best that one could give the other, and a share of what comes back."""
        place = {one.id: number for number, one in enumerate(self.coming)}
        giver = np.array([place[one.party.id] for one in self.offers], int)
        taker = np.array([place[one.party.id] for one in self.needs], int)
        one_way = np.zeros((len(place), len(place)))
        table = np.where(self.scores.table >= POSSIBLE, self.scores.table, 0)
        np.maximum.at(one_way, (giver[:, None], taker[None, :]), table)
        return np.maximum(one_way, one_way.T) + RETURN * np.minimum(one_way, one_way.T)

    def _about(self, one: Party, other: Party) -> Suggestion | None:
        found = [
            (float(self.scores.table[offer, need]), offer, need)
            for giver, taker in ((one, other), (other, one))
            for offer in self._of.get((giver.id, True), ())
            for need in self._of.get((taker.id, False), ())
        ]
        score, offer, need = max(found, default=(0.0, 0, 0))
        return self._suggestion(one, offer, need) if score >= POSSIBLE else None


def of_event(event: Event) -> Matching:
    """Read what is open at an event, in two statements. Who has cancelled, waits or didn't come is left out."""
    parties: dict[int, Party] = {}
    for key, name, city, code, kind, side, status in db.session.execute(queries.organisations(event.id)):
        if status not in _AWAY:
            parties[key] = Party(key, name, side or _side(kind), city, code, status in _COMES)
    entries = [
        Entry(key, parties[party], direction is Direction.OFFER, category, title, text or "")
        for key, party, direction, category, title, text in db.session.execute(queries.open_offers(event.id))
        if party in parties
    ]
    return Matching(list(parties.values()), entries)


def _side(kind: OrganisationKind) -> Side:
    """Give the side on which an organisation of a kind mostly stands."""
    if kind in _COMPANIES:
        return Side.COMPANY
    return Side.MUNICIPALITY if kind is OrganisationKind.MUNICIPALITY else Side.NONPROFIT
