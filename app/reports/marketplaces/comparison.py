"""What the report says: lines, totals that know what they leave out, and the notes that tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from app.core import pictures
from app.core.db import db
from app.core.excel import Kind
from app.core.values import Qualifier, Quantity, Total, ratio, total
from app.labels import label
from app.models.events import Event
from app.models.figures import MEASURES, Figure, Measure, Unit
from app.queries import events, figures

# What one of the number should stand for. The other measures can't be taken for anything else.
_COUNTED = {
    Measure.COMPANIES: Unit.ORGANISATIONS,
    Measure.NONPROFITS: Unit.ORGANISATIONS,
    Measure.PARTICIPANTS: Unit.PEOPLE,
}
#: What is drawn: one of the two on each axis.
_DRAWN = {Measure.CONTRACTS: Kind.INTEGER, Measure.VALUE: Kind.MONEY}
_SEPARATOR = "; "  # names hold commas: "Heumarkt, Köln, 2025"


@dataclass(frozen=True)
class Line:
    """An event with its chosen figures; `name` is its short name, clear among the others."""

    event: Event
    name: str
    figures: dict[Measure, Figure]

    @property
    def title(self) -> str:
        """The edition and the title."""
        return self.event.whole_title

    def quantity(self, measure: Measure) -> Quantity | None:
        """Give what was reported; None is unknown."""
        found = self.figures.get(measure)
        return None if found is None else found.quantity

    @property
    def pair(self) -> tuple[Quantity | None, Quantity | None]:
        """Value and contracts."""
        return self.quantity(Measure.VALUE), self.quantity(Measure.CONTRACTS)

    @property
    def value_per_contract(self) -> Quantity | None:
        """The value of one contract on average, in euros."""
        return ratio([self.pair]).quantity

    def other_unit(self, measure: Measure) -> Unit | None:
        """Give what was counted, where it isn't what the column's title says."""
        found = self.figures.get(measure)
        expected = _COUNTED.get(measure)
        return None if found is None or expected in (None, found.unit) else found.unit


@dataclass(frozen=True)
class Comparison:
    """What the report says.

    `undecided` are events and measures with figures of which none was chosen, `unreported` the names of events
    without any figure: there is nothing to compare yet, and "of 7" would say that something is missing.
    """

    lines: Sequence[Line]
    year: int | None = None
    undecided: frozenset[tuple[int | None, Measure]] = frozenset()
    unreported: Sequence[str] = ()
    measures = MEASURES

    def total(self, measure: Measure) -> Total:
        """Add a measure up; a sum of different things is as uncertain as one of different reservations."""
        found = total(line.quantity(measure) for line in self.lines)
        counted = {line.other_unit(measure) for line in self.lines if measure in line.figures}
        if found.quantity is None or len(counted) == 1:
            return found
        return Total(Quantity(found.quantity.number, Qualifier.MIXED), found.used, found.of)

    @property
    def average(self) -> Total:
        """Value per contract, of the events that hold both."""
        return ratio(line.pair for line in self.lines)

    @property
    def totals(self) -> list[Total]:
        """The total of each measure, and the average."""
        return [*map(self.total, MEASURES), self.average]

    @property
    def mixed(self) -> bool:
        """Whether a total or the average is marked as mixed."""
        return any(one.quantity and one.quantity.qualifier is Qualifier.MIXED for one in self.totals)

    @property
    def picture(self) -> pictures.Picture:
        """Draw contracts and value, of the marketplaces that state one of them."""
        lines = [
            pictures.Line(line.title, tuple(map(line.quantity, _DRAWN)), line.event, line.name)
            for line in self.lines
            if any(map(line.quantity, _DRAWN))
        ]
        return pictures.Picture(
            "marketplaces",
            gettext("Contracts and value by marketplace"),
            label("Event", "title"),
            [pictures.Heading(measure.title, kind) for measure, kind in _DRAWN.items()],
            lines,
            [pictures.Chart(measure.title, (at,), "bars") for at, measure in enumerate(_DRAWN)],
        )

    def notes(self) -> Iterator[str]:
        """Say, in the current language, what the totals leave out and what the numbers don't tell."""
        if self.unreported:
            names = _SEPARATOR.join(self.unreported)
            yield gettext("Not compared, because no figures were reported yet: %(names)s", names=names)
        if not self.lines:
            return
        for measure in MEASURES:
            yield from self._gaps(measure)
        yield from self._average_note()
        for measure in MEASURES:
            others = [(line.name, line.other_unit(measure)) for line in self.lines]
            named = _SEPARATOR.join(f"{name} ({unit})" for name, unit in others if unit)
            if named:
                yield gettext("%(measure)s, counted otherwise: %(names)s", measure=measure, names=named)
        for line in self.lines:
            if line.event.date_note:
                yield f"{label('Event', 'date')}, {line.name}: {line.event.date_note}"
        undated = _SEPARATOR.join(line.name for line in self.lines if line.event.starts_on is None)
        if undated and self.year:
            yield gettext("Without a date; counted in the year of its figures: %(names)s", names=undated)

    def _gaps(self, measure: Measure) -> Iterator[str]:
        found = self.total(measure)
        missing = [line for line in self.lines if measure not in line.figures]
        open_ = [line.name for line in missing if self._is_open(line, measure)]
        silent = [line.name for line in missing if not self._is_open(line, measure)]
        if silent and len(silent) == found.of:
            yield gettext("%(measure)s: not stated by any marketplace", measure=measure)
        elif missing:
            used = gettext("%(used)s of %(of)s marketplaces", used=found.used, of=found.of)
            without = []
            if silent:
                without.append(gettext("not stated: %(names)s", names=_SEPARATOR.join(silent)))
            if open_:
                names = _SEPARATOR.join(open_)
                without.append(gettext("reported, but no figure chosen: %(names)s", names=names))
            yield " ".join((f"{measure}: {used}", *(f"({one})" for one in without)))

    def _is_open(self, line: Line, measure: Measure) -> bool:
        return (line.event.id, measure) in self.undecided

    def _average_note(self) -> Iterator[str]:
        both = [line for line in self.lines if None not in line.pair]
        if self.average.quantity is None:
            return
        value, contracts = (total(line.pair[side] for line in both).quantity for side in (0, 1))
        yield gettext(
            "%(average)s: %(value)s divided by %(contracts)s contracts, "
            "from the %(used)s of %(of)s marketplaces that state both",
            average=label("Event", "value_per_contract"),
            value=value.text("€") if value else "",
            contracts=contracts.text() if contracts else "",
            used=self.average.used,
            of=self.average.of,
        )


def build(year: int | None = None) -> Comparison:
    """Compare the marketplaces of a year, or all, as far as the open scope shows them."""
    wanted = events.marketplaces(year=year)
    found = db.session.scalars(wanted).all()
    chosen: dict[int | None, dict[Measure, Figure]] = {}
    for figure in db.session.scalars(figures.chosen(wanted)):
        chosen.setdefault(figure.event_id, {})[figure.measure] = figure
    undecided = frozenset(
        (event_id, measure) for event_id, measure in db.session.execute(figures.undecided(wanted))
    )
    reported = {*chosen, *(event_id for event_id, _measure in undecided)}
    cities = Counter(event.city for event in found)
    names = {event: event.city if event.city and cities[event.city] == 1 else str(event) for event in found}
    lines = tuple(
        Line(event, names[event], chosen.get(event.id, {})) for event in found if event.id in reported
    )
    unreported = tuple(names[event] for event in found if event.id not in reported)
    return Comparison(lines, year, undecided, unreported)
