"""Subscribers: addresses, what they subscribed to, and the proof of their consent."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates

from app.core import clock
from app.core.db import LongText, Moment, ShortText, Utc, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.core.text import plain_address
from app.models.base import AppendOnly, Entity, OfficeScoped, Searchable, named
from app.models.contacts import Contact
from app.models.languages import Language
from app.models.newsletters import Newsletter, NewsletterText, Topic
from app.models.reach import can_be_mailed


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
    MOVED = "moved", _("Address changed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Not confirmed in time")
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


def digest(email: str) -> str:
    """Give the fingerprint of an address, however it's spelled: 64 hexadecimal digits."""
    return hashlib.sha256(plain_address(email).encode()).hexdigest()


class Subscriber(OfficeScoped, Searchable, Entity):
    """An address that an office may write to, as far as its subscriptions say so."""

    __tablename__ = "subscriber"
    sorts_by = "email"
    search_begins = "email"
    __table_args__ = (
        sa.Index("ix_subscriber_email_id_office_id", "email", "id", "office_id"),
        sa.UniqueConstraint(
            "office_id", "email", info={"field": "email", "message": _("This address is already on file.")}
        ),
        sa.Index(
            "ix_subscriber_office_id_digest",
            "office_id",
            "digest",
            unique=True,
            info={
                "field": "email",
                "message": _("This address is already on file, or its person was erased and wants no mail."),
            },
        ),
    )

    uuid: Mapped[str] = mapped_column(sa.String(36), default=lambda: str(uuid.uuid4()), unique=True)
    email: Mapped[ShortText]
    #: Fingerprint of the address: a person who is erased is still known as somebody who wants no mail.
    digest: Mapped[str | None] = mapped_column(sa.String(64), active_history=True)
    #: The address that somebody typed who says to be this erased person: it counts once it has been confirmed.
    claimed: Mapped[ShortText | None]
    first_name: Mapped[ShortText | None]
    last_name: Mapped[ShortText | None]
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.GERMAN)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    delivery: Mapped[Delivery] = mapped_column(one_of(Delivery), default=Delivery.OK)
    bounces: Mapped[int] = mapped_column(default=0)
    bounced_at: Mapped[datetime | None] = mapped_column(Utc())
    blocked_at: Mapped[datetime | None] = mapped_column(Utc())
    erased_at: Mapped[datetime | None] = mapped_column(Utc())

    #: Set where the person's own word has the address entered, which staff and files may not bring back.
    own_word = False

    contact: Mapped[Contact | None] = relationship()
    subscriptions: Mapped[list[Subscription]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", order_by="Subscription.id"
    )

    def __str__(self) -> str:
        return gettext("Erased person") if self.erased_at else self.email

    @validates("email")
    def _plain(self, _name: str, value: str | None) -> str | None:
        """Keep addresses in one form: who withdrew as Ana@ must not get mail as ana@."""
        plain = plain_address(value) if value else value
        self.digest = digest(plain) if plain else None
        return plain

    @validates("claimed")
    def _plain_claim(self, _name: str, value: str | None) -> str | None:
        return plain_address(value) if value else value

    @property
    def box(self) -> str | None:
        """Where a question reaches the person: who was erased, and says to be back, at the address that was claimed."""
        return self.claimed if self.erased_at else self.email

    def reached(self) -> None:
        """Forget what failed: it was another address, or the person has answered a mail since."""
        self.delivery, self.bounces, self.bounced_at = Delivery.OK, 0, None

    @property
    def active(self) -> list[Subscription]:
        """The subscriptions that the person has not ended."""
        return [line for line in self.subscriptions if line.status is not SubscriptionStatus.UNSUBSCRIBED]

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
        if self.erased_at is None and not can_be_mailed(self.email or ""):
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
    named_by = ("newsletter", "subscriber")

    subscriber_id: Mapped[int] = mapped_column(sa.ForeignKey("subscriber.id"), index=True)
    newsletter_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter.id"), index=True)
    status: Mapped[SubscriptionStatus] = mapped_column(
        one_of(SubscriptionStatus), default=SubscriptionStatus.UNCONFIRMED
    )
    source: Mapped[ShortText | None]

    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions")
    newsletter: Mapped[Newsletter] = relationship()
    topics: Mapped[list[ChosenTopic]] = relationship(
        back_populates="subscription", cascade="all, delete-orphan", order_by="ChosenTopic.id"
    )

    def __str__(self) -> str:
        return named(self.newsletter, self.subscriber)

    @property
    def confirmed(self) -> bool:
        """Whether the person gets the newsletter."""
        return self.status is SubscriptionStatus.CONFIRMED


