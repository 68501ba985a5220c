"""Reports by mail: which report, how often, and to whom. Each recipient gets what they themselves may take out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Day, LongText, Moment, ShortText, Utc, one_of
from app.core.enums import Titled
from app.models.base import Personal


class Rhythm(Titled):
    """How often a report is made."""

    WEEKLY = "weekly", _("Every Monday")
    MONTHLY = "monthly", _("On the first of each month")

    def after(self, day: date) -> date:
        """Give the next day on which it's made, later than this one."""
        if self is Rhythm.WEEKLY:
            return day + timedelta(days=7 - day.weekday())
        return clock.month(day, -1)


class Sending(Titled):
    """What became of the last report for a recipient."""

    MADE = "made", _("is being made")
    SENT = "sent", _("was told by mail")
    RIGHTS = "rights", _("no longer has the right to take it out, and got none")
    OFFICE = "office", _("doesn't work in the office of the report, and got none")
    GONE = "gone", _("no longer has an account, and got none")
    OWNER = "owner", _("got none: who set it up may no longer take it out")
    FAILED = "failed", _("got none: the file couldn't be made")
    TOLD = "told", _("got none, and was told by mail: the file couldn't be made")
    CANCELLED = "cancelled", _("broke it off before the file was there")
    REFUSED = "refused", _("couldn't be told: the mail server refused the address")


class ReportSchedule(Personal):
    """A report that is made again and again, for who set it up and for colleagues.

    ``parameters`` are named as in an address. ``chosen`` is the key of the office that its owner had chosen to work in,
    none for all of theirs; no foreign key, as in a ``Download``. ``next_on`` is the day on which it's made next;
    ``problem`` is set where its owner may no longer take the report out, and says why, so that nobody gets it.
    """

    __tablename__ = "report_schedule"

    title: Mapped[ShortText]
    words: Mapped[LongText] = mapped_column(default="")
    report: Mapped[str] = mapped_column(sa.String(60))
    parameters: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    chosen: Mapped[int | None]
    fmt: Mapped[str] = mapped_column(sa.String(20), default="xlsx")
    rhythm: Mapped[Rhythm] = mapped_column(one_of(Rhythm), default=Rhythm.WEEKLY)
    active: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    next_on: Mapped[Day]
    problem: Mapped[Sending | None] = mapped_column(one_of(Sending))
    created_at: Mapped[Moment] = mapped_column(default=clock.now)

    recipients: Mapped[list[ReportRecipient]] = relationship(
        back_populates="schedule", cascade="all, delete-orphan", order_by="ReportRecipient.id"
    )

    def __str__(self) -> str:
        return self.title


class ReportRecipient(Personal):
    """Who gets a report, and what became of the last one. It belongs to the schedule's owner, who reads the outcome.

    The name stays readable to the owner when the person has left the office.
    """

    __tablename__ = "report_recipient"
    __table_args__: Any = (sa.UniqueConstraint("schedule_id", "person_id"),)

    schedule_id: Mapped[int] = mapped_column(sa.ForeignKey("report_schedule.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    name: Mapped[ShortText]
    outcome: Mapped[Sending | None] = mapped_column(one_of(Sending))
    outcome_at: Mapped[datetime | None] = mapped_column(Utc())

    schedule: Mapped[ReportSchedule] = relationship(back_populates="recipients")

    def __str__(self) -> str:
        return self.name
