"""What becomes of contracts: whom the office asks when, and what each party reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Amount, Day, FileColumn, LongText, Moment, Money, ShortText, Utc, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import AppendOnly, Entity, OfficeScoped, named
from app.models.contracts import Contract
from app.models.organisations import Organisation

NO_CONSENT = _("A photo is kept only if all who can be seen on it agree.")

#: The first mail of a follow-up, and its reminders.
MAILS = 3
#: So long a party may take to answer before it's reminded.
SPACING = timedelta(days=10)
#: When a party that was still at it is asked again, and how often it's asked in all.
AGAIN, ROUNDS = timedelta(weeks=8), 3
#: A follow-up that nobody has answered is overdue after this time.
PATIENCE = timedelta(weeks=2)


class Stage(Titled):
    """What a party is asked: soon after the event whether there was contact, and at the end how it went."""

    CONTACT = "contact", _("Contact")
    COMPLETION = "completion", _("Completion")


class ReportState(Titled):
    """What a party says has become of a contract."""

    KEPT = "kept", _("Kept")
    PARTLY = "partly", _("Partly kept")
    IN_PROGRESS = "in_progress", _("In progress")
    NOT_FEASIBLE = "not_feasible", _("Not feasible")
    NO_CONTACT = "no_contact", _("No contact")


class ReportChannel(Titled):
    """How a report came."""

    LINK = "link", _("By the link of a mail")
    PHONE = "phone", _("By phone, written down by staff")
    STAFF = "staff", _("Decided by staff")


class MailState(Titled):
    """How far a mail has come. One of which nobody knows whether it left isn't sent again."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Perhaps sent")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Not needed any more")
    REFUSED = "refused", _("Refused by the mail server")


class FollowUp(OfficeScoped, Entity):
    """A party is to be asked about a contract from a day on. Its link answers it once.

    It names the organisation, not the row of the contract's form: a party may be entered anew.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        sa.UniqueConstraint(
            "contract_id",
            "organisation_id",
            "stage",
            "round",
            info={"field": "organisation", "message": _("This party is asked already.")},
        ),
    )
    office_from = "contract"
    named_by = ("organisation",)

    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    stage: Mapped[Stage] = mapped_column(one_of(Stage))
    round: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[Day] = mapped_column(index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Utc())
    #: Nobody waits for an answer any more: staff have decided, or a later question took its place.
    closed_at: Mapped[datetime | None] = mapped_column(Utc())

    contract: Mapped[Contract] = relationship()
    organisation: Mapped[Organisation] = relationship()
    mails: Mapped[list[FollowUpMail]] = relationship(
        back_populates="follow_up", cascade="all, delete-orphan", order_by="FollowUpMail.number"
    )

    def __str__(self) -> str:
        return named(self.stage, self.organisation)

    @property
    def open(self) -> bool:
        """Whether an answer is still waited for."""
        return self.answered_at is None and self.closed_at is None


class FollowUpMail(OfficeScoped, Entity):
    """A mail of a follow-up: written down, and committed, before it's sent."""

    __tablename__ = "follow_up_mail"
    __table_args__ = (sa.UniqueConstraint("follow_up_id", "number"),)
    part_of = "follow_up"

    follow_up_id: Mapped[int] = mapped_column(sa.ForeignKey("follow_up.id"), index=True)
    #: 1 asks, the others remind.
    number: Mapped[int]
    state: Mapped[MailState] = mapped_column(one_of(MailState), default=MailState.WAITING, index=True)
    at: Mapped[Moment] = mapped_column(default=clock.now)

    follow_up: Mapped[FollowUp] = relationship(back_populates="mails")

    def __str__(self) -> str:
        return named(self.number, self.state)


class FollowUpReport(AppendOnly, OfficeScoped, Entity):
    """What somebody said about a contract, and when. Nobody changes it: who knows better says so anew.

    Without an organisation it's the decision of the office. What tells of people stands in a note of its own.
    """

    __tablename__ = "follow_up_report"
    office_from = "contract"
    named_by = ("organisation",)

    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    follow_up_id: Mapped[int | None] = mapped_column(sa.ForeignKey("follow_up.id"), index=True)
    at: Mapped[Moment] = mapped_column(default=clock.now)
    state: Mapped[ReportState] = mapped_column(one_of(ReportState))
    channel: Mapped[ReportChannel] = mapped_column(one_of(ReportChannel))
    actor: Mapped[ShortText]
    hours: Mapped[Amount | None]
    value: Mapped[Money | None]

    contract: Mapped[Contract] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    follow_up: Mapped[FollowUp | None] = relationship()
    #: Written as rows of their own: a report doesn't change with them.
    notes: Mapped[list[FollowUpNote]] = relationship(viewonly=True, order_by="FollowUpNote.id")

    def __str__(self) -> str:
        return named(self.state, self.organisation)

    @property
    def note(self) -> FollowUpNote | None:
        """What was said beside it; None where nothing was, or where it was taken back."""
        return next(iter(self.notes), None)

    def problems(self) -> Iterator[Problem]:
        """Refuse negative amounts."""
        for name in ("hours", "value"):
            amount = getattr(self, name)
            if amount is not None and amount < 0:
                yield Problem(name, _("An amount can't be negative."))


class FollowUpNote(OfficeScoped, Entity):
    """What a report says in words and pictures. It's deleted when somebody takes it back; the report stays."""

    __tablename__ = "follow_up_note"
    office_from = "report"
    named_by = ("report.organisation",)

    report_id: Mapped[int] = mapped_column(sa.ForeignKey("follow_up_report.id"), index=True)
    reason: Mapped[ShortText | None]
    comment: Mapped[LongText | None]
    photo: Mapped[str | None] = mapped_column(FileColumn)
    photo_consent: Mapped[bool] = mapped_column(default=False)

    report: Mapped[FollowUpReport] = relationship()

    def __str__(self) -> str:
        return str(self.report)

    def problems(self) -> Iterator[Problem]:
        """Keep no photo without the consent of those on it."""
        if self.photo and not self.photo_consent:
            yield Problem("photo_consent", NO_CONSENT)
