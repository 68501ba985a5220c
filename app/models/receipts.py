"""Receipts: each file that left the house, with who took it, when and what was in it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Key, LongText, ShortText, one_of
from app.core.enums import Titled
from app.models.base import Entity, OfficeScoped, Quoting
from app.models.newsletters import Newsletter
from app.models.subscribers import Subscription


class FileContent(Titled):
    """What a file is for. Of all but the first it's kept whose subscriptions are in it."""

    LIST = "list", _("List")
    SUBSCRIBERS = "subscribers", _("Subscribers to write to")
    BLOCKLIST = "blocklist", _("Addresses that get no mail")
    PROOF = "proof", _("Proof of consent")
    REMOVAL = "removal", _("Removal file")


class FileStatus(Titled):
    """How far a file came. What was begun has left the house, as far as its receipt says."""

    BEGUN = "begun", _("Begun")
    COMPLETE = "complete", _("Complete")
    BROKEN_OFF = "broken_off", _("Broken off")


class Receipt(OfficeScoped, Quoting, Entity):
    """A download: ``created_by`` took it at ``created_at``. What was typed as a filter may be a name or an address.

    A file that is sent while it's read has its receipt before its first byte: ``rows`` grows with it, and
    ``sha256`` is of what was sent, "" until that has ended.
    """

    __tablename__ = "receipt"
    quotes = frozenset({"filter", "sections"})

    title: Mapped[ShortText]
    format: Mapped[str] = mapped_column(sa.String(20))
    content: Mapped[FileContent] = mapped_column(one_of(FileContent), default=FileContent.LIST)
    status: Mapped[FileStatus] = mapped_column(one_of(FileStatus), default=FileStatus.COMPLETE)
    purpose: Mapped[ShortText | None]
    filter: Mapped[LongText | None]
    newsletter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("newsletter.id"), index=True)
    rows: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))

    newsletter: Mapped[Newsletter | None] = relationship()

    def __str__(self) -> str:
        return self.title


class ReceiptEntry(OfficeScoped, Model):
    """A subscription that was in a file. It names no person: who is erased is erased there.

    A million of them may belong to one file, so it's no Entity: nobody edits one, and who wrote it, and when, stands
    in the receipt.
    """

    __tablename__ = "receipt_entry"
    __table_args__: Any = (sa.UniqueConstraint("receipt_id", "subscription_id"),)

    id: Mapped[Key]
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt.id"))
    subscription_id: Mapped[int] = mapped_column(sa.ForeignKey("subscription.id"), index=True)

    receipt: Mapped[Receipt] = relationship()
    subscription: Mapped[Subscription] = relationship()
