"""The six marketplaces of 2006 exactly as the domain states them, with a second source that wasn't chosen."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.core.values import Qualifier
from app.models.events import Event, EventStatus
from app.models.figures import Measure, Unit
from app.models.offices import Office
from tests import factories as make

ABOUT, EXACT, OVER, UNDER = Qualifier.ABOUT, Qualifier.EXACT, Qualifier.OVER, Qualifier.UNDER
COMPANIES, NONPROFITS = Measure.COMPANIES, Measure.NONPROFITS
PARTICIPANTS, CONTRACTS, VALUE = Measure.PARTICIPANTS, Measure.CONTRACTS, Measure.VALUE
PAGE_AS_OF = date(2006, 11, 15)  # the latest day that the page names
UNITS = {
    COMPANIES: Unit.ORGANISATIONS,
    NONPROFITS: Unit.ORGANISATIONS,
    PARTICIPANTS: Unit.PEOPLE,
    CONTRACTS: Unit.CONTRACTS,
    VALUE: Unit.EUROS,
}

EVENTS: tuple[tuple[dict[str, Any], tuple[tuple[Any, ...], ...]], ...] = (
    (
        {"title": "Ruhrdax", "city": "Essen", "starts_on": date(2006, 9, 18)},
        ((COMPANIES, 90), (NONPROFITS, 150, ABOUT), (CONTRACTS, 97), (VALUE, 200_000, UNDER)),
    ),
    (
        {"title": "Marktplatz „Gute Geschäfte“", "city": "Jena", "starts_on": date(2006, 9, 27)},
        ((COMPANIES, 30, EXACT, Unit.UNCLEAR), (NONPROFITS, 30, EXACT, Unit.UNCLEAR), (CONTRACTS, 87)),
    ),
    (
        {"title": "Marktplatz", "city": "Kassel", "starts_on": None},
        ((PARTICIPANTS, 25, ABOUT, Unit.UNCLEAR), (CONTRACTS, 68), (VALUE, 80_000, ABOUT)),
    ),
    (
        {"title": "Gute-Tat Marktplatz", "edition": "1.", "city": "Berlin", "starts_on": date(2006, 11, 7)},
        ((COMPANIES, 42), (NONPROFITS, 44), (PARTICIPANTS, 130, OVER), (CONTRACTS, 84)),
    ),
    (
        {"title": "Marktplatz", "city": "Frankfurt", "starts_on": date(2006, 11, 9)},
        (
            (COMPANIES, 40, EXACT, Unit.REPRESENTATIVES),
            (NONPROFITS, 60, EXACT, Unit.REPRESENTATIVES),
            (CONTRACTS, 100),
            (VALUE, 130_000, OVER),
        ),
    ),
    (
        {
            "title": "Düsseldorf gewinnt",
            "city": "Düsseldorf",
            "starts_on": date(2006, 11, 15),
            "date_note": "year implied",
        },
        ((CONTRACTS, 120, OVER), (VALUE, 270_000)),
    ),
)


def held(office: Office, **facts: Any) -> Event:
    """Make a marketplace that was held."""
    return make.event(office, **{"status": EventStatus.HELD, **facts})


def chosen(
    event: Event,
    measure: Measure,
    number: Any,
    qualifier: Qualifier = EXACT,
    unit: Unit | None = None,
    **more: Any,
) -> Any:
    """Make a figure that counts."""
    unit = unit or UNITS.get(measure, Unit.UNCLEAR)
    return make.figure(event, measure, number, qualifier=qualifier, unit=unit, chosen=True, **more)


def six(office: Office) -> list[Event]:
    """Make the six events."""
    events = []
    for facts, figures in EVENTS:
        event = held(office, **facts)
        for figure in figures:
            chosen(event, *figure, as_of=PAGE_AS_OF)
        events.append(event)
    make.figure(events[0], CONTRACTS, 131, source="another newspaper")
    return events
