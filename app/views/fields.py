"""Form fields: what people type, in their own way of writing, becomes what the models hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import select
from wtforms import Field, SelectField, SelectMultipleField, StringField, widgets
from wtforms.fields.choices import Choice
from wtforms.validators import ValidationError
from wtforms.widgets import html_params

from app.core import clock
from app.core.db import db
from app.core.text import fold
from app.core.values import countries, display, format_decimal, parse_date, parse_decimal

BLANK = "__None"
NEAR = ("DE", "AT", "CH", "NL", "BE", "LU", "FR", "PL", "CZ", "DK")
BIGGEST = Decimal(10) ** 12
BIGGEST_KEY = 2**31 - 1


class Input(widgets.TextInput):
    """A text input in the look of the page, with a hint for the keyboard of phones."""

    def __init__(self, mode: str = "text", hint: Any = "") -> None:
        """Take HTML's inputmode and what stands in the empty input."""
        super().__init__()
        self.mode, self.hint = mode, hint

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Render."""
        kwargs.setdefault("class", "form-control")
        if self.mode != "text":
            kwargs.setdefault("inputmode", self.mode)
        if self.hint:
            kwargs.setdefault("placeholder", str(self.hint))
        return super().__call__(field, **kwargs)


class Area(widgets.TextArea):
    """A text area in the look of the page."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Render."""
        kwargs.setdefault("class", "form-control")
        kwargs.setdefault("rows", 3)
        return super().__call__(field, **kwargs)


class Select(widgets.Select):
    """A select in the look of the page."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Render."""
        kwargs.setdefault("class", "form-control")
        return super().__call__(field, **kwargs)


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
        """Read what was typed."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = self.read(text)
            except ValueError:
                raise ValueError(str(self.message)) from None


class DecimalInput(Parsed):
    """A decimal number: "1.234,56" in German, "1,234.56" in English; nothing else is guessed."""

    message = _("This is no number.")
    widget = Input("decimal")

    def __init__(self, *args: Any, places: int = 2, **kwargs: Any) -> None:
        """Take how many digits behind the point can be stored."""
        super().__init__(*args, **kwargs)
        self.places = places

    def read(self, text: str) -> Decimal:
        """Parse by the locale; refuse more digits than are stored, instead of rounding them away."""
        number = parse_decimal(text)
        if number != round(number, self.places) or abs(number) >= BIGGEST:
            message = "too many digits"
            raise ValueError(message)
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
        if number != int(number) or abs(number) > BIGGEST_KEY:
            message = "not whole"
            raise ValueError(message)
        return int(number)


class DateInput(Parsed):
    """A day: "24.12.2026" in German, "24/12/2026" in English, "2026-12-24" in both."""

    message = _("This is no date.")
    widget = Input("numeric", _("dd/mm/yyyy"))

    def read(self, text: str) -> date:
        """Parse by the locale."""
        return parse_date(text)


class TimeInput(Parsed):
    """A time of day: "18:30"."""

    message = _("This is no time.")
    widget = Input("numeric", _("hh:mm"))

    def read(self, text: str) -> time:
        """Parse hours and minutes; "18.30" and "18 Uhr" are read too."""
        plain = text.lower().removesuffix("uhr").strip().replace(".", ":")
        hours, _colon, minutes = plain.partition(":")
        return time(int(hours), int(minutes or 0))

    def write(self, value: time) -> str:
        """Write hours and minutes."""
        return value.strftime("%H:%M")


class MomentInput(Parsed):
    """A day and a time of the offices' zone, kept in UTC."""

    message = _("This is no date with a time.")
    widget = Input("numeric", _("dd/mm/yyyy hh:mm"))

    def read(self, text: str) -> datetime:
        """Parse the day, then the time."""
        day, _space, clock_time = text.replace("T", " ").rpartition(" ")
        hours, _colon, minutes = clock_time.partition(":")
        moment = datetime.combine(parse_date(day), time(int(hours), int(minutes)))
        return moment.replace(tzinfo=clock.OFFICE_ZONE)


