"""Closed sets: the value is stored, the title is shown."""

from __future__ import annotations

import enum
from typing import Self, cast

from flask_babel.speaklater import LazyString


class RefusedError(ValueError):
    """A value that a closed set doesn't take, for a reason; the message is for the person."""


class Titled(enum.Enum):
    """An enum whose members are ``(stored value, translated title)``."""

    title: LazyString

    def __new__(cls, value: str, title: LazyString | None = None) -> Self:
        """Keep the title beside the value that the database stores. A member is looked up by its value alone."""
        member = object.__new__(cls)
        member._value_ = value
        member.title = cast("LazyString", title)
        return member

    def __str__(self) -> str:
        return str(self.title)
