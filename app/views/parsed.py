"""Form fields whose text is parsed: numbers, dates and times, in the person's own way of writing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from wtforms import Field, StringField

from app.core import clock
from app.core.db import BIGGEST_KEY
from app.core.enums import RefusedError
from app.core.values import display, format_decimal, parse_date, parse_decimal
from app.views.fields import Input

_SAMPLE = date(2006, 11, 22)  # no two of its numbers are alike
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(?: ?uhr)?", re.IGNORECASE)


class Parsed(StringField):
    """An input whose text is parsed; what can't be parsed stays in the input, with a message."""

    message = _("This can't be read.")
    widget = Input()

    def read(self, text: str) -> Any:
        """Turn text into a value; ValueError where it's none."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """Turn a value into the text that people of the locale expect."""
        return display(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed. Text that was left as it stood is the stored value, to the last second."""
        text = valuelist[0].strip() if valuelist else ""
        if text and self.object_data is not None and text == self.write(self.object_data):
            self.data = self.object_data
            return
        self.data = None
        if text:
            try:
                self.data = self.read(text)
            except RefusedError:
                raise
            except ValueError:
                raise ValueError(str(self.message)) from None


class DecimalInput(Parsed):
    """A decimal number: "1.234,56" in German, "1,234.56" in English; nothing else is guessed."""

    message = _("This is no number.")
    widget = Input("decimal")

    def __init__(self, *args: Any, digits: int, places: int, **kwargs: Any) -> None:
        """Take how many digits can be stored, and how many of them behind the point."""
        super().__init__(*args, **kwargs)
        self.digits, self.places = digits, places

    def read(self, text: str) -> Decimal:
        """Parse by the locale; refuse more digits than are stored, instead of rounding them away.

        Zeros count: "1.500" of a German form that is sent in English would be one and a half.
        """
        number = parse_decimal(text)
        if abs(number) >= Decimal(10) ** (self.digits - self.places):
            raise RefusedError(gettext("This number is too large."))
        if decimals(number) > self.places:
            text = gettext("At most %(number)s decimal places can be stored.", number=self.places)
            raise RefusedError(text)
        return number

    def write(self, value: Decimal) -> str:
        """Write with the locale's separators."""
        return format_decimal(value)


class IntegerInput(Parsed):
    """A whole number."""

    message = _("This is no whole number.")
    widget = Input("numeric")

    def read(self, text: str) -> int:
        """Parse by the locale; refuse decimals and what no column holds."""
        number = parse_decimal(text)
        if abs(number) > BIGGEST_KEY:
            raise RefusedError(gettext("This number is too large."))
        if decimals(number):
            message = "not whole"
            raise ValueError(message)
        return int(number)


def day_hints() -> dict[str, str]:
    """Give the attributes of an input for a day: how days are written, for who types and for the calendar."""
    hint = {"inputmode": "numeric", "placeholder": gettext("dd/mm/yyyy")}
    return {**hint, "data-date": display(_SAMPLE), "data-pick": gettext("Choose a day")}


class Calendar(Input):
    """A text input for a day; the script puts a calendar beside it, which writes as the person does."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Render, with one known day as an example of how days are written."""
        return super().__call__(field, **{**day_hints(), **kwargs})


class DateInput(Parsed):
    """A day: "24.12.2026" in German, "24/12/2026" in English, "2026-12-24" in both."""

    message = _("This is no date.")
    widget = Calendar()

    def read(self, text: str) -> date:
        """Parse by the locale."""
        return parse_date(text)


class TimeInput(Parsed):
    """A time of day: "18:30"."""

    message = _("This is no time.")
    widget = Input("numeric", _("hh:mm"))

    def read(self, text: str) -> time:
        """Parse hours and minutes; "18.30" and "18 Uhr" are read too."""
        return parse_time(text)

    def write(self, value: time) -> str:
        """Write hours and minutes."""
        return value.strftime("%H:%M")


def decimals(number: Decimal) -> int:
    """Count the digits behind the point, zeros too."""
    return max(0, -int(number.as_tuple().exponent))


def parse_time(text: str) -> time:
    """Read a time of day: "18:30", "18.30", "18 Uhr". Raises ValueError."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2] or 0))


class MomentInput(Parsed):
    """A day and a time of the offices' zone, kept in UTC."""

    message = _("This is no date with a time.")
    widget = Input("numeric", _("dd/mm/yyyy hh:mm"))

    def read(self, text: str) -> datetime:
        """Parse the day, then the time. In the hour that is left out in spring there is no time."""
        day, _space, hour = text.replace("T", " ").rpartition(" ")
        moment = datetime.combine(parse_date(day), parse_time(hour), clock.OFFICE_ZONE)
        stored = moment.astimezone(UTC)
        if stored.astimezone(clock.OFFICE_ZONE).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise RefusedError(gettext("The clocks are put forward then: there is no such time."))
        return stored
