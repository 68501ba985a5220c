"""What is told of an event: what the gong has counted, and of what it hasn't, the figures that were chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale, gettext

from app.access import current
from app.core.db import db
from app.core.values import Quantity, spoken
from app.labels import label
from app.models.counting import Count
from app.models.events import Event
from app.models.figures import MEASURES, UNITS, Figure, Measure, Unit
from app.models.results import Counted, EventResult
from app.queries import evening, figures
from app.reports.base import DEFINITIONS


@dataclass(frozen=True)
class Line:
    """A measure as it's told, with its source. ``counted`` says what stands behind it, where it was counted."""

    measure: Measure
    quantity: Quantity
    unit: Unit
    source: str
    as_of: date | None
    source_url: str | None = None
    counted: Counted | None = None

    @property
    def reading(self) -> str:
        """How a person reads it: "knapp 200.000 €"."""
        return self.quantity.text("€" if self.measure is Measure.VALUE else "")

    @property
    def remark(self) -> str:
        """Say what one of the number is, where the measure doesn't, and of how many parts it's known; else ""."""
        if self.counted is not None and self.counted.all is not None:
            return gettext(
                "known for %(known)s of %(all)s contributions",
                known=self.counted.known,
                all=self.counted.all,
            )
        if self.unit is not UNITS[self.measure]:
            return gettext("unit: %(unit)s", unit=self.unit)
        return ""


@dataclass(frozen=True)
class Result:
    """What is told of an event. Page, workbook, PDF and press text are made of it: they say the same."""

    event: Event
    #: The last count that was frozen; None before the gong.
    frozen: EventResult | None
    lines: Sequence[Line]

    @property
    def count(self) -> Count:
        """What was frozen, by corners and directions."""
        return self.frozen.count if self.frozen is not None else Count()

    def line(self, measure: Measure) -> Line | None:
        """Give what is told of a measure; None is unknown."""
        return next((one for one in self.lines if one.measure is measure), None)

    def about(self) -> list[tuple[str, str]]:
        """Name the event, and who froze its count when: each with its name, as far as it's known."""
        event, frozen = self.event, self.frozen
        told: list[tuple[object, object]] = [
            (label("Figure", "event"), event.whole_title),
            (gettext("When"), event.when or event.date_note),
            (gettext("Where"), event.where),
            (label("Event", "office"), event.office),
        ]
        if frozen is not None:
            told += [
                (label("Figure", "source"), frozen.source),
                (gettext("Counted by"), frozen.created_by),
                (label("Figure", "note"), frozen.note),
            ]
        return [(str(name), str(value)) for name, value in told if value]

    def definitions(self) -> Iterator[str]:
        """Say in the current language what was counted, and what the reservations of numbers mean."""
        if self.frozen is not None:
            known = self.frozen.content["definitions"]
            yield from known.get(spoken(str(get_locale())), ())
            if self.count.directions is None:
                yield gettext("Which side gave what wasn't counted at that time.")
        if any(one.counted and one.counted.all is not None for one in self.lines):
            yield gettext(
                "Sums of estimates are rounded to two or three digits, and say on which side of it the sum lies."
            )
        used = {one.quantity.qualifier for one in self.lines}
        yield from (f"{one.title}: {text}" for one, text in DEFINITIONS.items() if one in used)


def build(event: Event) -> Result:
    """Gather what is told of an event, as far as the person may read it."""
    counts: Sequence[EventResult] = ()
    if current().reads(EventResult):
        counts = db.session.scalars(evening.results(event.id)).all()
    frozen = counts[0] if counts else None
    lines: dict[Measure, Line] = {}
    if current().reads(Figure):
        reported = db.session.scalars(figures.of_event(event.id))
        lines = {one.measure: _reported(one) for one in reported if one.chosen and one.measure in UNITS}
    if frozen is not None:
        # What was counted before is over, also where nothing of it is left.
        over = {one.reported_as for one in counts}
        lines = {measure: line for measure, line in lines.items() if line.source not in over}
        lines |= {one.measure: _counted(one, frozen) for one in frozen.measures()}
    return Result(event, frozen, tuple(lines[measure] for measure in MEASURES if measure in lines))


def _reported(figure: Figure) -> Line:
    return Line(figure.measure, figure.quantity, figure.unit, figure.source, figure.as_of, figure.source_url)


def _counted(one: Counted, frozen: EventResult) -> Line:
    day = frozen.counted_at.date()
    return Line(one.measure, one.quantity, UNITS[one.measure], frozen.source, day, counted=one)
