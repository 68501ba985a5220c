"""Contacts: people, how to reach them, and their positions over time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core import clock
from app.core.db import Day, LongText, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.core.text import plain_address
from app.models.base import Addressed, Entity, OfficeScoped, Ranked, Searchable, by_rank, in_order, named
from app.models.languages import Language
from app.models.organisations import Organisation
from app.models.reach import NO_EMAIL, NO_PHONE, is_email, is_phone


class Salutation(Titled):
    """How a person is addressed."""

    MS = "ms", _("Ms")
    MR = "mr", _("Mr")
    NEUTRAL = "neutral", _("no form of address")


class LawfulBasis(Titled):
    """Why the office may keep a person's data: Art. 6 (1) GDPR."""

    CONSENT = "consent", _("Consent")
    CONTRACT = "contract", _("Contract or its preparation")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation")
    PUBLIC_TASK = "public_task", _("Public task")
    LEGITIMATE_INTEREST = "legitimate_interest", _("Legitimate interest")


class ChannelKind(Titled):
    """A way to reach a person."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    MOBILE = "mobile", _("Mobile phone")
    FAX = "fax", _("Fax")


NUMBERS = frozenset({ChannelKind.PHONE, ChannelKind.MOBILE, ChannelKind.FAX})


class Contact(OfficeScoped, Searchable, Addressed, Entity):
    """A person whom an office knows. People stay local: a contact is never shared."""

    __tablename__ = "contact"
    __table_args__ = in_order("contact", "last_name", "first_name", "city", "language")
    sorts_by = "last_name"
    search_from = ("positions.organisation",)

    salutation: Mapped[Salutation | None] = mapped_column(one_of(Salutation))
    title: Mapped[ShortText | None]
    first_name: Mapped[ShortText | None]
    last_name: Mapped[ShortText]
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.GERMAN)
    do_not_email: Mapped[bool] = mapped_column(default=False)
    do_not_phone: Mapped[bool] = mapped_column(default=False)
    do_not_mail: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[ShortText | None]
    source: Mapped[ShortText | None]
    lawful_basis: Mapped[LawfulBasis | None] = mapped_column(one_of(LawfulBasis))
    notes: Mapped[LongText | None]

    channels: Mapped[list[Channel]] = relationship(
        back_populates="contact", cascade="all, delete-orphan", **by_rank("Channel")
    )
    positions: Mapped[list[Position]] = relationship(
        back_populates="contact", cascade="all, delete-orphan", **by_rank("Position")
    )

    def __str__(self) -> str:
        return named(self.last_name, " ".join(part for part in (self.title, self.first_name) if part))

    def reach(self, *kinds: ChannelKind, on: date | None = None) -> str | None:
        """Give the first address or number of these kinds that counts on a day (today)."""
        on = on or clock.today()
        current = [channel for channel in self.channels if channel.kind in kinds and channel.counts(on)]
        return current[0].value if current else None

    @property
    def email(self) -> str | None:
        """The current e-mail address."""
        return self.reach(ChannelKind.EMAIL)

    @property
    def phone(self) -> str | None:
        """The current phone number, else the mobile one."""
        return self.reach(ChannelKind.PHONE) or self.reach(ChannelKind.MOBILE)

    @property
    def position(self) -> Position | None:
        """The position that stands for the person today: the primary one, else the latest that counts."""
        current = [position for position in self.positions if position.counts(clock.today())]
        return max(current, key=lambda position: (position.primary, position.since or date.min), default=None)

    @property
    def organisation(self) -> str:
        """The name of the organisation of the current position."""
        position = self.position
        return str(position.organisation) if position and position.organisation else ""

    def search_words(self) -> Iterator[str | None]:
        """Find a person by name, place, e-mail, tags and organisation, former addresses included."""
        yield from (self.title, self.first_name, self.last_name, self.city, self.postal_code, self.tags)
        yield from (channel.value for channel in self.channels if channel.kind is ChannelKind.EMAIL)
        yield from (position.organisation.name for position in self.positions if position.organisation)

    def search_phones(self) -> Iterator[str | None]:
        """Find a person by every number that was ever theirs."""
        yield from (channel.value for channel in self.channels if channel.kind is not ChannelKind.EMAIL)

    def problems(self) -> Iterator[Problem]:
        """Allow one primary position at a time."""
        if sum(bool(position.primary) and position.until is None for position in self.positions) > 1:
            yield Problem("positions", _("Only one position can be the primary one."))


class Dated:
    """Something that counts from a day to a day; None is open."""

    since: Mapped[Day | None]
    until: Mapped[Day | None]

    def counts(self, on: date) -> bool:
        """Whether it counts on a day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def problems(self) -> Iterator[Problem]:
        """Refuse an end before the beginning."""
        if self.since and self.until and self.until < self.since:
            yield Problem("until", _("The end can't lie before the beginning."))


class Channel(Dated, Ranked, OfficeScoped, Entity):
    """An e-mail address or a number of a person. A former one stays, with its last day."""

    __tablename__ = "contact_channel"
    part_of = "contact"

    contact_id: Mapped[int] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    kind: Mapped[ChannelKind] = mapped_column(one_of(ChannelKind), default=ChannelKind.EMAIL)
    value: Mapped[ShortText]
    note: Mapped[ShortText | None]

    contact: Mapped[Contact] = relationship(back_populates="channels")

    def __str__(self) -> str:
        return self.value

    @validates("kind", "value")
    def _plain(self, name: str, given: Any) -> Any:
        """Keep an e-mail address in the form in which subscribers' are: who wants no mail gets none at either."""
        if name == "kind" and given is ChannelKind.EMAIL and self.value:
            self.value = plain_address(self.value)
        if name == "value" and given and self.kind in {None, ChannelKind.EMAIL} and "@" in given:
            return plain_address(given)
        return given

    def problems(self) -> Iterator[Problem]:
        """Refuse an e-mail address or a number that can't be one."""
        yield from Dated.problems(self)
        value = self.value or ""
        if self.kind is ChannelKind.EMAIL and not is_email(value):
            yield Problem("value", NO_EMAIL)
        if self.kind in NUMBERS and not is_phone(value):
            yield Problem("value", NO_PHONE)


class Position(Dated, Ranked, OfficeScoped, Entity):
    """What a person is at an organisation, from when until when."""

    __tablename__ = "contact_position"
    part_of = "contact"
    named_by = ("organisation",)

    contact_id: Mapped[int] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    function: Mapped[ShortText | None]
    primary: Mapped[bool] = mapped_column(default=False)

    contact: Mapped[Contact] = relationship(back_populates="positions")
    organisation: Mapped[Organisation] = relationship()

    def __str__(self) -> str:
        return named(self.function, self.organisation)

    problems = Dated.problems


# The people whom organisations have, as far as they can be seen; edited with the person.
Organisation.positions = relationship(Position, viewonly=True)
