"""News items of an office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import FileColumn, LongText, ShortText, one_of
from app.models.base import Entity, Searchable, Shareable
from app.models.languages import Language


class NewsItem(Shareable, Searchable, Entity):
    """A piece of news with an image and its caption."""

    __tablename__ = "news_item"

    date: Mapped[date] = mapped_column(default=clock.today)
    title: Mapped[ShortText]
    text: Mapped[LongText]
    image: Mapped[str | None] = mapped_column(FileColumn)
    caption: Mapped[ShortText | None]
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.GERMAN)
    public: Mapped[bool] = mapped_column(default=False)

    def __str__(self) -> str:
        return self.title

    def search_words(self) -> Iterator[str | None]:
        """Find news by the words of its title and text."""
        yield from (self.title, self.text)
