"""Imports: each file that was brought into the house, what became of its rows, and by which right they came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Day, FileColumn, LongText, ShortText, Utc, one_of
from app.core.enums import Titled
from app.core.values import display
from app.models.base import Entity, OfficeScoped
from app.models.languages import Language
from app.models.newsletters import Newsletter


class ImportKind(Titled):
    """What a file tells of its addresses."""

    SUBSCRIBERS = "subscribers", _("Subscribers")
    BOUNCES = "bounces", _("Bounces and complaints")


class ImportStatus(Titled):
    """How far an import has come."""

    UPLOADED = "uploaded", _("Columns to be assigned")
    CHECKED = "checked", _("Checked, not imported yet")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    EXPIRED = "expired", _("Never imported")


class ImportConsent(Titled):
    """By which right people who come with a file are written to."""

    GIVEN = "given", _("They have agreed, and I can prove it")
    ASKED = "asked", _("Each of them is asked by mail first")


class Outcome(Titled):
    """What becomes of a row."""

    ADDED = "added", _("New in the newsletter")
    CONFIRMED = "confirmed", _("Was waiting, is confirmed now")
    ASKED = "asked", _("Gets a mail with the question")
    LEFT = "left", _("Is unsubscribed: so says the file")
    RECORDED = "recorded", _("Delivery state set")
    SAME = "same", _("Is there already: nothing changes")
    FILLED = "filled", _("Is there already: a missing name is added")
    REPEATED = "repeated", _("Stands in the file once more")
    WITHDRAWN = "withdrawn", _("Has unsubscribed: stays so")
    BLOCKED = "blocked", _("Is blocked: stays so")
    UNWANTED = "unwanted", _("Is a contact who wants no e-mail")
    OUT = "out", _("Wants no mail, or hasn't agreed: so says the file")
    UNREACHABLE = "unreachable", _("Mails don't arrive or aren't wanted there: isn't asked")
    UNKNOWN = "unknown", _("No subscriber of this office")
    MISSING = "missing", _("No e-mail address")
    INVALID = "invalid", _("This is no e-mail address")
    LANGUAGE = "language", _("This language isn't known")
    TYPE = "type", _("This kind of bounce isn't known")
    DATE = "date", _("This is no date, or one to come")
    LONG = "long", _("A name or an address is too long")
    SIGNS = "signs", _("Signs that can't be stored")


#: Rows that the file itself has to be corrected for: they are given back, with the reason.
FAULTS = (
    Outcome.MISSING,
    Outcome.INVALID,
    Outcome.LANGUAGE,
    Outcome.TYPE,
    Outcome.DATE,
    Outcome.LONG,
    Outcome.SIGNS,
)
#: Rows by which something changes.
CHANGES = (
    Outcome.ADDED,
    Outcome.CONFIRMED,
    Outcome.ASKED,
    Outcome.FILLED,
    Outcome.LEFT,
    Outcome.RECORDED,
)


class Import(OfficeScoped, Entity):
    """A file that ``created_by`` brought at ``created_at``: a receipt of what came in.

    ``file`` is the table in plain form as long as the import isn't done, ``rejected`` the rows that have to be
    corrected; both go after a while. ``columns`` names what each column of the file holds, by its place.
    """

    __tablename__ = "import"
    office_from = "newsletter"

    kind: Mapped[ImportKind] = mapped_column(one_of(ImportKind), default=ImportKind.SUBSCRIBERS)
    newsletter_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter.id"), index=True)
    status: Mapped[ImportStatus] = mapped_column(one_of(ImportStatus), default=ImportStatus.UPLOADED)
    file: Mapped[str | None] = mapped_column(FileColumn)
    file_name: Mapped[ShortText]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    rows: Mapped[int] = mapped_column(default=0)
    columns: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    consent: Mapped[ImportConsent | None] = mapped_column(one_of(ImportConsent))
    basis: Mapped[LongText | None]
    consented_on: Mapped[Day | None]
    source: Mapped[ShortText | None]
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.GERMAN)
    counts: Mapped[dict[str, int]] = mapped_column(sa.JSON, default=dict)
    rejected: Mapped[str | None] = mapped_column(FileColumn)
    done_at: Mapped[datetime | None] = mapped_column(Utc())

    newsletter: Mapped[Newsletter] = relationship()

    def __str__(self) -> str:
        return self.file_name

    @property
    def outcomes(self) -> Iterator[tuple[Outcome, int]]:
        """What becomes of the rows, as far as there are any: what changes first, what is wrong last."""
        yield from ((one, self.counts[one.value]) for one in Outcome if self.counts.get(one.value))

    @property
    def changes(self) -> int:
        """How many rows change something."""
        return sum(self.counts.get(one.value, 0) for one in CHANGES)

    @property
    def faults(self) -> int:
        """How many rows have to be corrected."""
        return sum(self.counts.get(one.value, 0) for one in FAULTS)

    @property
    def proof(self) -> str:
        """Why the people of the file may be written to, or asked, for the log of consents."""
        file = gettext("File “%(name)s”, SHA-256 %(digest)s", name=self.file_name, digest=self.sha256)
        if self.consent is not ImportConsent.GIVEN:
            return file
        day = gettext(
            "Consent of %(day)s, kept in: %(source)s", day=display(self.consented_on), source=self.source
        )
        return f"{self.basis}\n{day}\n{file}"


class ImportPreset(OfficeScoped, Entity):
    """What the columns of an office's usual file hold, by their headings."""

    __tablename__ = "import_preset"
    __table_args__ = (
        sa.UniqueConstraint(
            "office_id",
            "kind",
            "name",
            info={"field": "preset_name", "message": _("There is an assignment of this name already.")},
        ),
    )

    kind: Mapped[ImportKind] = mapped_column(one_of(ImportKind))
    name: Mapped[ShortText]
    columns: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)

    def __str__(self) -> str:
        return self.name


class BounceAddress(OfficeScoped, Entity):
    """The secret address at which programs report a newsletter's bounces: it holds as long as its edition does."""

    __tablename__ = "bounce_address"
    part_of = "newsletter"
    named_by = ("newsletter",)

    newsletter_id: Mapped[int] = mapped_column(sa.ForeignKey("newsletter.id"), unique=True)
    edition: Mapped[int] = mapped_column(default=1)

    newsletter: Mapped[Newsletter] = relationship(back_populates="bounce_addresses")

    def __str__(self) -> str:
        return str(self.newsletter)


# One at most; it goes with the newsletter.
Newsletter.bounce_addresses = relationship(
    BounceAddress, back_populates="newsletter", cascade="all, delete-orphan"
)
