"""Receipts: each file that left the house, with who took it, when and what was in it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import LongText, ShortText
from app.models.base import Entity, OfficeScoped, Quoting


class Receipt(OfficeScoped, Quoting, Entity):
    """A download: ``created_by`` took it at ``created_at``. What was typed as a filter may be a name or an address."""

    __tablename__ = "receipt"
    quotes = frozenset({"filter", "sections"})

    title: Mapped[ShortText]
    format: Mapped[str] = mapped_column(sa.String(20))
    purpose: Mapped[ShortText | None]
    filter: Mapped[LongText | None]
    rows: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))

    def __str__(self) -> str:
        return self.title
