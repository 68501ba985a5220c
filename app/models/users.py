"""Staff: the accounts, and the offices that they work for."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa
from flask_appbuilder.security.sqla.models import User
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Utc, one_of
from app.models.base import Entity, OfficeScoped
from app.models.languages import Language


class Staff(User):
    """A person who works with Marktbüro. ("User" would collide with Flask-AppBuilder's own mapper.)"""

    __tablename__ = "ab_user"
    __table_args__ = {"extend_existing": True}  # noqa: RUF012 - read by the declarative machinery

    language: Mapped[Language | None] = mapped_column(one_of(Language), nullable=True)
    password_set_at: Mapped[datetime | None] = mapped_column(Utc(), nullable=True)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="staff", cascade="all, delete-orphan", lazy="select"
    )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def password_mark(self) -> str:
        """A mark that changes with the password: sessions and one-time links carry it and end with it."""
        return hashlib.sha256((self.password or "").encode()).hexdigest()[:16]

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the session."""
        return f"{self.id}:{self.password_mark}"


class Membership(OfficeScoped, Entity):
    """A member of staff works for an office, and so for all offices below it."""

    __tablename__ = "membership"
    __table_args__ = (sa.UniqueConstraint("staff_id", "office_id"),)

    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True)
    staff: Mapped[Staff] = relationship(back_populates="memberships")

    def __str__(self) -> str:
        return str(self.office)
