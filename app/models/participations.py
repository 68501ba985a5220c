"""Participations: an organisation comes to an event, on a side, with people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import LongText, ShortText, Utc, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Entity, OfficeScoped, Ranked, Searchable, by_rank, named
from app.models.categories import Side
from app.models.contacts import Contact
from app.models.events import Event
from app.models.organisations import Organisation


class ParticipationStatus(Titled):
    """How far a participation has come."""

    INVITED = "invited", _("Invited")
    REGISTERED = "registered", _("Registered")
    CONFIRMED = "confirmed", _("Confirmed")
    ATTENDED = "attended", _("Attended")
    NO_SHOW = "no_show", _("No-show")
    CANCELLED = "cancelled", _("Cancelled")
    WAITLIST = "waitlist", _("Waitlist")


class Participation(OfficeScoped, Searchable, Entity):
    """An organisation at an event. Its badge has the colour of its side."""

    __tablename__ = "participation"
    __table_args__ = (
        sa.UniqueConstraint(
            "event_id",
            "organisation_id",
            info={"field": "organisation", "message": _("This organisation already takes part.")},
        ),
    )
    office_from = "event"
    named_by = ("organisation", "event")
    search_from = ("organisation", "event")

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    side: Mapped[Side] = mapped_column(one_of(Side))
    status: Mapped[ParticipationStatus] = mapped_column(
        one_of(ParticipationStatus), default=ParticipationStatus.INVITED
    )
    #: What it was before somebody checked in: a check-in that is undone goes back to it.
    status_before: Mapped[ParticipationStatus | None] = mapped_column(one_of(ParticipationStatus))
    head_count: Mapped[int | None]
    notes: Mapped[LongText | None]

    event: Mapped[Event] = relationship()
    organisation: Mapped[Organisation] = relationship()
    people: Mapped[list[Participant]] = relationship(
        back_populates="participation", cascade="all, delete-orphan", **by_rank("Participant")
    )

    def __str__(self) -> str:
        return named(self.organisation, self.event)

    def search_words(self) -> Iterator[str | None]:
        """Find a participation by organisation, event and the people's names."""
        yield from (str(self.organisation or ""), str(self.event or ""))
        yield from (person.name for person in self.people)

    def problems(self) -> Iterator[Problem]:
        """Refuse a negative head count, and one below the people who are named."""
        if self.head_count is not None and self.head_count < 0:
            yield Problem("head_count", _("A count can't be negative."))
        elif self.head_count is not None and self.head_count < len(self.people):
            yield Problem("head_count", _("More people are named than are counted."))


class Participant(Ranked, OfficeScoped, Entity):
    """A person who comes with a participation: a known contact, or only a name."""

    __tablename__ = "participant"
    part_of = "participation"

    participation_id: Mapped[int] = mapped_column(sa.ForeignKey("participation.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    name: Mapped[ShortText]
    checked_in_at: Mapped[datetime | None] = mapped_column(Utc())

    participation: Mapped[Participation] = relationship(back_populates="people")
    contact: Mapped[Contact | None] = relationship()

    def __str__(self) -> str:
        return self.name
