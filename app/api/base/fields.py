"""Values in JSON: enums by their stored value, decimals as text, moments in UTC; the same in both directions.

``spec`` is what the OpenAPI document says about a value; it's also what is checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from marshmallow import ValidationError
from marshmallow import fields as marshmallow

from app.access import current
from app.core.db import BIGGEST_KEY
from app.core.values import countries

FIRST_YEAR = 1000  # as on the pages: before it stands a slip of the finger
DIGITS = 12  # in front of the point


class Spoken(marshmallow.Field):
    """A field whose messages are in the language of the request: they are lazy, and read when due."""

    default_error_messages: dict[str, Any] = {
        "required": _("This field is required."),
        "null": _("This field is required."),
        "invalid": _("This can't be read."),
        "missing": _("This record can't be found in your office."),
        "choice": _("This is none of the choices."),
    }

    def make_error(self, key: str, **_more: Any) -> ValidationError:
        """Say what is wrong."""
        return ValidationError(str(self.error_messages[key]))


class Value(Spoken):
    """A value of one kind."""

    spec: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, **more: Any) -> None:
        """Take marshmallow's arguments; its metadata becomes part of the OpenAPI document."""
        metadata = {**self.spec, **more.pop("metadata", {})}
        if more.get("allow_none") and "enum" in metadata:
            metadata["enum"] = [*metadata["enum"], None]
        super().__init__(metadata=metadata, **more)

    def _deserialize(self, value: Any, *_more: Any, **_options: Any) -> Any:
        try:
            return self.read(value)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None

    def _serialize(self, value: Any, attr: Any, obj: Any, **_options: Any) -> Any:
        return None if value is None or current().hides(obj, attr) else self.write(value)

    def read(self, value: Any) -> Any:
        """Turn JSON into a value; ValueError where it's none."""
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        """Turn a value into JSON."""
        return value


def text_of(value: Any) -> str:
    """Take text that every database can keep: no NUL, no half of a surrogate pair."""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError
    value.encode()  # UnicodeEncodeError is a ValueError
    return value.strip()


class Text(Value):
    """Text, stripped; what is only spaces is nothing."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "string"}
    default_error_messages: dict[str, Any] = {"long": _("This text is too long.")}

    def __init__(self, length: int | None = None, **more: Any) -> None:
        """Take how many characters the column holds."""
        self.length = length
        limit = {"maxLength": length} if length else {}
        super().__init__(metadata={**limit, **more.pop("metadata", {})}, **more)

    def read(self, value: Any) -> str | None:
        """Check what the column can hold."""
        text = text_of(value)
        if self.length and len(text) > self.length:
            raise self.make_error("long")
        if not text and not self.allow_none:
            raise self.make_error("required")
        return text or None


class Country(Text):
    """A country by its ISO 3166-1 code."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "string", "pattern": "^[A-Z]{2}$"}

    def read(self, value: Any) -> str | None:
        """Refuse a code of no country."""
        text = super().read(value)
        if text is not None and text not in countries():
            raise self.make_error("choice")
        return text


class Whole(Value):
    """A whole number."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "integer", "minimum": -BIGGEST_KEY, "maximum": BIGGEST_KEY}
    default_error_messages: dict[str, Any] = {"invalid": _("This is no whole number.")}

    def read(self, value: Any) -> int:
        """Take no text, no fraction and nothing that the column can't hold."""
        if type(value) is not int or abs(value) > BIGGEST_KEY:
            raise ValueError
        return value


class Number(Value):
    """A decimal number as text: "1234.50". As a JSON number it would pass through a binary fraction."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "decimal"}
    default_error_messages: dict[str, Any] = {
        "invalid": _("This is no number. Write it as text with a point: “1234.50”."),
    }

    def __init__(self, places: int = 2, **more: Any) -> None:
        """Take how many digits behind the point can be stored: more are refused, not rounded away."""
        self.pattern = rf"^-?[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{places}}})?$"
        super().__init__(metadata={"pattern": self.pattern, **more.pop("metadata", {})}, **more)

    def read(self, value: Any) -> Decimal:
        """Parse; whole numbers are taken as they are."""
        text = str(value) if type(value) is int else text_of(value)
        if not re.fullmatch(self.pattern.strip("^$"), text):
            raise ValueError
        return Decimal(text)

    def write(self, value: Decimal) -> str:
        """Write without an exponent."""
        return format(value, "f")


class YesNo(Value):
    """True or false."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "boolean"}
    default_error_messages: dict[str, Any] = {"invalid": _("This is neither true nor false.")}

    def read(self, value: Any) -> bool:
        """Take nothing else for it."""
        if not isinstance(value, bool):
            raise ValueError  # noqa: TRY004 - what a person sent, not what we passed
        return value


class Day(Value):
    """A day: "2026-12-24"."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "date"}
    default_error_messages: dict[str, Any] = {"invalid": _("This is no date. Write it as 2026-12-24.")}

    def read(self, value: Any) -> date:
        """Parse."""
        text = text_of(value)
        day = date.fromisoformat(text)
        if text != day.isoformat() or day.year < FIRST_YEAR:
            raise ValueError
        return day

    def write(self, value: date) -> str:
        """Write."""
        return value.isoformat()


class Time(Value):
    """A time of day: "18:30", or "18:30:00"."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"}
    default_error_messages: dict[str, Any] = {"invalid": _("This is no time. Write it as 18:30.")}

    def read(self, value: Any) -> time:
        """Parse."""
        text = text_of(value)
        if not re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", text):
            raise ValueError
        return time.fromisoformat(text)

    def write(self, value: time) -> str:
        """Write hours, minutes and seconds."""
        return value.isoformat("seconds")


class Moment(Value):
    """A moment: "2026-12-24T18:30:00Z". Without an offset nobody could tell which it was."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "date-time"}
    default_error_messages: dict[str, Any] = {
        "invalid": _("This is no moment. Write it with its offset: 2026-12-24T18:30:00Z."),
    }

    def read(self, value: Any) -> datetime:
        """Parse, and turn into UTC."""
        moment = datetime.fromisoformat(text_of(value))
        if moment.tzinfo is None or moment.year < FIRST_YEAR:
            raise ValueError
        return moment.astimezone(UTC)

    def write(self, value: datetime) -> str:
        """Write in UTC."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Choice(Value):
    """One member of a closed set, by its stored value."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "string"}

    def __init__(self, members: type[Enum], **more: Any) -> None:
        """Take the enum."""
        self.members = members
        values = [member.value for member in members]
        super().__init__(metadata={"enum": values, **more.pop("metadata", {})}, **more)

    def read(self, value: Any) -> Enum:
        """Find the member."""
        try:
            return self.members(value)
        except (ValueError, TypeError):
            raise self.make_error("choice") from None

    def write(self, value: Enum) -> str:
        """Write what is stored, which no translation changes."""
        return str(value.value)


class Choices(Value):
    """Several members of a closed set."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "array"}

    def __init__(self, members: type[Enum], **more: Any) -> None:
        """Take the enum."""
        self.one = Choice(members)
        items = {"type": "string", "enum": [member.value for member in members]}
        super().__init__(metadata={"items": items, **more.pop("metadata", {})}, **more)

    def read(self, value: Any) -> list[Enum]:
        """Find the members."""
        if not isinstance(value, list):
            raise ValueError  # noqa: TRY004 - what a person sent, not what we passed
        return [self.one.read(member) for member in value]

    def write(self, value: Sequence[Enum]) -> list[str]:
        """Write what is stored."""
        return [self.one.write(member) for member in value]
