"""The places of an event: how many are taken, and who gets the next one."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.db import db
from app.models.categories import Side
from app.models.events import Event
from app.models.participations import Participation
from app.queries import registrations as queries


@dataclass
class Places:
    """The places of a side; ``limit`` is None where nobody has set one."""

    side: Side
    limit: int | None
    taken: int = 0

    @property
    def free(self) -> int | None:
        """How many are left, never less than none; None without a limit."""
        return None if self.limit is None else max(self.limit - self.taken, 0)

    @property
    def full(self) -> bool:
        """Whether nobody gets one any more."""
        return self.free == 0


def places(event: Event) -> dict[Side, Places]:
    """Count the places of each side."""
    counted = {row[0]: row[1] for row in db.session.execute(queries.taken(event.id))}
    return {side: Places(side, event.places(side), counted.get(side, 0)) for side in Side}


def following(event: Event, side: Side) -> Participation | None:
    """Give who is next on the waitlist of a side that has a place."""
    if places(event)[side].full:
        return None
    waiting = queries.waiting(event.id).where(Participation.side == side)
    return db.session.scalars(waiting.limit(1)).first()
