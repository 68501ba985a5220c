"""Staff: the accounts, and the offices that they work for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Utc, one_of
from app.core.rules import Problem
from app.models.base import Entity, OfficeScoped
from app.models.languages import Language


class Staff(User):
    """A person who works with Marktbüro; "User" would collide with Flask-AppBuilder's own mapper.

    No ``Entity``: the table is Flask-AppBuilder's. What views ask of an entity, an account answers itself.
    """

    __tablename__ = "ab_user"
    __table_args__ = {"extend_existing": True}  # noqa: RUF012 - read by the declarative machinery

    part_of: ClassVar[str] = ""
    office_from: ClassVar[str] = ""
    sorts_by: ClassVar[str] = "last_name"
    named_by: ClassVar[tuple[str, ...]] = ()

    language: Mapped[Language | None] = mapped_column(one_of(Language), nullable=True)
    password_set_at: Mapped[datetime | None] = mapped_column(Utc(), nullable=True)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="staff", cascade="all, delete-orphan", lazy="select"
    )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def version(self) -> str:
        """A mark that changes with whatever the form of an account shows, so that a stale form is noticed."""
        shown = (self.first_name, self.last_name, self.username, self.email, self.language, self.active)
        roles = sorted(role.name for role in self.roles)
        offices = sorted(membership.office_id for membership in self.memberships)
        return _digest(repr((shown, roles, offices)))

    def problems(self) -> Iterator[Problem]:
        """Yield nothing: what an account may be is ruled in ``services.users``, where it's known who asks."""
        yield from ()

    @property
    def password_mark(self) -> str:
        """A mark that changes with the password: sessions, tokens and links carry it and end with it."""
        return _digest(self.password or "")

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the session."""
        return f"{self.id}:{self.password_mark}"


TAKEN = {
    "username": _("This sign-in name is taken."),
    "email": _("This e-mail address is taken."),
}
for _rule in Staff.__table__.constraints:
    if isinstance(_rule, sa.UniqueConstraint):
        _field = next(iter(_rule.columns)).name
        _rule.info.update(field=_field, message=TAKEN[_field])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Membership(OfficeScoped, Entity):
    """A member of staff works for an office, and so for all offices below it."""

    __tablename__ = "membership"
    named_by = ("office",)
    __table_args__ = (sa.UniqueConstraint("staff_id", "office_id"),)

    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    staff: Mapped[Staff] = relationship(back_populates="memberships")

    def __str__(self) -> str:
        return str(self.office)