class ChosenTopic(OfficeScoped, Entity):
    """A topic that a person wants to read about; without any, it's all of them."""

    __tablename__ = "subscription_topic"
    __table_args__ = (sa.UniqueConstraint("subscription_id", "topic_id"),)
    part_of = "subscription"
    named_by = ("topic",)

    subscription_id: Mapped[int] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    topic_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter_topic.id"), index=True)

    subscription: Mapped[Subscription] = relationship(back_populates="topics")
    topic: Mapped[Topic] = relationship()

    def __str__(self) -> str:
        return str(self.topic)


class Consent(AppendOnly, OfficeScoped, Entity):
    """One step of a consent. It's the proof, so the guards and the database let nobody change it.

    It names no person, only the subscription: who is erased is erased there. ``wording`` is what was said where no
    version of the newsletter's texts was shown; ``basis`` is why staff may write to somebody whom they imported.
    """

    __tablename__ = "consent"

    subscription_id: Mapped[int] = mapped_column(sa.ForeignKey("subscription.id"), index=True)
    at: Mapped[Moment] = mapped_column(default=clock.now)
    step: Mapped[ConsentStep] = mapped_column(one_of(ConsentStep))
    channel: Mapped[ConsentChannel] = mapped_column(one_of(ConsentChannel))
    actor: Mapped[ShortText]
    source_url: Mapped[ShortText | None]
    wording: Mapped[LongText | None]
    basis: Mapped[LongText | None]
    consent_text_id: Mapped[int | None] = mapped_column(sa.ForeignKey("newsletter_text.id"))
    privacy_text_id: Mapped[int | None] = mapped_column(sa.ForeignKey("newsletter_text.id"))
    office_from = "subscription"
    named_by = ("subscription.newsletter", "subscription.subscriber")

    subscription: Mapped[Subscription] = relationship()
    consent_text: Mapped[NewsletterText | None] = relationship(foreign_keys=[consent_text_id])
    privacy_text: Mapped[NewsletterText | None] = relationship(foreign_keys=[privacy_text_id])

    def __str__(self) -> str:
        return named(self.step, self.subscription)


class ConsentOrigin(OfficeScoped, Entity):
    """The network address from which a step came, where the office keeps it. It's deleted after a while."""

    __tablename__ = "consent_origin"
    office_from = "consent"

    consent_id: Mapped[int] = mapped_column(sa.ForeignKey("consent.id"), index=True)
    ip: Mapped[str] = mapped_column(sa.String(45))

    consent: Mapped[Consent] = relationship()

    def __str__(self) -> str:
        return self.ip


class FormerAddress(OfficeScoped, Entity):
    """The fingerprint of an address that somebody left behind for another one; the address itself isn't kept.

    No file and no staff bring it back: who moved away from it no longer wants mails there. It goes when somebody
    confirms a request that was made with the address.
    """

    __tablename__ = "former_address"
    __table_args__ = (sa.UniqueConstraint("office_id", "digest"),)

    digest: Mapped[str] = mapped_column(sa.String(64))
    since: Mapped[Moment] = mapped_column(default=clock.now)

    def __str__(self) -> str:
        return self.digest


# A number, no addresses: whoever may read newsletters may read it.
Newsletter.subscribers = column_property(
    sa.select(sa.func.count(Subscription.id))
    .where(Subscription.newsletter_id == Newsletter.id, Subscription.status == SubscriptionStatus.CONFIRMED)
    .correlate_except(Subscription)
    .scalar_subquery()
)
