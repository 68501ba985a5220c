"""Newsletters: the lists that an office keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core import clock
from app.core.db import LongText, Moment, SetOf, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import AppendOnly, Entity, OfficeScoped, Ranked, Searchable, by_rank, named
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
    topics: Mapped[list[Topic]] = relationship(
        back_populates="newsletter", cascade="all, delete-orphan", **by_rank("Topic")
    )
    texts: Mapped[list[NewsletterText]] = relationship(
        back_populates="newsletter", order_by="NewsletterText.valid_from, NewsletterText.id"
    )

    if TYPE_CHECKING:
        #: How many have confirmed; counted in models.subscribers, which knows the subscriptions.
        subscribers: Mapped[int]
        #: Where programs report its bounces; mapped in models.imports.
        bounce_addresses: Mapped[list[Any]]

    def __str__(self) -> str:
        return self.name

    @property
    def open(self) -> bool:
        """Whether everybody may subscribe."""
        return self.public and self.active

    def told(self, kind: TextKind, language: Language) -> NewsletterText | None:
        """Give the newest version of a text in a language, else in German; None where none was ever written."""
        for wanted in (language, Language.GERMAN):
            found = [text for text in self.texts if text.kind is kind and text.language is wanted]
            if found:
                return max(found, key=lambda text: text.edition)
        return None

    def search_words(self) -> Iterator[str | None]:
        """Find a newsletter by name and sender."""
        yield from (self.name, self.sender_name, self.sender_email)

    def problems(self) -> Iterator[Problem]:
        """Refuse a sender that can't be answered."""
        if "@" not in (self.sender_email or ""):
            yield Problem("sender_email", _("This is no e-mail address."))


class Topic(Ranked, OfficeScoped, Entity):
    """Something that a newsletter writes about, and that a person can choose."""

    __tablename__ = "newsletter_topic"
    part_of = "newsletter"

    newsletter_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter.id"), index=True)
    name: Mapped[ShortText]
    name_en: Mapped[ShortText | None]

    newsletter: Mapped[Newsletter] = relationship(back_populates="topics")

    def __str__(self) -> str:
        return self.name

    def called(self, language: str) -> str:
        """Give the name in a language, by its code; German where there is no other."""
        return (self.name_en if language == Language.ENGLISH.value else None) or self.name


class TextKind(Titled):
    """What a person is told before subscribing."""

    CONSENT = "consent", _("Wording of the consent")
    PRIVACY = "privacy", _("Privacy notice")


class NewsletterText(AppendOnly, OfficeScoped, Entity):
    """A version of what a person is told and agrees to.

    The consent log refers to it, so it stays as it was said: a better text is a new version. ``edition`` counts
    the versions of a kind in a language from 1.
    """

    __tablename__ = "newsletter_text"
    __table_args__ = (sa.UniqueConstraint("newsletter_id", "kind", "language", "edition"),)
    office_from = "newsletter"
    sorts_by = "valid_from"

    newsletter_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter.id"), index=True)
    kind: Mapped[TextKind] = mapped_column(one_of(TextKind))
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.GERMAN)
    edition: Mapped[int]
    text: Mapped[LongText]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    valid_from: Mapped[Moment] = mapped_column(default=clock.now)

    newsletter: Mapped[Newsletter] = relationship(back_populates="texts")

    def __str__(self) -> str:
        return named(self.kind, self.language, self.edition)

    @validates("text")
    def _hashed(self, _name: str, value: str | None) -> str | None:
        """Keep the fingerprint of the text beside it; a form whose text can't be read has none."""
        self.sha256 = hashlib.sha256((value or "").encode()).hexdigest()
        return value

    def problems(self) -> Iterator[Problem]:
        """Refuse a version without a word."""
        if not (self.text or "").strip():
            yield Problem("text", _("Please write down what people agree to."))
