"""Templates of events: what is to be done how long before, at which corners people trade, how many are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import LongText, ShortText, one_of
from app.core.rules import Problem
from app.models.base import Entity, Ranked, Searchable, Shareable, by_rank
from app.models.categories import Category

#: How far a task may lie from its event, in days.
FARTHEST = 1000


class Targeted:
    """What has so many aims: who is wanted, and how many contracts. None is no aim, which isn't zero."""

    target_companies: Mapped[int | None]
    target_nonprofits: Mapped[int | None]
    target_people: Mapped[int | None]
    target_contracts: Mapped[int | None]

    def target_problems(self) -> Iterator[Problem]:
        """Refuse negative aims."""
        for name in TARGETS:
            number = getattr(self, name)
            if number is not None and number < 0:
                yield Problem(name, _("A count can't be negative."))


TARGETS = ("target_companies", "target_nonprofits", "target_people", "target_contracts")


def days_problems(days: int | None) -> Iterator[Problem]:
    """Refuse a day that no calendar of a marketplace reaches."""
    if days is not None and abs(days) > FARTHEST:
        text = _("A task lies at most %(days)s days from its event.", days=FARTHEST)
        yield Problem("days_from_event", text)


class EventTemplate(Targeted, Shareable, Searchable, Entity):
    """A plan from which events are made. A service agency shares its own with the offices of the network."""

    __tablename__ = "event_template"
    sorts_by = "name"

    name: Mapped[ShortText]
    description: Mapped[LongText | None]

    tasks: Mapped[list[TemplateTask]] = relationship(
        back_populates="template", cascade="all, delete-orphan", **by_rank("TemplateTask")
    )
    corners: Mapped[list[TemplateCorner]] = relationship(
        back_populates="template", cascade="all, delete-orphan", **by_rank("TemplateCorner")
    )

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> Iterator[str | None]:
        """Find a template by its name and what it's for."""
        yield from (self.name, self.description)

    def problems(self) -> Iterator[Problem]:
        """Refuse negative aims."""
        yield from self.target_problems()


class TemplateTask(Ranked, Shareable, Entity):
    """A task, so many days before the event (-28), on its day (0), or after it (14). Shared with its template."""

    __tablename__ = "template_task"
    part_of = "template"
    # The tasks of events say from which row they came: another task mustn't take its place.
    reused = False

    # It's no key: a row of one office refers to none of another, and stays when that one goes.
    uuid: Mapped[str] = mapped_column(sa.String(36), default=lambda: str(uuid4()))

    template_id: Mapped[int] = mapped_column(sa.ForeignKey("event_template.id"), index=True)
    days_from_event: Mapped[int]
    subject: Mapped[ShortText]
    text: Mapped[LongText | None]

    template: Mapped[EventTemplate] = relationship(back_populates="tasks")

    def __str__(self) -> str:
        return self.subject

    def problems(self) -> Iterator[Problem]:
        """Keep the task within reach of its event."""
        yield from days_problems(self.days_from_event)


class TemplateCorner(Ranked, Shareable, Entity):
    """A trading corner that the event will have. Shared with its template."""

    __tablename__ = "template_corner"
    __table_args__ = (
        sa.UniqueConstraint(
            "template_id",
            "name",
            info={"field": "name", "message": _("There is already a corner with this name.")},
        ),
    )
    part_of = "template"

    template_id: Mapped[int] = mapped_column(sa.ForeignKey("event_template.id"), index=True)
    name: Mapped[ShortText]
    category: Mapped[Category] = mapped_column(one_of(Category), default=Category.OTHER)

    template: Mapped[EventTemplate] = relationship(back_populates="corners")

    def __str__(self) -> str:
        return self.name
