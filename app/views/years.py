"""Over the years: what an organisation has done in all, with whom it agrees again, and who comes back to a series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from babel.lists import format_list
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from app.access import current
from app.core.db import db
from app.core.values import format_decimal, formatting_locale
from app.models.contracts import Contract
from app.models.events import Event
from app.models.organisations import Organisation
from app.models.participations import Participation
from app.models.series import Series
from app.queries import years

#: Numbers that are written as words.
WORDS = {
    2: _("two"), 3: _("three"), 4: _("four"), 5: _("five"), 6: _("six"), 7: _("seven"), 8: _("eight"),
    9: _("nine"), 10: _("ten"), 11: _("eleven"), 12: _("twelve"),
}  # fmt: skip
#: Hours are estimates: from here on, two digits of them say all that is known.
ROUGH = 100
PARTNERS = 10
PAIRS = 50


@dataclass(frozen=True)
class Story:
    """All that an organisation has done, as one sentence; notes say of how much of it a number is known."""

    sentence: str
    notes: Sequence[str]


@dataclass(frozen=True)
class Pair:
    """Two organisations that agreed with each other at several events."""

    one: Organisation
    other: Organisation
    events: int


@dataclass(frozen=True)
class Turnout:
    """Who came to an event of a series, as against those before it. None for the first one."""

    event: Event
    came: int
    new: int | None = None
    returning: int | None = None
    #: How many of those who came to the event before came again, and how many these were.
    again: int | None = None
    before: int | None = None

    @property
    def share(self) -> int | None:
        """The share of those who came again, in percent."""
        if self.again is None or not self.before:
            return None
        return int((Decimal(100 * self.again) / self.before).quantize(Decimal(1), ROUND_HALF_UP))


# --- an organisation ------------------------------------------------------------------------------------------
def story(item: Organisation) -> Story | None:
    """Tell an organisation's marketplaces in a sentence; None where there was none, or where it may not be read."""
    scope = current()
    if not all(scope.reads(model) for model in (Participation, Contract, Event)):
        return None
    markets = db.session.scalar(years.markets(item.id)) or 0
    if not markets:
        return None
    visits, stated, heads = db.session.execute(years.people(item.id)).one()
    contracts, elsewhere, timed, hours = db.session.execute(years.agreed(item.id)).one()
    parts: list[str] = []
    notes: list[str] = []
    if contracts:
        number = format_decimal(contracts)
        parts.append(ngettext("%(number)s contract", "%(number)s contracts", contracts, number=number))
    if heads:
        parts.append(_people(int(heads), whole=stated == visits))
        notes += _known(gettext("People"), stated, visits)
    if hours:
        parts.append(_hours(hours, whole=timed == contracts + elsewhere))
        notes += _known(gettext("Hours"), timed, contracts + elsewhere)
    if elsewhere:
        text = ngettext(
            "%(number)s contract was made outside marketplaces; its hours are included.",
            "%(number)s contracts were made outside marketplaces; their hours are included.",
            elsewhere,
            number=format_decimal(elsewhere),
        )
        notes.append(text)
    where = ngettext(
        "one marketplace",
        "%(number)s marketplaces",
        markets,
        number=WORDS.get(markets, format_decimal(markets)),
    )
    if not parts:
        return Story(gettext("Came to %(markets)s.", markets=where), notes)
    what = format_list(parts, locale=formatting_locale())
    return Story(gettext("%(what)s in %(markets)s", what=what, markets=where), notes)


def _people(number: int, *, whole: bool) -> str:
    written = format_decimal(number)
    text = written if whole else gettext("at least %(number)s", number=written)
    return ngettext("%(number)s person", "%(number)s people", number, number=text)


def _hours(number: Decimal, *, whole: bool) -> str:
    """Write hours: two digits of many, downwards where not all are known, since then they are at least so many."""
    step = Decimal(1).scaleb(number.adjusted() - 1) if number >= ROUGH else Decimal("0.01")
    rough = (number / step).quantize(Decimal(1), ROUND_HALF_UP if whole else ROUND_FLOOR) * step
    written = format_decimal(rough)
    if not whole:
        written = gettext("at least %(number)s", number=written)
    elif rough != number:
        written = gettext("about %(number)s", number=written)
    return ngettext("%(number)s hour", "%(number)s hours", 1 if rough == 1 else 2, number=written)


def _known(what: str, used: int, every: int) -> Iterator[str]:
    if used < every:
        yield gettext(
            "%(what)s: known of %(used)s of %(all)s.",
            what=what,
            used=format_decimal(used),
            all=format_decimal(every),
        )


def partners(item: Organisation) -> list[Pair]:
    """Give those with whom an organisation agreed at several events."""
    if not current().reads(Contract):
        return []
    return _pairs(db.session.execute(years.pairs(organisation_id=item.id).limit(PARTNERS)).all())


def _pairs(found: Sequence[tuple[int, int, int]]) -> list[Pair]:
    """Name the two of each pair; one that isn't shared any more is left out."""
    keys = {key for one, other, _events in found for key in (one, other)}
    known = {row.id: row for row in db.session.scalars(years.named(keys))} if keys else {}
    return [
        Pair(known[one], known[other], events)
        for one, other, events in found
        if one in known and other in known
    ]


# --- a series -------------------------------------------------------------------------------------------------
def of_series(item: Series) -> dict[str, object] | None:
    """Give who came back from one event of a series to the next, and who agreed again."""
    scope = current()
    turnouts = list(_turnouts(item)) if scope.reads(Participation) and scope.reads(Event) else []
    found = years.pairs(series_id=item.id).limit(PAIRS)
    again = _pairs(db.session.execute(found).all()) if scope.reads(Contract) else []
    return {"turnouts": turnouts, "pairs": again} if turnouts or again else None


def _turnouts(item: Series) -> Iterator[Turnout]:
    events = db.session.scalars(years.of_series(item.id)).all()
    guests: dict[int, set[int]] = {event.id: set() for event in events}
    for event_id, organisation_id in db.session.execute(years.came([event.id for event in events])):
        guests[event_id].add(organisation_id)
    ever: set[int] = set()
    last: set[int] = set()
    for event in events:
        came = guests[event.id]
        if not came:  # nobody wrote down who came: nothing is known, and nothing follows from it
            yield Turnout(event, 0)
            continue
        if ever:
            yield Turnout(event, len(came), len(came - ever), len(came & ever), len(came & last), len(last))
        else:
            yield Turnout(event, len(came))
        ever, last = ever | came, came
