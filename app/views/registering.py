"""The form with which an organisation registers for an event. It needs no script: a button asks for more rows."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, Form, FormField, HiddenField, StringField, TextAreaField
from wtforms.utils import unset_value
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.labels import label
from app.models.categories import TABOO, Category, Side, is_money
from app.models.offers import Direction
from app.models.reach import NO_PHONE, NO_WEBSITE, is_phone, is_website
from app.models.registrations import Registration, RegistrationOffer, RegistrationPerson
from app.views.fields import Area, EnumInput, Input, Needed, Tick
from app.views.public import AddressForm, PublicForm, one_line
from app.views.rows import Numbered

MOST = 20  # rows of a kind
MORE = 3  # rows that the button adds
LONGEST = 2_000


def _text(name: str, *validators: Any, most: int = 200, **more: Any) -> StringField:
    given = [Length(max=most), *validators]
    return StringField(
        label("Registration", name), given, filters=[one_line], widget=more.pop("widget", Input()), **more
    )


def _no_money(_form: Form, field: Field) -> None:
    if is_money(field.data):
        raise ValidationError(str(TABOO))


def _phone(_form: Form, field: Field) -> None:
    if field.data and not is_phone(field.data):
        raise ValidationError(str(NO_PHONE))


def _website(_form: Form, field: Field) -> None:
    if field.data and not is_website(field.data):
        raise ValidationError(str(NO_WEBSITE))


def _plain(typed: str | None) -> str | None:
    """Keep line breaks alone of the signs that steer programs."""
    lines = (typed or "").replace("\r\n", "\n").split("\n")
    return "\n".join(one_line(line) or "" for line in lines).strip() or None


class Part(PublicForm):
    """A row. An empty one is none."""

    def is_blank(self) -> bool:
        """Whether nothing was typed; what is only chosen says nothing."""
        return not any(field.data for field in self if field.type != "EnumInput")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the row unless it's empty."""
        return self.is_blank() or bool(super().validate(extra_validators))


class PersonPart(Part):
    """Somebody who comes along."""

    name = StringField(_("Name"), [Length(max=200)], filters=[one_line], widget=Input())


class OfferPart(Part):
    """What is offered, or looked for."""

    category = EnumInput(Category, label=label("Offer", "category"), validators=[InputRequired()])
    title = StringField(
        _("In a few words"), [Needed(), Length(max=200), _no_money], filters=[one_line], widget=Input()
    )
    text = TextAreaField(
        _("More about it"), [Length(max=LONGEST), _no_money], filters=[_plain], widget=Area()
    )


class Parts(Numbered):
    """The rows of one kind, some of them empty."""

    def __init__(self, form: type[Part], ready: int, **kwargs: Any) -> None:
        """Take the form of a row, and how many rows stand ready."""
        super().__init__(FormField(form), max_entries=MOST, **kwargs)
        self.ready = ready

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the rows that were sent; empty ones fill up. WTForms would fill up with rows that were read before."""
        super().process(formdata, data, extra_filters)
        while len(self.entries) < self.ready:
            self.append_entry()

    def filled(self) -> Iterator[Any]:
        """Give the rows in which something was typed."""
        return (entry.form for entry in self.entries if not entry.form.is_blank())

    def more(self) -> None:
        """Add empty rows."""
        for _count in range(min(MORE, MOST - len(self.entries))):
            self.append_entry()


class RegisterForm(AddressForm):
    """What an office needs to know. ``website`` stays the trap; the organisation's own is called ``site``."""

    limit = "REGISTRATION_LIMIT"

    entry = HiddenField(default=lambda: uuid.uuid4().hex)
    side = EnumInput(
        Side, label=_("On which side do you come?"), validators=[InputRequired()], optional=False
    )
    name = _text("name", Needed())
    street = _text("street")
    postal_code = _text("postal_code", most=20, widget=Input("numeric"))
    city = _text("city", Needed())
    site = _text("website", _website)
    first_name = _text("first_name", Needed())
    last_name = _text("last_name", Needed())
    function = _text("function")
    phone = _text("phone", Optional(), _phone, most=60, widget=Input("tel"))
    comes = BooleanField(_("I come myself"), default=True, widget=Tick())
    people = Parts(PersonPart, 3, label=_("Who else comes"))
    offers = Parts(OfferPart, 2, label=_("What we offer"))
    needs = Parts(OfferPart, 2, label=_("What we look for"))
    notes = TextAreaField(_("Anything else"), [Length(max=LONGEST)], filters=[_plain], widget=Area())

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for somebody who comes."""
        valid = super().validate(extra_validators)
        if not self.comes.data and not any(self.people.filled()):
            self.comes.errors = (gettext("Please name at least one person who comes."),)
            return False
        return bool(valid)

    @property
    def entry_key(self) -> str:
        """Give the same for the same form with the same content, however often it's sent.

        Who goes back and corrects something sends another registration, which staff see beside the first.
        """
        content = json.dumps([self.data], default=str, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def fill(self, registration: Registration) -> None:
        """Write what was typed into a registration."""
        for name in (
            "side", "name", "street", "postal_code", "city", "first_name", "last_name", "function", "email", "phone",
            "comes", "notes",
        ):  # fmt: skip
            setattr(registration, name, self[name].data or None if name != "comes" else self.comes.data)
        registration.website = self.site.data or None
        registration.people = [RegistrationPerson(name=row.name.data) for row in self.people.filled()]
        for rows, direction in ((self.offers, Direction.OFFER), (self.needs, Direction.NEED)):
            for row in rows.filled():
                made = RegistrationOffer(
                    direction=direction,
                    category=row.category.data,
                    title=row.title.data,
                    text=row.text.data,
                )
                registration.offers.append(made)
