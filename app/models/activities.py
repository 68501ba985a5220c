"""Activities: notes, calls, mails, meetings and tasks on the other records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Day, LongText, ShortText, Utc, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Entity, OfficeScoped, Searchable
from app.models.contacts import Contact
from app.models.contracts import Contract
from app.models.events import Event
from app.models.organisations import Organisation
from app.models.templates import days_problems
from app.models.users import Staff


class ActivityKind(Titled):
    """What was or is to be done."""

    NOTE = "note", _("Note")
    CALL = "call", _("Call")
    MAIL = "mail", _("Mail")
    MEETING = "meeting", _("Meeting")
    TASK = "task", _("Task")


class Activity(OfficeScoped, Searchable, Entity):
    """Something that happened, or is due, with an organisation, contact, event or contract."""

    __tablename__ = "activity"

    kind: Mapped[ActivityKind] = mapped_column(one_of(ActivityKind), default=ActivityKind.NOTE)
    subject: Mapped[ShortText]
    text: Mapped[LongText | None]
    happened_on: Mapped[Day | None] = mapped_column(default=clock.today)
    due_on: Mapped[Day | None] = mapped_column(index=True)
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id"), index=True)
    done_at: Mapped[datetime | None] = mapped_column(Utc())
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    #: How far from its event it's due; with it the due date follows the event, see services.planning.
    days_from_event: Mapped[int | None]
    #: The ``uuid`` of the task of a template from which it was made, so that it's not made twice.
    template_task: Mapped[str | None] = mapped_column(sa.String(36))

    assignee: Mapped[Staff | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    event: Mapped[Event | None] = relationship()
    contract: Mapped[Contract | None] = relationship()

    def __str__(self) -> str:
        return self.subject

    @property
    def done(self) -> bool:
        """Whether it's done."""
        return self.done_at is not None

    @property
    def open(self) -> bool:
        """Whether it's a task that is still to be done."""
        return self.kind is ActivityKind.TASK and self.done_at is None

    def search_words(self) -> Iterator[str | None]:
        """Find an activity by its words."""
        yield from (self.subject, self.text)

    def problems(self) -> Iterator[Problem]:
        """Refuse an activity about nothing, and one that hangs on the date of no event."""
        yield from days_problems(self.days_from_event)
        if self.days_from_event is not None and not (self.event or self.event_id):
            yield Problem("days_from_event", _("Say which event the due date follows."))
        # A key without its row leads to one that another office doesn't share any more.
        keys = (self.organisation_id, self.contact_id, self.event_id, self.contract_id)
        if not any((self.organisation, self.contact, self.event, self.contract, *keys)):
            yield Problem(
                "organisation", _("Say whom or what it is about: organisation, contact, event or contract.")
            )
