"""Results: what was counted of an event at a moment, frozen. What is announced is never counted a second time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import babel.dates
import sqlalchemy as sa
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import rounding
from app.core.clock import OFFICE_ZONE
from app.core.db import ShortText, one_of
from app.core.enums import Titled
from app.core.values import Quantity, formatting_locale, spoken
from app.models.base import AppendOnly, Entity, OfficeScoped, named
from app.models.categories import Side
from app.models.counting import Count, Sum
from app.models.events import Event
from app.models.figures import Measure


class ResultKind(Titled):
    """Why it was counted. The gong sounds once; whatever is counted after it corrects or completes it."""

    GONG = "gong", _("Gong")
    FINAL = "final", _("Correction")


@dataclass(frozen=True)
class Counted:
    """A measure of a result: the number as it was counted, and what it was counted of.

    ``known`` of ``all`` contributions had one; both are None where nothing can have been left out.
    """

    measure: Measure
    number: Decimal
    known: int | None = None
    all: int | None = None

    @property
    def partial(self) -> bool:
        """Whether there are contributions of which it isn't known."""
        return self.known != self.all

    @property
    def quantity(self) -> Quantity:
        """The number as it's announced: a count is exact, a sum of estimates is rounded."""
        return Quantity(self.number) if self.all is None else rounding.rounded(self.number)

    @property
    def whole(self) -> Quantity:
        """What the whole event comes to: where parts aren't known it's over what was counted."""
        return rounding.at_least(self.number) if self.partial else self.quantity


class EventResult(AppendOnly, OfficeScoped, Entity):
    """A frozen count: ``created_by`` took it at ``created_at``. The last one of an event counts.

    ``content`` says what was counted and how, in numbers and in words, so that it can be read without this program.
    Sums are text, because JSON knows no decimals; what nobody knows is null. See ``services.evening.results``.
    """

    __tablename__ = "event_result"
    office_from = "event"
    named_by = ("event",)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    kind: Mapped[ResultKind] = mapped_column(one_of(ResultKind), default=ResultKind.GONG)
    note: Mapped[ShortText | None]
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)

    event: Mapped[Event] = relationship()

    def __str__(self) -> str:
        return named(self.kind, self.event)

    @property
    def count(self) -> Count:
        """What was counted."""
        return Count.thawed(self.content)

    @property
    def counted_at(self) -> datetime:
        """When it was counted, by the offices' clocks."""
        return datetime.fromisoformat(self.content["counted_at"]).astimezone(OFFICE_ZONE)

    @property
    def source(self) -> str:
        """Name it as the source of a number, in the current language."""
        locale = formatting_locale()
        moment = {
            "day": babel.dates.format_date(self.counted_at.date(), "long", locale=locale),
            "time": f"{self.counted_at:%H:%M}",
        }
        if self.kind is ResultKind.GONG:
            return gettext("Result of the gong of %(day)s, %(time)s", **moment)
        return gettext("Corrected result of %(day)s, %(time)s", **moment)

    @property
    def reported_as(self) -> str:
        """Name it as figures name their source, in the language of its office."""
        with force_locale(spoken(self.event.office.language.value)):
            return self.source

    def measures(self) -> Iterator[Counted]:
        """Give each measure of which something was counted.

        Nothing isn't zero: where nobody was checked in, or nothing entered, nobody knows how many there were. Where
        fewer people were checked in than organisations came, nobody knows how many people came.
        """
        count, came, people = self.count, self.content["organisations"], self.content["people"]
        for measure, number in (
            (Measure.COMPANIES, came[Side.COMPANY.value]),
            (Measure.NONPROFITS, came[Side.NONPROFIT.value]),
            (Measure.PARTICIPANTS, people if people >= sum(came.values()) else 0),
            (Measure.CONTRACTS, count.contracts),
        ):
            if number:
                yield Counted(measure, Decimal(number))
        sums: tuple[tuple[Measure, Sum], ...] = ((Measure.VALUE, count.value), (Measure.HOURS, count.hours))
        for measure, total in sums:
            if total.number:
                yield Counted(measure, total.number, total.known, count.contributions)
