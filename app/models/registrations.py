"""Registrations: what somebody sent from the public page of an event, until staff say what becomes of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import LongText, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Addressed, Entity, OfficeScoped, Ranked, Searchable, by_rank, named
from app.models.categories import TABOO, Category, Side, is_money
from app.models.events import Event
from app.models.languages import Language
from app.models.offers import Direction
from app.models.participations import Participation
from app.models.reach import NO_EMAIL, NO_PHONE, NO_WEBSITE, is_email, is_phone, is_website


class RegistrationStatus(Titled):
    """What staff have decided."""

    NEW = "new", _("New")
    APPROVED = "approved", _("Approved")
    WAITLIST = "waitlist", _("On the waitlist")
    DECLINED = "declined", _("Declined")


#: What staff decide about: what has come to a participation is decided.
OPEN = frozenset({RegistrationStatus.NEW, RegistrationStatus.DECLINED})


class Registration(OfficeScoped, Searchable, Addressed, Entity):
    """An organisation wants to come to an event: as it wrote itself, apart from what the office knows of it.

    Anybody can write anything here, so nothing of it gets into the office's records before staff took it over.
    """

    __tablename__ = "registration"
    __table_args__ = (sa.UniqueConstraint("event_id", "entry_key"),)
    office_from = "event"
    search_from = ("event",)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    side: Mapped[Side] = mapped_column(one_of(Side))
    status: Mapped[RegistrationStatus] = mapped_column(
        one_of(RegistrationStatus), default=RegistrationStatus.NEW
    )
    #: The same for all that one press of the button sends, however often that arrives.
    entry_key: Mapped[str] = mapped_column(sa.String(64), default=lambda: uuid.uuid4().hex)
    name: Mapped[ShortText]
    website: Mapped[ShortText | None]
    first_name: Mapped[ShortText | None]
    last_name: Mapped[ShortText]
    function: Mapped[ShortText | None]
    email: Mapped[ShortText]
    phone: Mapped[str | None] = mapped_column(sa.String(60))
    comes: Mapped[bool] = mapped_column(default=True)
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.GERMAN)
    notes: Mapped[LongText | None]
    reason: Mapped[LongText | None]
    participation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("participation.id"), index=True)

    event: Mapped[Event] = relationship()
    participation: Mapped[Participation | None] = relationship()
    people: Mapped[list[RegistrationPerson]] = relationship(
        back_populates="registration", cascade="all, delete-orphan", **by_rank("RegistrationPerson")
    )
    offers: Mapped[list[RegistrationOffer]] = relationship(
        back_populates="registration", cascade="all, delete-orphan", **by_rank("RegistrationOffer")
    )

    def __str__(self) -> str:
        return named(self.name, self.city)

    @property
    def person(self) -> str:
        """The name of who registered."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def guests(self) -> list[str]:
        """The names of all who come, none twice."""
        own = [self.person] if self.comes else []
        return list(dict.fromkeys([*own, *(one.name for one in self.people)]))

    def search_words(self) -> Iterator[str | None]:
        """Find a registration by organisation, people, address and event."""
        yield from (self.name, self.city, self.postal_code, self.person, self.email, str(self.event or ""))
        yield from (one.name for one in self.people)

    def search_phones(self) -> Iterator[str | None]:
        """Find it by phone."""
        yield self.phone

    def problems(self) -> Iterator[Problem]:
        """Refuse addresses that can't be any."""
        if not is_email(self.email or ""):
            yield Problem("email", NO_EMAIL)
        if self.website and not is_website(self.website):
            yield Problem("website", NO_WEBSITE)
        if self.phone and not is_phone(self.phone):
            yield Problem("phone", NO_PHONE)


class RegistrationPerson(Ranked, OfficeScoped, Entity):
    """Somebody who comes along."""

    __tablename__ = "registration_person"
    part_of = "registration"

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"), index=True)
    name: Mapped[ShortText]

    registration: Mapped[Registration] = relationship(back_populates="people")

    def __str__(self) -> str:
        return self.name


class RegistrationOffer(Ranked, OfficeScoped, Entity):
    """What the organisation brings, or looks for."""

    __tablename__ = "registration_offer"
    part_of = "registration"

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id"), index=True)
    direction: Mapped[Direction] = mapped_column(one_of(Direction))
    category: Mapped[Category] = mapped_column(one_of(Category))
    title: Mapped[ShortText]
    text: Mapped[LongText | None]

    registration: Mapped[Registration] = relationship(back_populates="offers")

    def __str__(self) -> str:
        return self.title

    def problems(self) -> Iterator[Problem]:
        """Refuse money."""
        for name in ("title", "text"):
            if is_money(getattr(self, name)):
                yield Problem(name, TABOO)
