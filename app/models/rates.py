"""Rates: what an hour is taken to be worth. Published ones exist, and each office decides which it uses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Money, ShortText, one_of
from app.core.rules import Problem
from app.core.values import Quantity
from app.models.base import Entity, Searchable, Shareable, named
from app.models.categories import Category

MOST = 10_000  # euros an hour: more is a slip of the keys


class Rate(Shareable, Searchable, Entity):
    """Euros an hour for work of a kind, such as hands, know-how, students. A service agency shares its own.

    A contribution keeps the rate at which it was valued: a new one changes no contract that was made before.
    """

    __tablename__ = "rate"
    __table_args__ = (
        sa.UniqueConstraint(
            "office_id",
            "name",
            info={"field": "name", "message": _("There is already a rate with this name.")},
        ),
    )
    sorts_by = "name"

    name: Mapped[ShortText]
    category: Mapped[Category | None] = mapped_column(one_of(Category))
    hourly: Mapped[Money]
    source: Mapped[ShortText | None]

    def __str__(self) -> str:
        return named(self.name, hourly_text(self.hourly))

    def search_words(self) -> Iterator[str | None]:
        """Find a rate by its name and where it was published."""
        yield from (self.name, self.source)

    def problems(self) -> Iterator[Problem]:
        """Refuse work that is worth nothing: no rate says that."""
        if self.hourly is not None and self.hourly <= 0:
            yield Problem("hourly", _("A rate must be more than zero."))
        elif self.hourly is not None and self.hourly > MOST:
            yield Problem("hourly", _("A rate is at most %(limit)s.", limit=hourly_text(Decimal(MOST))))


def hourly_text(hourly: Decimal | None) -> str:
    """Read a rate in the current locale: "50 €/h"; "" where there is none."""
    return "" if hourly is None else Quantity(hourly).text("€/h")
