"""How each person looks at lists: saved views, and what was chosen once for a list."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import LongText, ShortText, one_of
from app.core.enums import Titled
from app.models.base import Lendable, Personal

#: Columns of a list are kept as their names with this between them.
COMMA = ","


class Density(Titled):
    """How much room a row has."""

    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class SavedView(Lendable):
    """A list with its filters, search, order and columns under a name.

    ``listing`` is the name of the list in addresses ("organisations"), ``query`` its address after the "?".
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        sa.UniqueConstraint(
            "staff_id",
            "listing",
            "name",
            name="uq_saved_view_name",
            info={"field": "name", "message": _("You already have a view with this name.")},
        ),
    )

    listing: Mapped[str] = mapped_column(sa.String(60), index=True)
    name: Mapped[ShortText]
    query: Mapped[LongText] = mapped_column(default="")
    columns: Mapped[LongText | None]

    def __str__(self) -> str:
        return self.name

    @property
    def chosen(self) -> list[str]:
        """The columns in their order; none where the list's own are meant."""
        return self.columns.split(COMMA) if self.columns else []


class ListPreference(Personal):
    """What a person chose for a list: columns and their order, room, rows of a page, and the view to begin with."""

    __tablename__ = "list_preference"
    __table_args__ = (sa.UniqueConstraint("staff_id", "listing", name="uq_list_preference_listing"),)

    listing: Mapped[str] = mapped_column(sa.String(60))
    columns: Mapped[LongText | None]
    density: Mapped[Density] = mapped_column(one_of(Density), default=Density.COMFORTABLE)
    page_size: Mapped[int | None]
    default_view_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("saved_view.id", ondelete="SET NULL"), index=True
    )

    @property
    def chosen(self) -> list[str]:
        """The columns in their order; none where the list's own are meant."""
        return self.columns.split(COMMA) if self.columns else []
