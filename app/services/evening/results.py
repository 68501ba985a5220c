"""What is counted of an event: live while it lasts, and frozen by the gong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from flask_babel import force_locale, gettext

from app.access import current
from app.core.db import db
from app.models.categories import Category, Side
from app.models.contracts import Contract
from app.models.counting import EDITION, Corner, Count, Direction
from app.models.events import Event
from app.models.languages import Language
from app.models.results import EventResult, ResultKind
from app.queries import evening
from app.services.base import hold

Line = tuple[int, int | None, Category | None, Decimal | None, Decimal | None, Side | None]


def count(event: Event) -> Count:
    """Count the contracts of an event that weren't cancelled."""
    rows: Iterable[Line] = db.session.execute(evening.lines(event.id))
    corners = {category: Corner(category) for category in Category}
    directions = {side: Direction(side) for side in (*Side, None)}
    for one in event.corners:
        corners[one.category].names.append(one.name)
    counted = Count()
    for key, number, category, hours, value, side in rows:
        first = not counted.ids or counted.ids[-1] != key
        if first:
            counted.ids.append(key)
            if number is not None:
                counted.numbers.append(number)
        if category is None:  # a contract of which nobody has written what it's about
            corners[Category.OTHER].contracts += 1
            continue
        corner, direction = corners[category], directions[side]
        # It's counted once, in the corner of what it begins with.
        corner.contracts += first
        counted.contributions += 1
        direction.contributions += 1
        for part in (counted, corner, direction):
            part.hours.add(hours)
            part.value.add(value)
    counted.corners = [one for one in corners.values() if one.contracts or one.value.known or one.hours.known]
    counted.directions = [one for one in directions.values() if one.contributions]
    return counted


def freeze(event: Event, at: datetime, *, after: int, note: str | None = None) -> EventResult | None:
    """Freeze the count: the first time it's the gong, later a correction.

    ``after`` is the key of the result on which the decision was made, 0 for none; where there's a newer one, as with a
    second click, nothing is frozen. No contract can be entered while it's counted, see ``desk.enter``.
    """
    hold(event)
    last = latest(event)
    if (last.id if last else 0) != after:
        return None
    counted = count(event)
    sides = dict(db.session.execute(evening.came(event.id)).all())
    result = EventResult(
        event=event,
        kind=ResultKind.FINAL if last else ResultKind.GONG,
        note=note or None,
        content={
            "edition": EDITION,
            "event": str(event),
            "counted_at": at.isoformat(),
            "counted_by": current().actor,
            **counted.frozen(),
            "organisations": {side.value: sides.get(side, 0) for side in Side},
            "people": db.session.scalar(evening.checked_in(event.id)) or 0,
            "definitions": _in_all_languages(counted),
        },
    )
    db.session.add(result)
    db.session.flush()
    return result


def latest(event: Event) -> EventResult | None:
    """Give the result that counts; None before the gong."""
    return db.session.scalars(evening.results(event.id).limit(1)).one_or_none()


def later(frozen: Count, now: Count) -> int:
    """Count the contracts that came after the gong."""
    return len(set(now.ids) - set(frozen.ids))


def recent(event: Event, number: int) -> list[Contract]:
    """Give the contracts that were entered last."""
    return list(db.session.scalars(evening.latest(event.id, number)))


def _in_all_languages(counted: Count) -> dict[str, list[str]]:
    found = {}
    for language in Language:
        with force_locale(language.value):
            found[language.value] = list(_definitions(counted))
    return found


def _definitions(counted: Count) -> Iterator[str]:
    """Say what was counted, as it has to be said beside the numbers."""
    yield gettext(
        "Contracts: those of this event that weren't cancelled, each once, however many parties it has."
    )
    yield gettext(
        "Equivalent value: the sum of what is estimated for %(known)s of %(all)s contributions, in euros; the others "
        "have no estimate and count for nothing.",
        known=counted.value.known,
        all=counted.contributions,
    )
    yield gettext(
        "Hours: the sum of what is written for %(known)s of %(all)s contributions.",
        known=counted.hours.known,
        all=counted.contributions,
    )
    yield gettext("By corner: each contract once, in the corner of its first contribution.")
    yield gettext(
        "Give and take: each contribution by the side on which its giver signed the contract; where nobody has "
        "written who gives, apart."
    )
    yield gettext("Organisations: those with the status “attended”. People: those who were checked in.")
