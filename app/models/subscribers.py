"""Subscribers: addresses, what they subscribed to, and the proof of their consent."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates

from app.core import clock
from app.core.db import LongText, Moment, ShortText, Utc, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Entity, OfficeScoped, Searchable, named
from app.models.contacts import Contact
from app.models.languages import Language
from app.models.newsletters import Newsletter


class SubscriptionStatus(Titled):
    """Whether a person wants a newsletter."""

    UNCONFIRMED = "unconfirmed", _("Unconfirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")


class Delivery(Titled):
    """Whether mails reach a person; apart from whether they are wanted."""

    OK = "ok", _("OK")
    SOFT = "soft", _("Temporary failure")
    HARD = "hard", _("Permanent failure")
    COMPLAINT = "complaint", _("Complaint")


class ConsentStep(Titled):
    """What happened to a consent."""

    REQUESTED = "requested", _("Requested")
    MAIL_SENT = "mail_sent", _("Confirmation mail sent")
    CONFIRMED = "confirmed", _("Confirmed")
    CHANGED = "changed", _("Changed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    IMPORTED = "imported", _("Imported")
    RECORDED = "recorded", _("Recorded by staff")


class ConsentChannel(Titled):
    """Where a consent came from."""

    FORM = "form", _("Sign-up form")
    PAPER = "paper", _("On paper")
    SPOKEN = "spoken", _("In conversation")
    MAIL = "mail", _("By mail")
    IMPORT = "import", _("Import")
    BACK_OFFICE = "back_office", _("Back office")


class Subscriber(OfficeScoped, Searchable, Entity):
    """An address that an office may write to, as far as its subscriptions say so."""

    __tablename__ = "subscriber"
    sorts_by = "email"
    __table_args__ = (
        sa.UniqueConstraint(
            "office_id", "email", info={"field": "email", "message": _("This address is already on file.")}
        ),
    )

    uuid: Mapped[str] = mapped_column(sa.String(36), default=lambda: str(uuid.uuid4()), unique=True)
    email: Mapped[ShortText]
    first_name: Mapped[ShortText | None]
    last_name: Mapped[ShortText | None]
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.GERMAN)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    delivery: Mapped[Delivery] = mapped_column(one_of(Delivery), default=Delivery.OK)
    bounces: Mapped[int] = mapped_column(default=0)
    bounced_at: Mapped[datetime | None] = mapped_column(Utc())

    contact: Mapped[Contact | None] = relationship()
    subscriptions: Mapped[list[Subscription]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", order_by="Subscription.id"
    )

    def __str__(self) -> str:
        return self.email

    @validates("email")
    def _plain(self, _name: str, value: str | None) -> str | None:
        """Keep addresses in small letters: who withdrew as Ana@ must not get mail as ana@."""
        return value.strip().lower() if value else value

    @property
    def newsletters(self) -> str:
        """The names of the newsletters that the person has confirmed."""
        wanted = (line for line in self.subscriptions if line.status is SubscriptionStatus.CONFIRMED)
        return ", ".join(str(line.newsletter) for line in wanted if line.newsletter)

    def search_words(self) -> Iterator[str | None]:
        """Find a subscriber by address and name."""
        yield from (self.email, self.first_name, self.last_name)

    def problems(self) -> Iterator[Problem]:
        """Refuse an address that can't be one."""
        if "@" not in (self.email or ""):
            yield Problem("email", _("This is no e-mail address."))


class Subscription(OfficeScoped, Entity):
    """A subscriber and a newsletter, with the state between them."""

    __tablename__ = "subscription"
    __table_args__ = (
        sa.UniqueConstraint(
            "subscriber_id",
            "newsletter_id",
            info={"field": "newsletter", "message": _("This newsletter is already subscribed to.")},
        ),
    )
    office_from = "subscriber"

    subscriber_id: Mapped[int] = mapped_column(sa.ForeignKey("subscriber.id"), index=True)
    newsletter_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter.id"), index=True)
    status: Mapped[SubscriptionStatus] = mapped_column(
        one_of(SubscriptionStatus), default=SubscriptionStatus.UNCONFIRMED
    )
    source: Mapped[ShortText | None]

    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions")
    newsletter: Mapped[Newsletter] = relationship()

    def __str__(self) -> str:
        return named(self.newsletter, self.subscriber)


class Consent(OfficeScoped, Entity):
    """One step of a consent. Append only: it's the proof, so the guards and the database let nobody change it."""

    __tablename__ = "consent"

    subscription_id: Mapped[int] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    at: Mapped[Moment] = mapped_column(default=clock.now)
    step: Mapped[ConsentStep] = mapped_column(one_of(ConsentStep))
    channel: Mapped[ConsentChannel] = mapped_column(one_of(ConsentChannel))
    actor: Mapped[ShortText]
    source_url: Mapped[ShortText | None]
    wording: Mapped[LongText | None]
    office_from = "subscription"

    subscription: Mapped[Subscription] = relationship()

    def __str__(self) -> str:
        return named(self.step, self.subscription)


# A number, no addresses: whoever may read newsletters may read it.
Newsletter.subscribers = column_property(
    sa.select(sa.func.count(Subscription.id))
    .where(Subscription.newsletter_id == Newsletter.id, Subscription.status == SubscriptionStatus.CONFIRMED)
    .correlate_except(Subscription)
    .scalar_subquery()
)
