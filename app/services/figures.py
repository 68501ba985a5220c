"""Choose among figures that disagree, and write those of a result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask_babel import force_locale, gettext

from app.core.db import db
from app.core.values import Quantity, spoken
from app.models.figures import UNITS, Figure, Measure
from app.models.results import Counted, EventResult
from app.queries import evening
from app.queries import figures as queries
from app.services.base import hold


def note_choice(figure: Figure, *, by: str, at: datetime) -> None:
    """Keep who chose a figure for the reports and when (UTC); a choice that is taken back leaves no trace."""
    if figure.chosen and figure.chosen_at is None:
        figure.chosen_by, figure.chosen_at = by, at
    elif not figure.chosen:
        figure.chosen_by = figure.chosen_at = None


def report(result: EventResult, *, by: str, at: datetime) -> list[Figure]:
    """Write what a frozen count says as reported figures, in the language of its office; give those that are new.

    Nothing is overwritten: what an earlier count said stands beside it, and what stands there already isn't written
    again. A figure is chosen where no other source's is; that of an earlier count gives way. Flushes; the edge commits.
    """
    event = result.event
    hold(event)  # two clicks at once would both find nothing
    before = db.session.scalars(queries.of_event(event.id)).all()
    known = {_key(one) for one in before}
    others = {one.reported_as for one in db.session.scalars(evening.results(event.id))} - {result.reported_as}
    for figure in before:
        if figure.chosen and figure.source in others:
            figure.chosen = False
            note_choice(figure, by=by, at=at)
    db.session.flush()  # of each measure one is chosen, at any moment
    chosen = {one.measure for one in before if one.chosen}
    with force_locale(spoken(event.office.language.value)):
        written = [one for one in _figures(result, chosen) if _key(one) not in known]
    for figure in written:
        note_choice(figure, by=by, at=at)
    db.session.add_all(written)
    db.session.flush()
    return written


def _key(figure: Figure) -> tuple[Measure, str, Quantity]:
    return figure.measure, figure.source, figure.quantity


def _figures(result: EventResult, chosen: set[Measure]) -> Iterator[Figure]:
    for one in result.measures():
        yield Figure(
            event=result.event,
            measure=one.measure,
            number=one.whole.number,
            qualifier=one.whole.qualifier,
            unit=UNITS[one.measure],
            source=result.source,
            as_of=result.counted_at.date(),
            chosen=one.measure not in chosen,
            note=_note(one),
        )


def _note(one: Counted) -> str | None:
    """Say what was rounded, and what isn't in it: the number stands alone."""
    if one.all is None:
        return None
    return gettext(
        "The sum is %(sum)s; it's known for %(known)s of %(all)s contributions.",
        sum=Quantity(one.number).text("€" if one.measure is Measure.VALUE else ""),
        known=one.known,
        all=one.all,
    )
