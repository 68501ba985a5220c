"""Events: marketplaces and the meetings around them, with the roles that people and organisations take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Day, Exact, LongText, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.core.values import display
from app.models.base import Addressed, Entity, OfficeScoped, Ranked, Searchable, Shareable, by_rank, named
from app.models.categories import Category, Side
from app.models.contacts import Contact
from app.models.offices import State
from app.models.organisations import Organisation
from app.models.series import Series
from app.models.templates import EventTemplate, Targeted

if TYPE_CHECKING:
    from app.models.figures import Figure


LONGEST_WAIT = 3650  # days: after ten years nobody asks any more


class EventKind(Titled):
    """What an event is."""

    MARKETPLACE = "marketplace", _("Marketplace")
    WORKSHOP = "workshop", _("Workshop")
    FOLLOW_UP = "follow_up", _("Follow-up meeting")
    COMMITTEE = "committee", _("Committee meeting")


class EventStatus(Titled):
    """How far an event has come."""

    IDEA = "idea", _("Idea")
    PREPARATION = "preparation", _("In preparation")
    ANNOUNCED = "announced", _("Announced")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class EventFormat(Titled):
    """How people meet."""

    ON_SITE = "on_site", _("On site")
    VIRTUAL = "virtual", _("Virtual")
    WEEKS = "weeks", _("Over several weeks")


class OrganisationRole(Titled):
    """What an organisation does for an event. It may hold several roles."""

    INITIATOR = "initiator", _("Initiator")
    ORGANISER = "organiser", _("Organiser")
    COORDINATING_TEAM = "coordinating_team", _("Coordinating team")
    VENUE_HOST = "venue_host", _("Venue host")
    SPONSOR = "sponsor", _("Sponsor")
    FUNDER = "funder", _("Funder")
    MEDIA_PARTNER = "media_partner", _("Media partner")


class PersonRole(Titled):
    """What a person does at an event."""

    PATRON = "patron", _("Patron")
    MODERATOR = "moderator", _("Moderator")
    BROKER = "broker", _("Broker")
    NOTARY = "notary", _("Notary")
    HELPER = "helper", _("Helper")


class Event(Targeted, Shareable, Searchable, Addressed, Entity):
    """A marketplace or another meeting. What it reported are figures; what was recorded is counted."""

    __tablename__ = "event"
    sorts_by = "starts_on"
    search_name = ("edition", "title", "city", "starts_on")

    title: Mapped[ShortText]
    edition: Mapped[str | None] = mapped_column(sa.String(60))
    kind: Mapped[EventKind] = mapped_column(one_of(EventKind), default=EventKind.MARKETPLACE)
    status: Mapped[EventStatus] = mapped_column(one_of(EventStatus), default=EventStatus.IDEA)
    format: Mapped[EventFormat] = mapped_column(one_of(EventFormat), default=EventFormat.ON_SITE)
    starts_on: Mapped[Day | None] = mapped_column(index=True)
    start_time: Mapped[time | None]
    ends_on: Mapped[Day | None]
    end_time: Mapped[time | None]
    date_note: Mapped[ShortText | None]
    venue: Mapped[ShortText | None]
    state: Mapped[State | None] = mapped_column(one_of(State))
    latitude: Mapped[Decimal | None] = mapped_column(Exact(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Exact(9, 6))
    public: Mapped[bool] = mapped_column(default=False)
    model_project_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    #: What the link of the hall's screen is derived from; None where there is none, or it was ended.
    hall_edition: Mapped[int | None]
    website: Mapped[ShortText | None]
    registration_open: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    registration_until: Mapped[Day | None]
    places_companies: Mapped[int | None]
    places_nonprofits: Mapped[int | None]
    #: Days after the event on which the parties of its contracts are asked: whether they met, and how it went.
    contact_days: Mapped[int] = mapped_column(default=14)
    report_days: Mapped[int] = mapped_column(default=180)
    follow_up_mails: Mapped[bool] = mapped_column(default=True)
    notes: Mapped[LongText | None]
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("series.id"), index=True)
    template_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_template.id"), index=True)

    series: Mapped[Series | None] = relationship()
    template: Mapped[EventTemplate | None] = relationship()
    model_project_of: Mapped[Organisation | None] = relationship()
    roles: Mapped[list[EventRole]] = relationship(
        back_populates="event", cascade="all, delete-orphan", **by_rank("EventRole")
    )
    people: Mapped[list[EventPerson]] = relationship(
        back_populates="event", cascade="all, delete-orphan", **by_rank("EventPerson")
    )
    corners: Mapped[list[Corner]] = relationship(
        back_populates="event", cascade="all, delete-orphan", **by_rank("Corner")
    )

    if TYPE_CHECKING:
        #: What it reported; mapped in models.figures.
        figures: Mapped[list[Figure]]

    def __str__(self) -> str:
        year = self.starts_on.year if self.starts_on else None
        return named(self.whole_title, self.city, year)

    @property
    def whole_title(self) -> str:
        """The edition and the title: "1. Gute-Tat Marktplatz"."""
        return " ".join(part for part in (self.edition, self.title) if part)

    def search_words(self) -> Iterator[str | None]:
        """Find an event by title, place and year."""
        yield from (self.edition, self.title, self.venue, self.city, self.postal_code)
        yield str(self.starts_on.year) if self.starts_on else None

    @property
    def when(self) -> str:
        """From when to when it takes place, in the language of the reader."""
        moments = ((self.starts_on, self.start_time), (self.ends_on, self.end_time))
        first, last = (
            " ".join(part for part in (display(day), display(at)) if part) if day else ""
            for day, at in moments
        )
        if self.ends_on in {None, self.starts_on}:
            last = display(self.end_time)
        return " – ".join(part for part in (first, last) if part)

    @property
    def where(self) -> str:
        """Venue, street and place."""
        place = " ".join(part for part in (self.postal_code, self.city) if part)
        return named(self.venue, self.street, place)

    def registers(self, on: date) -> bool:
        """Whether organisations may register on a day: while it's open, and until the event's own last day."""
        over = self.status in {EventStatus.CANCELLED, EventStatus.HELD}
        last = [day for day in (self.registration_until, self.ends_on or self.starts_on) if day]
        return self.registration_open and not over and all(on <= day for day in last)

    def places(self, side: Side) -> int | None:
        """How many organisations of a side there is room for; None where nobody has set a limit."""
        return {Side.COMPANY: self.places_companies, Side.NONPROFIT: self.places_nonprofits}.get(side)

    def problems(self) -> Iterator[Problem]:
        """Refuse an end before the beginning, coordinates off the globe, and negative aims and places."""
        yield from self.target_problems()
        if self.ends_on and self.starts_on and self.ends_on < self.starts_on:
            yield Problem("ends_on", _("An event can't end before it starts."))
        elif self.ends_on and self.starts_on is None:
            yield Problem("starts_on", _("An event with an end needs a beginning."))
        one_day = self.ends_on in (None, self.starts_on)
        if one_day and self.start_time and self.end_time and self.end_time < self.start_time:
            yield Problem("end_time", _("An event can't end before it starts."))
        for name, limit in (("latitude", 90), ("longitude", 180)):
            value = getattr(self, name)
            if value is not None and abs(value) > limit:
                yield Problem(name, _("Degrees lie between -%(limit)s and %(limit)s.", limit=limit))
        for name in ("places_companies", "places_nonprofits"):
            if (getattr(self, name) or 0) < 0:
                yield Problem(name, _("A count can't be negative."))
        for name in ("contact_days", "report_days"):
            days = getattr(self, name)
            if days is not None and not 0 <= days <= LONGEST_WAIT:
                yield Problem(name, _("Between 0 and %(limit)s days.", limit=LONGEST_WAIT))


class EventRole(Ranked, OfficeScoped, Entity):
    """An organisation holds a role at an event."""

    __tablename__ = "event_role"
    __table_args__ = (
        sa.UniqueConstraint(
            "event_id",
            "organisation_id",
            "role",
            info={"field": "role", "message": _("The organisation already has this role.")},
        ),
    )
    part_of = "event"
    named_by = ("organisation",)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    role: Mapped[OrganisationRole] = mapped_column(one_of(OrganisationRole))
    note: Mapped[ShortText | None]

    event: Mapped[Event] = relationship(back_populates="roles")
    organisation: Mapped[Organisation] = relationship()

    def __str__(self) -> str:
        return f"{self.role}: {self.organisation or ''}"


class EventPerson(Ranked, OfficeScoped, Entity):
    """A person holds a role at an event. Helpers belong to no side."""

    __tablename__ = "event_person"
    __table_args__ = (
        sa.UniqueConstraint(
            "event_id",
            "contact_id",
            "role",
            info={"field": "role", "message": _("The person already has this role.")},
        ),
    )
    part_of = "event"
    named_by = ("contact",)

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    contact_id: Mapped[int] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    role: Mapped[PersonRole] = mapped_column(one_of(PersonRole))
    note: Mapped[ShortText | None]

    event: Mapped[Event] = relationship(back_populates="people")
    contact: Mapped[Contact] = relationship()

    def __str__(self) -> str:
        return f"{self.role}: {self.contact or ''}"


class Corner(Ranked, OfficeScoped, Entity):
    """A trading corner of an event, mapped to a national category so that events can be compared."""

    __tablename__ = "corner"
    __table_args__ = (
        sa.UniqueConstraint(
            "event_id",
            "name",
            info={"field": "name", "message": _("There is already a corner with this name.")},
        ),
    )
    part_of = "event"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), index=True)
    name: Mapped[ShortText]
    category: Mapped[Category] = mapped_column(one_of(Category), default=Category.OTHER)

    event: Mapped[Event] = relationship(back_populates="corners")

    def __str__(self) -> str:
        return self.name
