"""Offers and needs: what an organisation brings to an event, or looks for there."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Amount, LongText, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Entity, OfficeScoped, Searchable, named
from app.models.categories import TABOO, Category, is_money
from app.models.events import Event
from app.models.organisations import Organisation


class Direction(Titled):
    """Whether something is given or looked for."""

    OFFER = "offer", _("Offer")
    NEED = "need", _("Need")


class OfferStatus(Titled):
    """What has become of an offer or need."""

    OPEN = "open", _("Open")
    MATCHED = "matched", _("Matched")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Offer(OfficeScoped, Searchable, Entity):
    """An offer or a need of an organisation at an event."""

    __tablename__ = "offer"
    search_from = ("organisation", "event")
    office_from = "event"
    named_by = ("organisation",)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    direction: Mapped[Direction] = mapped_column(one_of(Direction))
    category: Mapped[Category] = mapped_column(one_of(Category))
    title: Mapped[ShortText]
    text: Mapped[LongText | None]
    quantity: Mapped[Amount | None]
    status: Mapped[OfferStatus] = mapped_column(one_of(OfferStatus), default=OfferStatus.OPEN)

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation] = relationship()

    def __str__(self) -> str:
        return named(self.title, self.organisation)

    def search_words(self) -> Iterator[str | None]:
        """Find an offer by its words, its organisation and its event."""
        yield from (self.title, self.text, str(self.organisation or ""), str(self.event or ""))

    def problems(self) -> Iterator[Problem]:
        """Refuse money, and a quantity of nothing."""
        for name in ("title", "text"):
            if is_money(getattr(self, name)):
                yield Problem(name, TABOO)
        if self.quantity is not None and self.quantity <= Decimal(0):
            yield Problem("quantity", _("A quantity must be more than zero."))
