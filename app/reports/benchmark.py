"""An event beside the median of other offices' events. No office is named, and a median of few isn't told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.access import current, everything
from app.access.few import FEW
from app.core.db import db
from app.models.contracts import Contract
from app.models.events import Event
from app.models.participations import Participation
from app.queries import benchmark
from app.queries.benchmark import Compared

_TENTH = Decimal("0.1")
_AGREED = {Compared.CONTRACTS, Compared.PER_ORGANISATION, Compared.KEPT}


@dataclass(frozen=True)
class Line:
    """A measure: the event's own number, and the median of the others; None is unknown, or not told."""

    what: Compared
    own: Decimal | None
    median: Decimal | None
    #: What stands behind the median.
    offices: int = 0
    events: int = 0


def of_event(event: Event) -> Iterator[Line]:
    """Compare an event, in what the person may read."""
    for what in Compared:
        if not current().reads(Contract if what in _AGREED else Participation):
            continue
        own = db.session.execute(benchmark.numbers(what, Event.id == event.id)).first()
        yield _line(what, _rounded(own[1] if own is not None else None), event)


def _line(what: Compared, own: Decimal | None, event: Event) -> Line:
    """Look at all offices for a median and the numbers behind it, and at no row of theirs."""
    scope = current()
    seen = None if scope.everywhere else set(scope.offices)
    others = benchmark.held_elsewhere(event.office_id)
    with everything(scope.actor):
        offices, unseen, events = db.session.execute(benchmark.offices(what, seen, *others)).one()
        # Who sees four of five offices could reckon the number of the fifth.
        if offices < FEW or 0 < unseen < FEW:
            return Line(what, own, None)
        median = db.session.scalar(benchmark.median(what, *others))
    return Line(what, own, _rounded(median), offices, events)


def _rounded(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number)).quantize(_TENTH, ROUND_HALF_UP).normalize()
