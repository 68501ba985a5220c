"""Figures: what an event, or the network, reported, as against what the database counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Day, Exact, LongText, ShortText, Utc, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.core.values import Qualifier, Quantity
from app.models.base import Entity, Shareable, named
from app.models.events import Event


class Measure(Titled):
    """What was counted."""

    COMPANIES = "companies", _("Companies")
    NONPROFITS = "nonprofits", _("Nonprofit organisations")
    PARTICIPANTS = "participants", _("Participants")
    CONTRACTS = "contracts", _("Contracts")
    VALUE = "value", _("Equivalent value")
    HOURS = "hours", _("Hours")
    MARKETPLACES = "marketplaces", _("Marketplaces")
    CITIES = "cities", _("Cities")


COUNTS = frozenset(Measure) - {Measure.VALUE, Measure.HOURS}


class Unit(Titled):
    """What one of the number stands for."""

    ORGANISATIONS = "organisations", _("organisations")
    PEOPLE = "people", _("people")
    REPRESENTATIVES = "representatives", _("representatives")
    CONTRACTS = "contracts", _("contracts")
    EUROS = "euros", _("euros")
    HOURS = "hours", _("hours")
    EVENTS = "events", _("events")
    PLACES = "places", _("places")
    UNCLEAR = "unclear", _("unclear")


#: What an event reports, in the order in which it's told, and what one of it is.
UNITS = {
    Measure.COMPANIES: Unit.ORGANISATIONS,
    Measure.NONPROFITS: Unit.ORGANISATIONS,
    Measure.PARTICIPANTS: Unit.PEOPLE,
    Measure.CONTRACTS: Unit.CONTRACTS,
    Measure.VALUE: Unit.EUROS,
    Measure.HOURS: Unit.HOURS,
}
MEASURES = tuple(UNITS)
#: What was agreed, and not just who came.
AGREED = (Measure.CONTRACTS, Measure.VALUE, Measure.HOURS)

_CHOSEN: sa.ColumnElement[bool] = sa.column("chosen")


def _only_one(name: str, owner: str, where: sa.ColumnElement[bool]) -> sa.Index:
    """Allow one chosen figure of a measure for each owner."""
    message = _("Another figure of this measure is already chosen.")
    return sa.Index(
        name,
        owner,
        "measure",
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
        info={"field": "chosen", "message": message},
    )


class Figure(Shareable, Entity):
    """A reported number with its qualifier and source.

    Sources that disagree coexist. One per measure is chosen for reports; who chose it and when is kept. A
    figure without an event is one of the whole network. It's shared when its event is.
    """

    __tablename__ = "figure"
    __table_args__ = (
        _only_one("uq_figure_chosen_event", "event_id", _CHOSEN),
        _only_one("uq_figure_chosen_network", "office_id", _CHOSEN & sa.column("event_id").is_(None)),
    )
    office_from = "event"
    named_by = ("event",)

    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"), index=True)
    measure: Mapped[Measure] = mapped_column(one_of(Measure))
    number: Mapped[Decimal] = mapped_column(Exact(14, 2))
    qualifier: Mapped[Qualifier] = mapped_column(one_of(Qualifier), default=Qualifier.EXACT)
    unit: Mapped[Unit] = mapped_column(one_of(Unit), default=Unit.UNCLEAR)
    source: Mapped[ShortText]
    source_url: Mapped[ShortText | None]
    as_of: Mapped[Day | None]
    chosen: Mapped[bool] = mapped_column(default=False)
    chosen_by: Mapped[ShortText | None]
    chosen_at: Mapped[datetime | None] = mapped_column(Utc())
    note: Mapped[LongText | None]

    event: Mapped[Event | None] = relationship()

    def __str__(self) -> str:
        return named(f"{self.measure}: {self.quantity.text(self.symbol)}", self.event)

    @property
    def quantity(self) -> Quantity:
        """The number with its qualifier."""
        return Quantity(self.number, self.qualifier)

    @property
    def symbol(self) -> str:
        """The sign behind the number: "€" for a value, else nothing."""
        return "€" if self.measure is Measure.VALUE else ""

    @property
    def reading(self) -> str:
        """How a person reads it: "knapp 200.000 €"."""
        return self.quantity.text(self.symbol)

    def problems(self) -> Iterator[Problem]:
        """Refuse a figure of nothing, a number that none can count, a qualifier that only totals can have."""
        if self.measure is None:
            yield Problem("measure", _("Say what was counted."))
        if self.number is not None and self.number < 0:
            yield Problem("number", _("A figure can't be negative."))
        elif self.number is not None and self.measure in COUNTS and self.number % 1:
            yield Problem("number", _("This is no whole number."))
        if self.measure in AGREED and self.unit not in {None, UNITS[self.measure], Unit.UNCLEAR}:
            yield Problem("unit", _("This is measured in %(unit)s.", unit=UNITS[self.measure].title))
        if self.qualifier is Qualifier.MIXED:
            yield Problem("qualifier", _("Only a total can be mixed."))


# What events reported, as far as it can be seen.
Event.figures = relationship(Figure, viewonly=True)
