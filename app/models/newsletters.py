"""Newsletters: the lists that an office keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import LongText, SetOf, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Entity, OfficeScoped, Searchable
from app.models.languages import Language


class Frequency(Titled):
    """How often a newsletter comes."""

    IRREGULAR = "irregular", _("Now and then")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    YEARLY = "yearly", _("Yearly")


class Newsletter(OfficeScoped, Searchable, Entity):
    """A newsletter of an office, public or filled by staff only."""

    __tablename__ = "newsletter"
    sorts_by = "name"

    name: Mapped[ShortText]
    description: Mapped[LongText | None]
    languages: Mapped[Sequence[Language]] = mapped_column(SetOf(Language), default=lambda: [Language.GERMAN])
    sender_name: Mapped[ShortText]
    sender_email: Mapped[ShortText]
    frequency: Mapped[Frequency] = mapped_column(one_of(Frequency), default=Frequency.IRREGULAR)
    public: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    privacy_notice: Mapped[LongText | None]

    if TYPE_CHECKING:
        #: How many have confirmed; counted in models.subscribers, which knows the subscriptions.
        subscribers: Mapped[int]

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> Iterator[str | None]:
        """Find a newsletter by name and sender."""
        yield from (self.name, self.sender_name, self.sender_email)

    def problems(self) -> Iterator[Problem]:
        """Refuse a sender that can't be answered."""
        if "@" not in (self.sender_email or ""):
            yield Problem("sender_email", _("This is no e-mail address."))
