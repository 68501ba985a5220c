"""History: what was done to a record, when and by whom, without a word of what its texts said."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_appbuilder import Model
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Key, Moment, ShortText, one_of
from app.core.enums import Titled
from app.models.base import AppendOnly, OfficeScoped


class Action(Titled):
    """What was done."""

    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")


class Change(AppendOnly, OfficeScoped, Model):
    """One save of a record, parts included. ``app.access.history`` writes it, and nothing changes it.

    No ``Entity``: it has no version, nobody edits it, and it has no history of its own. The record is named by
    kind (its model's name) and key, because the keys of many tables can't be one foreign key.
    """

    __tablename__ = "record_change"
    __table_args__: Any = (sa.Index("ix_record_change_record", "kind", "key", "at"),)

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(sa.String(40))
    key: Mapped[int] = mapped_column(sa.Integer)
    at: Mapped[Moment]
    actor: Mapped[ShortText] = mapped_column(default="")
    action: Mapped[Action] = mapped_column(one_of(Action))
    #: {"name": "status", "old": "agreed", "new": "fulfilled"} where both may be kept, {"name": "notes"} where
    #: not, {"name": "parties", "added": 1} for parts; see docs/decisions/0006.
    fields: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
