"""The network: who holds marketplaces, where, and in which years."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from app.access import Section
from app.core import clock
from app.core.db import db
from app.core.excel import Kind
from app.core.pictures import Cell, Chart, Heading, Line, Picture
from app.labels import label
from app.models.offices import State
from app.queries import events, offices
from app.reports import pictures
from app.reports.base import Report

SITES = 200
OFFICES = 100
YEARS = 12


def held() -> Picture:
    """Marketplaces that were held, by state and year. A zero is one: all of them are counted."""
    found = {(state, year): count for state, year, count in db.session.execute(events.by_state_and_year())}
    known = sorted({year for _state, year in found if year is not None})
    shown = known[-YEARS:]
    earlier, undated = known[:-YEARS], any(year is None for _state, year in found)
    columns: list[tuple[str, set[int | None]]] = [(str(year), {year}) for year in shown]
    if earlier:
        columns.insert(0, (gettext("until %(year)s", year=earlier[-1]), set(earlier)))
    if undated:
        columns.append((gettext("without a date"), {None}))
    columns.append((gettext("Total"), {*known, None}))
    states = sorted({state for state, _year in found if state}, key=str)
    rows: list[State | None] = [*states, *([None] if any(state is None for state, _year in found) else [])]
    lines = [
        Line(
            str(state) if state else gettext("no state"),
            tuple(sum(found.get((state, year), 0) for year in years) for _title, years in columns),
            key=state.value if state else "",
        )
        for state in rows
    ]
    hottest = max((int(str(cell)) for line in lines for cell in line.cells[:-1]), default=0)
    sums = tuple(sum(int(str(line.cells[at])) for line in lines) for at in range(len(columns)))
    return Picture(
        "network_events",
        _("Marketplaces held, by state and year"),
        label("Office", "state"),
        (*(Heading(title, heat=hottest) for title, _years in columns[:-1]), Heading(columns[-1][0])),
        lines,
        (Chart(_("Marketplaces held"), (len(columns) - 1,), "bars"),),
        Line(gettext("Total"), sums) if lines else None,
        plain=True,
    )


def sites() -> Picture:
    """Where marketplaces were held: a list, and the same as points on a map as far as a place is known."""
    found = db.session.execute(events.sites().limit(SITES + 1)).all()
    lines = []
    for city, state, count, _placed, first, last, latitude, longitude in found[:SITES]:
        place = (latitude, longitude) if latitude is not None and longitude is not None else None
        lines.append(
            Line(
                city or gettext("no city"),
                (state, count, first, last),
                place=place,
            )
        )
    missing = sum(row[2] - row[3] for row in found[:SITES])
    notes = []
    if missing:
        notes.append(
            ngettext(
                "%(num)s marketplace without a place on the map",
                "%(num)s marketplaces without a place on the map",
                missing,
            )
        )
    if len(found) > SITES:
        notes.append(gettext("The %(count)s sites with the most marketplaces.", count=SITES))
    return Picture(
        "network_sites",
        _("Sites of marketplaces"),
        label("Event", "city"),
        (
            Heading(label("Event", "state"), Kind.TEXT),
            Heading(_("Marketplaces held")),
            Heading(_("First on"), Kind.DATE),
            Heading(_("Last on"), Kind.DATE),
        ),
        lines,
        (Chart(_("Marketplaces held"), (1,), "map"),),
        _total(lines, 1),
        notes=notes,
        plain=True,
    )


def regions() -> Picture:
    """The offices, with what they have held and what they plan."""
    found = db.session.execute(offices.with_marketplaces(clock.today()).limit(OFFICES + 1)).all()
    lines = [
        Line(
            str(office),
            (office.kind, office.state, count, last, ahead),
            office,
        )
        for office, count, last, ahead in found[:OFFICES]
    ]
    notes = [gettext("The first %(count)s offices.", count=OFFICES)] if len(found) > OFFICES else []
    return Picture(
        "network_offices",
        _("Offices of the network"),
        label("Activity", "office"),
        (
            Heading(label("Office", "kind"), Kind.TEXT),
            Heading(label("Office", "state"), Kind.TEXT),
            Heading(_("Marketplaces held")),
            Heading(_("Last on"), Kind.DATE),
            Heading(_("Next on"), Kind.DATE),
        ),
        lines,
        total=_total(lines, 2),
        notes=notes,
    )


def _total(lines: Sequence[Line], at: int) -> Line | None:
    """Give the line below, with the sum of one column; None below nothing."""
    if not lines:
        return None
    cells: list[Cell] = [None] * len(lines[0].cells)
    cells[at] = sum(int(str(line.cells[at])) for line in lines)
    return Line(gettext("Total"), cells)


def _build() -> list[Picture]:
    return [held(), regions(), sites()]


REPORT = Report(
    name="network",
    title=_("Totals of the network"),
    summary=_("Where and when marketplaces were held, and by whom: for ministries and sponsors."),
    build=_build,
    write=pictures.write_report,
    tables=pictures.tables,
    section=Section.EVENTS,
    template="reports/pictures.html",
)
