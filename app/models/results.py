"""Results: what was counted of an event at a moment, frozen. What is announced is never counted a second time."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import ShortText, one_of
from app.core.enums import Titled
from app.models.base import AppendOnly, Entity, OfficeScoped, named
from app.models.events import Event


class ResultKind(Titled):
    """Why it was counted. The gong sounds once; whatever is counted after it corrects or completes it."""

    GONG = "gong", _("Gong")
    FINAL = "final", _("Correction")


class EventResult(AppendOnly, OfficeScoped, Entity):
    """A frozen count: ``created_by`` took it at ``created_at``. The last one of an event counts.

    ``content`` says what was counted and how, in numbers and in words, so that it can be read without this program.
    Sums are text, because JSON knows no decimals; what nobody knows is null. See ``services.evening.results``.
    """

    __tablename__ = "event_result"
    office_from = "event"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    kind: Mapped[ResultKind] = mapped_column(one_of(ResultKind), default=ResultKind.GONG)
    note: Mapped[ShortText | None]
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)

    event: Mapped[Event] = relationship()

    def __str__(self) -> str:
        return named(self.kind, self.event)
