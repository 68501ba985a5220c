"""Form fields in the look of the page, and those with which people choose. What is typed is in ``parsed``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup
from wtforms import Field, SelectField, SelectMultipleField, widgets
from wtforms.fields.choices import Choice
from wtforms.validators import InputRequired, StopValidation, ValidationError
from wtforms.widgets import html_params

from app.access import Verb
from app.core.db import find
from app.core.enums import RefusedError
from app.core.text import fold
from app.core.values import countries, display
from app.views.cells import view_of

BLANK = "__None"
HIDDEN = "__hidden"
NEAR = ("DE", "AT", "CH", "NL", "BE", "LU", "FR", "PL", "CZ", "DK")


class Needed(InputRequired):
    """Something must be entered, and spaces are nothing."""

    def __call__(self, form: Any, field: Field) -> None:
        """Refuse an empty input, and one of which nothing is left."""
        super().__call__(form, field)
        if not field.errors and field.data in (None, "") and not getattr(field, "hidden", False):
            raise StopValidation(field.gettext("This field is required."))


def marked(field: Field, attributes: dict[str, Any]) -> None:
    """Let a field with messages look like one."""
    if field.errors:
        attributes["class"] += " is-invalid"


class Input(widgets.TextInput):
    """A text input in the look of the page, with a hint for the keyboard of phones."""

    def __init__(self, mode: str = "text", hint: Any = "") -> None:
        """Take HTML's inputmode and what stands in the empty input."""
        super().__init__()
        self.mode, self.hint = mode, hint

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Render."""
        kwargs.setdefault("class", "form-control")
        marked(field, kwargs)
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
        marked(field, kwargs)
        return super().__call__(field, **kwargs)


class Tick(widgets.CheckboxInput):
    """A checkbox in the look of the page."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Render."""
        kwargs.setdefault("class", "form-check-input")
        return super().__call__(field, **kwargs)


class Select(widgets.Select):
    """A select in the look of the page."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Render."""
        kwargs.setdefault("class", "form-select")
        marked(field, kwargs)
        return super().__call__(field, **kwargs)


class EnumInput(SelectField):
    """One member of a closed set, shown by its title."""

    widget = Select()

    def __init__(self, members: type[Enum], *args: Any, optional: bool = True, **kwargs: Any) -> None:
        """Take the enum; without ``optional`` there is an empty choice only where nothing is chosen yet."""
        kwargs.setdefault("coerce", self._member)
        super().__init__(*args, **{"choices": [], **kwargs})
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
            except RefusedError as refusal:
                raise ValueError(str(refusal)) from None
            except ValueError:
                raise ValueError(gettext("This is none of the choices.")) from None

    def pre_validate(self, _form: Any) -> None:
        """Already done when reading."""


class CountryInput(SelectField):
    """A country, by its name in the person's language; the neighbours and Germany first."""

    widget = Select()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what every field takes; the choices depend on the language of the request."""
        super().__init__(*args, **{"choices": [], "validate_choice": False, **kwargs})

    def iter_choices(self) -> Iterator[Any]:
        """Offer every country."""
        names = countries()
        for code in (*NEAR, *sorted(set(names) - set(NEAR), key=lambda code: fold(names[code]))):
            yield Choice(code, names[code], selected=code == self.data, render_kw={})

    def pre_validate(self, _form: Any) -> None:
        """Refuse a code of no country."""
        if self.data and self.data not in countries():
            raise ValidationError(gettext("This is none of the choices."))


class Several(Select):
    """A select of several; the script shows each choice with a button that takes it back."""

    def __call__(self, field: Field, **kwargs: Any) -> Markup:
        """Render."""
        return super().__call__(field, **{"data-remove": gettext("Take back"), **kwargs})


class SetInput(SelectMultipleField):
    """Several members of a closed set."""

    widget = Several(multiple=True)

    def __init__(self, members: type[Enum], *args: Any, **kwargs: Any) -> None:
        """Take the enum."""
        super().__init__(*args, **{"choices": [], **kwargs})
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


_OPTION = Markup("<option value='{}' selected>{}</option>")


class RemoteWidget:
    """A select that holds the chosen row only and asks the server for others while one types."""

    def __call__(self, field: RemoteSelect, **kwargs: Any) -> Markup:
        """Render."""
        kwargs = {"id": field.id, "name": field.name, "class": "form-select remote", **kwargs}
        kwargs |= {"data-url": field.url(), "data-hint": gettext("Type to search …")}
        marked(field, kwargs)
        kwargs.setdefault("required", bool(field.flags.required))
        options = [Markup('<option value=""></option>')]
        if field.hidden:
            options.append(_OPTION.format(HIDDEN, gettext("(no longer visible to your office)")))
        elif field.data is not None:
            options.append(_OPTION.format(field.data.id, field.data))
        return Markup("<select {}>{}</select>").format(
            Markup(html_params(**kwargs)),  # noqa: S704 - html_params escapes
            Markup("").join(options),
        )


class RemoteSelect(Field):
    """A row of another table, out of any number of them. Reads the posted key through the scoped session.

    A row that another office doesn't share any more is ``hidden``: nobody sees it, and who saves keeps it.
    """

    widget = RemoteWidget()
    hidden = False

    def __init__(self, model: type[Any], *args: Any, url: Callable[[], str], **kwargs: Any) -> None:
        """Take the model, and the address at which its rows are looked up."""
        super().__init__(*args, **kwargs)
        self.model, self.url = model, url

    def records(self) -> str | None:
        """Give the address below which each row has its page, where the person may open it."""
        view = view_of(self.model)
        if view is None or not view.may(Verb.READ):
            return None
        return url_for(f"{view.endpoint}.show", pk="")

    def new_record(self) -> tuple[str, str] | None:
        """Give title and address of the form for a new row, where the person may make one."""
        view = view_of(self.model)
        if view is None or not (view.add_columns and view.may(Verb.WRITE)):
            return None
        return str(view.add_title), url_for(f"{view.endpoint}.add")

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Find the row; one that can't be seen doesn't exist."""
        text = valuelist[0].strip() if valuelist else ""
        self.data, self.hidden = None, text == HIDDEN
        if text and text not in {BLANK, HIDDEN}:
            self.data = find(self.model, text)
            if self.data is None:
                raise ValueError(gettext("This record can't be found in your office."))

    def populate_obj(self, obj: Any, name: str) -> None:
        """Choose the row, or keep the one that can't be seen."""
        if not (self.hidden and getattr(obj, f"{name}_id", None) is not None):
            super().populate_obj(obj, name)

    def reread(self) -> None:
        """Find the row again: it may have been deleted in the meantime."""
        try:
            self.process_formdata(self.raw_data or ())
        except ValueError as error:
            self.errors = tuple(dict.fromkeys((*self.errors, str(error))))


def mark_hidden(fields: Iterable[Field], obj: Any) -> None:
    """Mark the selects of a form that was opened for a row, whose rows can't be seen any more."""
    for field in fields:
        if isinstance(field, RemoteSelect) and field.raw_data is None and field.data is None:
            field.hidden = getattr(obj, f"{field.short_name}_id", None) is not None
