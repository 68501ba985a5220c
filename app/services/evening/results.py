"""What is counted of an event: live while it lasts, and frozen by the gong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import force_locale, gettext

from app.access import current
from app.core.db import db
from app.core.values import Quantity
from app.models.categories import Category, Side
from app.models.contracts import Contract
from app.models.events import Event
from app.models.languages import Language
from app.models.results import EventResult, ResultKind
from app.queries import evening
from app.services.base import hold

Line = tuple[int, int | None, Category | None, Decimal | None, Decimal | None]
EDITION = 1  # of what a frozen count holds


@dataclass
class Sum:
    """A sum with the number of those that were known; None where none was."""

    number: Decimal | None = None
    known: int = 0

    def add(self, number: Decimal | None) -> None:
        """Add what is known. Unknown is not zero."""
        if number is not None:
            self.number, self.known = (self.number or Decimal(0)) + number, self.known + 1

    def text(self, unit: str = "") -> str:
        """Read it in the current locale; a dash where nobody knows."""
        return "–" if self.number is None else Quantity(self.number).text(unit)

    def frozen(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return {"number": None if self.number is None else str(self.number), "known": self.known}

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> Sum:
        """Read what ``frozen`` wrote."""
        return cls(None if kept["number"] is None else Decimal(kept["number"]), kept["known"])


@dataclass
class Corner:
    """A category under the names of the event's corners for it: contracts, and what contributions of it are worth."""

    category: Category
    names: list[str] = field(default_factory=list)
    contracts: int = 0
    value: Sum = field(default_factory=Sum)
    hours: Sum = field(default_factory=Sum)

    @property
    def title(self) -> str:
        """What the hall calls it."""
        return " · ".join(self.names) or str(self.category)


@dataclass
class Count:
    """How many contracts, and what their contributions are worth and take, as far as that is known."""

    ids: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    contributions: int = 0
    value: Sum = field(default_factory=Sum)
    hours: Sum = field(default_factory=Sum)
    corners: list[Corner] = field(default_factory=list)

    @property
    def contracts(self) -> int:
        """How many contracts."""
        return len(self.ids)

    def frozen(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return {
            "contracts": self.contracts,
            "ids": self.ids,
            "numbers": self.numbers,
            "contributions": self.contributions,
            "value": self.value.frozen(),
            "hours": self.hours.frozen(),
            "corners": [
                {
                    "category": one.category.value,
                    "names": one.names,
                    "contracts": one.contracts,
                    "value": one.value.frozen(),
                    "hours": one.hours.frozen(),
                }
                for one in self.corners
            ],
        }

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> Count:
        """Read what ``frozen`` wrote."""
        corners = [
            Corner(
                Category(one["category"]),
                one["names"],
                one["contracts"],
                Sum.thawed(one["value"]),
                Sum.thawed(one["hours"]),
            )
            for one in kept["corners"]
        ]
        value, hours = Sum.thawed(kept["value"]), Sum.thawed(kept["hours"])
        return cls(kept["ids"], kept["numbers"], kept["contributions"], value, hours, corners)


def count(event: Event) -> Count:
    """Count the contracts of an event that weren't cancelled."""
    rows: Iterable[Line] = db.session.execute(evening.lines(event.id))
    corners = {category: Corner(category) for category in Category}
    for one in event.corners:
        corners[one.category].names.append(one.name)
    counted = Count()
    for key, number, category, hours, value in rows:
        first = not counted.ids or counted.ids[-1] != key
        if first:
            counted.ids.append(key)
            if number is not None:
                counted.numbers.append(number)
        if category is None:  # a contract of which nobody has written what it's about
            corners[Category.OTHER].contracts += 1
            continue
        corner = corners[category]
        # It's counted once, in the corner of what it begins with.
        corner.contracts += first
        counted.contributions += 1
        for total, part, known in (
            (counted.hours, corner.hours, hours),
            (counted.value, corner.value, value),
        ):
            total.add(known)
            part.add(known)
    counted.corners = [one for one in corners.values() if one.contracts or one.value.known or one.hours.known]
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
    yield gettext("Organisations: those with the status “attended”. People: those who were checked in.")
