"""Contracts and their value, by year and by event: what the database counts beside what was reported."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.core.db import db
from app.core.excel import Kind
from app.core.pictures import Cell, Chart, Heading, Line, Picture, joined, quantity, summed
from app.core.values import Qualifier, Quantity, Total, total
from app.models.figures import Measure
from app.queries import contracts, events, figures
from app.reports.base import DEFINITIONS

MEASURES = (Measure.CONTRACTS, Measure.VALUE)
EVENTS = 10

HEADINGS = (
    Heading(_("Contracts, counted")),
    Heading(_("Equivalent value, counted"), Kind.MONEY),
    Heading(_("Contracts, reported")),
    Heading(_("Equivalent value, reported"), Kind.MONEY),
)
CHARTS = (Chart(Measure.CONTRACTS.title, (0, 2)), Chart(Measure.VALUE.title, (1, 3)))
LYING = tuple(Chart(one.title, one.columns, "bars") for one in CHARTS)

_COUNTED_MEANS = _(
    "Counted: contracts that are on file and weren't cancelled, with what their contributions are worth."
)
_REPORTED_MEANS = _("Reported: the figures that were chosen for reports. The two are never added up.")
_MIXED = DEFINITIONS[Qualifier.MIXED]
_PARTIAL = _("“3 of 5”: only so many state it; the rest is unknown, not zero.")


def by_year() -> Picture:
    """All contracts by the year of their agreement, and what marketplaces reported by the year when they were held."""
    counted = {row[0]: _counted(*row[1:]) for row in db.session.execute(contracts.by_year())}
    held: dict[int | None, int] = dict(db.session.execute(events.held_by_year()).all())
    parts: dict[tuple[int | None, Measure], list[tuple[Quantity, int]]] = {}
    for year, measure, qualifier, used, number in db.session.execute(events.reported_by_year(MEASURES)):
        parts.setdefault((year, measure), []).append((Quantity(number, qualifier), used))
    lines = []
    for year in sorted({*counted, *held}, key=lambda one: (one is None, one or 0)):
        reported = (summed(parts.get((year, one), ()), held.get(year, 0)) for one in MEASURES)
        name = gettext("without a date") if year is None else str(year)
        lines.append(Line(name, (*counted.get(year, _counted(0, 0, None)), *reported)))
    return _picture("contracts_by_year", _("Contracts and value by year"), gettext("Year"), lines, CHARTS)


def by_event() -> Picture:
    """The marketplaces that were held last."""
    found = db.session.scalars(events.latest(EVENTS)).all()
    keys = [event.id for event in found]
    counted = {row[0]: _counted(*row[1:]) for row in db.session.execute(contracts.by_event(keys))}
    reported: dict[tuple[int | None, Measure], Quantity] = {
        (figure.event_id, figure.measure): figure.quantity
        for figure in db.session.scalars(figures.of_events(keys, MEASURES))
    }
    cities = Counter(event.city for event in found)
    lines = [
        Line(
            str(event),
            (
                *counted.get(event.id, _counted(0, 0, None)),
                *(total([reported.get((event.id, one))]) for one in MEASURES),
            ),
            event,
            event.city if event.city and cities[event.city] == 1 else str(event),
        )
        for event in found
    ]
    title = _("The latest marketplaces")
    return _picture("contracts_by_event", title, gettext("Event"), lines, LYING)


def _counted(number: int, used: int, worth: Decimal | None) -> tuple[Total, Total]:
    """Give the contracts, and their value as far as they state one."""
    value = None if worth is None else Quantity(worth)
    return Total(Quantity(number), number, number), Total(value, used, number)


def _picture(
    name: str, title: LazyString, first: str, lines: list[Line], charts: tuple[Chart, ...]
) -> Picture:
    notes: list[str | LazyString] = [_COUNTED_MEANS, _REPORTED_MEANS]
    cells = [cell for line in lines for cell in line.cells if isinstance(cell, Total)]
    if any(cell.quantity is not None and cell.used < cell.of for cell in cells):
        notes.append(_PARTIAL)
    sums: list[Cell] = [
        joined([cell for line in lines if isinstance(cell := line.cells[at], Total)])
        for at in range(len(HEADINGS))
    ]
    if any((known := quantity(one)) and known.qualifier is Qualifier.MIXED for one in (*cells, *sums)):
        notes.append(gettext("* %(word)s: %(meaning)s", word=Qualifier.MIXED.title, meaning=_MIXED))
    return Picture(
        name,
        title,
        first,
        HEADINGS,
        lines,
        charts,
        Line(gettext("Total"), sums) if len(lines) > 1 else None,
        tuple(notes),
    )
