"""What only one kind of record shows: an organisation its years, an event its figures, a contact its newsletters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from app.access import Section, Verb, current
from app.core.db import db
from app.core.values import Quantity, Total
from app.models.categories import Side
from app.models.contacts import Contact
from app.models.contracts import Contract, ContractParty, Contribution
from app.models.events import Event
from app.models.figures import Figure, Measure
from app.models.organisations import Organisation
from app.models.participations import Participation, ParticipationStatus
from app.queries import counts, figures, subscribers, years
from app.queries.base import CAME
from app.views import years as over_the_years

COMPANIES, NONPROFITS = Side.COMPANY, Side.NONPROFIT


# --- an organisation ------------------------------------------------------------------------------------------
@dataclass
class Year:
    """What an organisation did in a year; None is the time that nobody wrote down."""

    year: int | None
    events: int = 0
    contracts: int = 0
    hours: Total | None = None
    value: Total | None = None


def of_organisation(item: Organisation) -> dict[str, Any] | None:
    """Give the years in which an organisation took part or agreed on something, as far as the person may read it."""
    found: dict[int | None, Year] = {}
    if current().reads(Participation) and current().reads(Event):
        for year, number in db.session.execute(years.participations(item.id)):
            found.setdefault(year, Year(year)).events = number
    if current().reads(Contract):
        for year, number, hours, timed, value, valued in db.session.execute(years.contracts(item.id)):
            one = found.setdefault(year, Year(year))
            one.contracts = number
            one.hours = None if hours is None else Total(Quantity(hours), timed, number)
            one.value = None if value is None else Total(Quantity(value), valued, number)
    strip = sorted(found.values(), key=lambda one: (one.year is None, -(one.year or 0)))
    more = {"story": over_the_years.story(item), "partners": over_the_years.partners(item)}
    return {"years": strip, **more} if strip else None


# --- a contact ------------------------------------------------------------------------------------------------
def of_contact(item: Contact) -> dict[str, Any] | None:
    """Give the newsletters of a person, for who may subscribe people or read subscribers."""
    scope = current()
    if not (scope.may(Verb.WRITE, Section.SUBSCRIBING) or scope.may(Verb.READ, Section.SUBSCRIBERS)):
        return None
    lines = db.session.scalars(subscribers.of_contact(item)).all()
    return {"lines": lines, "out": item.do_not_email} if lines else None


# --- an event -------------------------------------------------------------------------------------------------
@dataclass
class Row:
    """A measure: what was reported, by whom, and what the database counts."""

    measure: Measure
    reported: list[Figure] = field(default_factory=list)
    counted: Total | None = None

    @property
    def chosen(self) -> Figure | None:
        """The figure that reports use; a single one that nobody chose is as good as it gets here."""
        chosen = next((figure for figure in self.reported if figure.chosen), None)
        return chosen or (self.reported[0] if len(self.reported) == 1 else None)

    @property
    def others(self) -> list[Figure]:
        """The figures of other sources."""
        return [figure for figure in self.reported if figure is not self.chosen]

    @property
    def reading(self) -> str:
        """What was counted, as a person reads it."""
        quantity = self.counted.quantity if self.counted is not None else None
        return "" if quantity is None else quantity.text("€" if self.measure is Measure.VALUE else "")


@dataclass
class Attendance:
    """How many organisations of a side have which status, and how many people come."""

    side: Side
    statuses: dict[ParticipationStatus, int] = field(default_factory=dict)
    came: int = 0
    people: int = 0
    counted: int = 0

    @property
    def number(self) -> int:
        """All organisations of the side."""
        return sum(self.statuses.values())


def of_event(item: Event) -> dict[str, Any] | None:
    """Give what was reported of an event beside what is counted, and who comes, as far as the person may read it.

    Of another office's event nothing is counted: its participations and contracts can't be seen.
    """
    scope = current()
    mine = scope.writes(item.office_id)
    measures = {measure: Row(measure) for measure in Measure}
    if scope.reads(Figure):
        for figure in db.session.scalars(figures.of_event(item.id)):
            measures[figure.measure].reported.append(figure)
    sides = list(_attendance(item)) if mine and scope.reads(Participation) else []
    for measure, total in _counted(item, sides) if mine else ():
        measures[measure].counted = total
    table = [row for row in measures.values() if row.reported or row.counted is not None]
    if not table and not sides:
        return None
    return {"figures": table, "counts": mine, "sides": sides}


def _attendance(item: Event) -> Iterator[Attendance]:
    found: dict[Side, Attendance] = {}
    for side, status, number, known, people in db.session.execute(counts.participations(item.id)):
        one = found.setdefault(side, Attendance(side))
        one.statuses[status] = number
        if status in CAME:
            one.came += number
            one.counted += known
            one.people += people or 0
    for side in Side:
        if side in found:
            one = found[side]
            one.statuses = {
                status: one.statuses[status] for status in ParticipationStatus if status in one.statuses
            }
            yield one


def _counted(item: Event, sides: Sequence[Attendance]) -> Iterator[tuple[Measure, Total]]:
    """Count what is recorded; a sum says of how many lines it knows anything."""
    came = {one.side: one.came for one in sides}
    for measure, side in ((Measure.COMPANIES, Side.COMPANY), (Measure.NONPROFITS, Side.NONPROFIT)):
        if number := came.get(side, 0):
            yield measure, _exactly(number)
    if people := sum(one.people for one in sides):
        used, every = sum(one.counted for one in sides), sum(one.came for one in sides)
        yield Measure.PARTICIPANTS, Total(Quantity(people), used, every)
    if not current().reads(Contract):
        return
    number, lines, timed, hours, valued, value = db.session.execute(counts.contracts(item.id)).one()
    if number:
        yield Measure.CONTRACTS, _exactly(number)
    if value is not None:
        yield Measure.VALUE, Total(Quantity(value), valued, lines)
    if hours is not None:
        yield Measure.HOURS, Total(Quantity(hours), timed, lines)


def _exactly(number: int) -> Total:
    return Total(Quantity(number), 1, 1)


# --- a contract -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Gift:
    """A contribution: from where to where, in words for who reads, and as an arrow for who looks."""

    line: Contribution
    giver: str
    receiver: str
    #: "right" from the company side, "left" to it, "" where that isn't known or both stand on one side.
    arrow: str
    amounts: tuple[str, ...]
    sentence: str


def of_contract(item: Contract) -> dict[str, Any] | None:
    """Give the two sides of a contract, and what goes between them."""
    left, right = _sides(item.parties)
    places = {party.organisation_id: "left" for party in left} | {
        party.organisation_id: "right" for party in right
    }
    gifts = [_gift(line, places, item.parties) for line in item.contributions]
    return {"left": left, "right": right, "gifts": gifts}


def _sides(parties: Sequence[ContractParty]) -> tuple[list[ContractParty], list[ContractParty]]:
    """Put companies to the left and nonprofits to the right; a municipality stands where there is room.

    Where all are of one side, the first stands alone.
    """
    left = [party for party in parties if party.side is Side.COMPANY]
    right = [party for party in parties if party.side is Side.NONPROFIT]
    for party in parties:
        if party.side is Side.MUNICIPALITY:
            (left if len(left) < len(right) else right).append(party)
    if not left:
        left, right = right[:1], right[1:]
    elif not right:
        left, right = left[:1], left[1:]
    return left, right


def _gift(line: Contribution, places: dict[int, str], parties: Sequence[ContractParty]) -> Gift:
    giver, receiver = line.giver_id, line.receiver_id
    if len(parties) == 2:  # noqa: PLR2004 - between two, one end tells the other
        ends = [party.organisation_id for party in parties]
        giver = giver or (next(key for key in ends if key != receiver) if receiver in ends else None)
        receiver = receiver or (next(key for key in ends if key != giver) if giver in ends else None)
    start, end = places.get(giver or 0, ""), places.get(receiver or 0, "")
    arrow = ""
    if start != end:
        arrow = "right" if start == "left" or end == "right" else "left"
    names = {party.organisation_id: _name(party.organisation) for party in parties}
    spoken_giver = names.get(giver or 0) or (_name(line.giver) if giver else "")
    spoken_receiver = names.get(receiver or 0) or (_name(line.receiver) if receiver else "")
    amounts = tuple(line.amounts(gettext("worth %(value)s")))
    what = "; ".join((f"{line.category}: {line.text}", *amounts))
    return Gift(
        line, spoken_giver, spoken_receiver, arrow, amounts, _sentence(spoken_giver, spoken_receiver, what)
    )


def _name(organisation: Organisation | None) -> str:
    return (
        gettext("an organisation that isn't shared any more") if organisation is None else organisation.name
    )


def _sentence(giver: str, receiver: str, what: str) -> str:
    if giver and receiver:
        return gettext(
            "%(giver)s gives to %(receiver)s: %(what)s.", giver=giver, receiver=receiver, what=what
        )
    if giver:
        return gettext("%(giver)s gives: %(what)s.", giver=giver, what=what)
    if receiver:
        return gettext("%(receiver)s gets: %(what)s.", receiver=receiver, what=what)
    return gettext("Agreed: %(what)s.", what=what)