class EnumInput(SelectField):
    """One member of a closed set, shown by its title."""

    widget = Select()

    def __init__(self, members: type[Enum], *args: Any, optional: bool = True, **kwargs: Any) -> None:
        """Take the enum; without ``optional`` there is an empty choice only where nothing is chosen yet."""
        kwargs.setdefault("coerce", self._member)
        super().__init__(*args, choices=[], **kwargs)
        self.members, self.optional = members, optional

    def _member(self, value: Any) -> Enum | None:
        if value in (None, "", BLANK):
            return None
        return value if isinstance(value, self.members) else self.members(value)

    def iter_choices(self) -> Iterator[Any]:
        """Offer each member under its title."""
        if self.optional or self.data is None:
            yield Choice("", "", selected=self.data is None, render_kw={})
        for member in self.members:
            yield Choice(member.value, display(member), selected=member is self.data, render_kw={})

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the stored value."""
        self.data = None
        if valuelist and valuelist[0]:
            try:
                self.data = self._member(valuelist[0])
            except ValueError:
                raise ValueError(gettext("This is none of the choices.")) from None

    def pre_validate(self, _form: Any) -> None:
        """Already done when reading."""


class CountryInput(SelectField):
    """A country, by its name in the person's language; the neighbours and Germany first."""

    widget = Select()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what every field takes; the choices depend on the language of the request."""
        super().__init__(*args, choices=[], validate_choice=False, **kwargs)

    def iter_choices(self) -> Iterator[Any]:
        """Offer every country."""
        names = countries()
        for code in (*NEAR, *sorted(set(names) - set(NEAR), key=lambda code: fold(names[code]))):
            yield Choice(code, names[code], selected=code == self.data, render_kw={})

    def pre_validate(self, _form: Any) -> None:
        """Refuse a code of no country."""
        if self.data and self.data not in countries():
            raise ValidationError(gettext("This is none of the choices."))


class SetInput(SelectMultipleField):
    """Several members of a closed set."""

    widget = Select(multiple=True)

    def __init__(self, members: type[Enum], *args: Any, **kwargs: Any) -> None:
        """Take the enum."""
        super().__init__(*args, choices=[], **kwargs)
        self.members = members

    def iter_choices(self) -> Iterator[Any]:
        """Offer each member under its title."""
        for member in self.members:
            yield Choice(member.value, display(member), selected=member in (self.data or ()), render_kw={})

    def process_data(self, value: Any) -> None:
        """Take the members."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the stored values."""
        try:
            self.data = [self.members(value) for value in valuelist if value]
        except ValueError:
            raise ValueError(gettext("This is none of the choices.")) from None

    def pre_validate(self, _form: Any) -> None:
        """Already done when reading."""


class RemoteWidget:
    """A select that holds the chosen row only and asks the server for others while one types."""

    def __call__(self, field: RemoteSelect, **kwargs: Any) -> Markup:
        """Render."""
        kwargs = {"id": field.id, "name": field.name, "class": "form-control remote", **kwargs}
        kwargs["data-url"] = field.url()
        if field.flags.required:
            kwargs["required"] = True
        options = [Markup('<option value=""></option>')]
        if field.data is not None:
            options.append(Markup("<option value='{}' selected>{}</option>").format(field.data.id, field.data))
        return Markup("<select {}>{}</select>").format(Markup(html_params(**kwargs)), Markup("").join(options))


class RemoteSelect(Field):
    """A row of another table, out of any number of them. Reads the posted key through the scoped session."""

    widget = RemoteWidget()

    def __init__(self, model: type[Any], *args: Any, url: Callable[[], str], **kwargs: Any) -> None:
        """Take the model, and the address at which its rows are looked up."""
        super().__init__(*args, **kwargs)
        self.model, self.url = model, url

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Find the row; one that can't be seen doesn't exist."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text and text != BLANK:
            self.data = find(self.model, text)
            if self.data is None:
                raise ValueError(gettext("This record can't be found in your office."))


def find(model: type[Any], key: str) -> Any:
    """Give the row with this key as far as the scope shows it, else None."""
    if not (key.isascii() and key.isdecimal()) or int(key) > BIGGEST_KEY:
        return None
    with db.session.no_autoflush:
        return db.session.scalars(select(model).where(model.id == int(key))).one_or_none()
