"""The figures that reports count."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, func, select

from app.models.events import Event
from app.models.figures import Figure, Measure


def of_event(event_id: int) -> Select[Figure]:
    """What was reported of an event: of each measure the chosen figure first, then by source."""
    return (
        select(Figure)
        .where(Figure.event_id == event_id)
        .order_by(Figure.measure, Figure.chosen.desc(), Figure.source, Figure.id)
    )


def chosen(events: Select[Event]) -> Select[Figure]:
    """The figures of these events that were chosen for reports: at most one of an event and measure."""
    return select(Figure).where(Figure.chosen, Figure.event_id.in_(_keys(events))).order_by(Figure.id)


def undecided(events: Select[Event]) -> Select[int | None, Measure]:
    """The key of the event and the measure wherever something was reported and nothing chosen."""
    return (
        select(Figure.event_id, Figure.measure)
        .where(Figure.event_id.in_(_keys(events)))
        .group_by(Figure.event_id, Figure.measure)
        .having(func.count().filter(Figure.chosen) == 0)
    )


def _keys(events: Select[Event]) -> Select[int]:
    return events.with_only_columns(Event.id).order_by(None)


def of_events(events: Collection[int], measures: Collection[Measure]) -> Select[Figure]:
    """The same of the events with these keys, for some measures."""
    return select(Figure).where(Figure.chosen, Figure.event_id.in_(events), Figure.measure.in_(measures))
