"""Series: the same marketplace, year after year."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Mapped

from app.core.db import LongText, ShortText
from app.models.base import Entity, OfficeScoped, Searchable


class Series(OfficeScoped, Searchable, Entity):
    """Events of an office that follow each other, so that one can ask who came back."""

    __tablename__ = "series"
    sorts_by = "name"

    name: Mapped[ShortText]
    notes: Mapped[LongText | None]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> Iterator[str | None]:
        """Find a series by its name."""
        yield self.name
