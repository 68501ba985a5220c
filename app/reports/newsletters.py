"""Newsletters in numbers: who was asked, who said yes, who left, and how many that leaves, by month and by source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import babel.dates
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.access import Section, few
from app.access.few import FEW, answered, hides, rate
from app.core import clock
from app.core.db import db
from app.core.pictures import Cell, Chart, Heading, Line, Picture
from app.core.values import display, formatting_locale
from app.labels import label
from app.models.subscribers import ConsentChannel
from app.queries import consents, newsletters
from app.reports import pictures
from app.reports.base import Parameter, Report

MONTHS = 12
SOURCES = 15
_ASKED, _YES, _LEFT = Heading(_("Asked")), Heading(_("Confirmed")), Heading(_("Ended"))
_RATE = Heading(_("Confirmation rate, %"))
_SOURCES = _("Ended: by the way on which the subscription had been asked for.")
_NOTES = (
    _("Asked: requested, entered by staff, or imported. Confirmed: how many of these have said yes since."),
    _("Ended: withdrawn, or unconfirmed again with a new address, where it had counted."),
)


def build(newsletter: str | None, year: int | None) -> list[Picture]:
    """Read the log of a newsletter, or of all; of a year, or of the last twelve months."""
    days = [date(year, number, 1) for number in range(1, MONTHS + 1)] if year else []
    days = days or [clock.month(clock.today(), back) for back in reversed(range(MONTHS))]
    days.append(clock.month(days[-1], -1))
    return [_by_month(days, newsletter), _by_source(days, newsletter)]


def _by_month(days: Sequence[date], newsletter: str | None) -> Picture:
    bounds = [clock.midnight(day) for day in days]
    asked = {
        month: counts for month, *counts in db.session.execute(consents.asked_by_month(bounds, newsletter))
    }
    came: Counter[int] = Counter()
    went: Counter[int] = Counter()
    for month, step, count in db.session.execute(consents.changes(bounds, newsletter)):
        (came if step in consents.SAID_YES else went)[month] += count
    lines, left = [], came[-1] - went[-1]
    rows = [_Row(*asked.get(at, (0, 0))) + _Row(ended=went[at]) for at in range(MONTHS)]
    for at, (day, cells) in enumerate(zip(days, _cells(rows), strict=False)):
        left += came[at] - went[at]
        if not hides():  # what a month adds to those before would tell a small number after all
            cells.append(left)
        name = babel.dates.format_date(day, "MMM yyyy", locale=formatting_locale())
        lines.append(Line(name, cells, day=day, key=f"{day:%Y-%m}"))
    headings = (_ASKED, _YES, _RATE, _LEFT, *(() if hides() else (Heading(_("Subscribed at the end")),)))
    charts = [Chart(_("Asked, confirmed, ended"), (0, 1, 3))]
    if not hides():
        charts.append(Chart(_("Subscribed at the end"), (4,)))
    notes = (*_NOTES, _few()) if hides() else _NOTES
    return Picture("by_month", _("By month"), _("Month"), headings, lines, charts, notes=notes, plain=True)


@dataclass(frozen=True)
class _Row:
    """How many people were asked, how many of these said yes, and how many left."""

    asked: int = 0
    said_yes: int = 0
    ended: int = 0

    def __add__(self, other: _Row) -> _Row:
        return _Row(self.asked + other.asked, self.said_yes + other.said_yes, self.ended + other.ended)


def _cells(rows: Sequence[_Row]) -> Iterator[list[Cell]]:
    """Give asked, confirmed, rate and ended of each row, as far as this person may know them."""
    columns = (few.column([one.asked for one in rows]), few.column([one.said_yes for one in rows]))
    ended = few.column([one.ended for one in rows])
    for row, asked, said_yes, left in zip(rows, *columns, ended, strict=True):
        known = row.asked in {0, asked} and row.said_yes in {0, said_yes}
        yes = said_yes if said_yes is None else answered(row.said_yes, row.asked)
        yield [asked, yes, rate(row.said_yes, row.asked) if known else None, left]


def _by_source(days: Sequence[date], newsletter: str | None) -> Picture:
    bounds = [clock.midnight(day) for day in days]
    found: dict[tuple[ConsentChannel, str | None], _Row] = {}
    for channel, page, asked, said_yes in db.session.execute(consents.asked_by_source(bounds, newsletter)):
        found[channel, page] = _Row(asked, said_yes)
    for channel, page, ended in db.session.execute(consents.ended_by_source(bounds, newsletter)):
        found[channel, page] = found.get((channel, page), _Row()) + _Row(ended=ended)
    names = [_named(display(channel), page) for channel, page in found]
    keys = [_named(channel.value, page) for channel, page in found]
    sources = list(zip(zip(names, keys, strict=True), found.values(), strict=True))
    first, rest = sources[: SOURCES - 1], sources[SOURCES - 1 :]
    if rest:
        first.append(((gettext("others"), "others"), sum((row for _names, row in rest), _Row())))
    cells = _cells([row for _names, row in first])
    lines = [Line(name, tuple(some), key=key) for ((name, key), _row), some in zip(first, cells, strict=True)]
    headings, chart = (_ASKED, _YES, _RATE, _LEFT), Chart(_("Asked, confirmed, ended"), (0, 1, 3), "bars")
    notes = (_SOURCES, *((_few(),) if hides() else ()))
    return Picture(
        "by_source", _("By source"), _("Source"), headings, lines, (chart,), notes=notes, plain=True
    )


def _named(channel: str, page: str | None) -> str:
    return f"{channel}: {page}" if page else channel


def _few() -> str:
    return gettext(
        "Numbers from 1 to %(most)s are not told exactly, so that nobody is recognised; nor is what would give"
        " them away, such as the numbers of a single newsletter.",
        most=FEW - 1,
    )


def read_newsletter(text: str) -> str | None:
    """Read the name of a newsletter. Raises ValueError for one that can't be chosen.

    That's each of them where all of them less the others would tell a small number.
    """
    if text and text not in _newsletters():
        raise ValueError(text)
    return text or None


def _newsletters() -> Sequence[str]:
    """Give the names that can be asked for."""
    return [] if hides() else db.session.scalars(newsletters.names()).all()


def read_year(text: str) -> int | None:
    """Read a year of the log. Raises ValueError for what is none."""
    if text and text not in {str(year) for year in _years()}:
        raise ValueError(text)
    return int(text) if text else None


def _years() -> list[int]:
    """Give the years that can be asked for: this one and nine before it."""
    return [clock.today().year - back for back in range(10)]


REPORT = Report(
    name="newsletters",
    title=_("Newsletter in numbers"),
    summary=_("Sign-ups, confirmations and withdrawals by month and source; no address."),
    build=build,
    write=pictures.write_report,
    tables=pictures.tables,
    template="reports/pictures.html",
    section=Section.NEWSLETTERS,
    parameters=(
        Parameter(
            "newsletter",
            label("Subscription", "newsletter"),
            _("all newsletters"),
            read_newsletter,
            _newsletters,
        ),
        Parameter("year", _("Year"), _("the last twelve months"), read_year, _years),
    ),
)
