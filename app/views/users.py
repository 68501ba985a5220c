"""Staff: who works where, with which roles; and the roles themselves, which are data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField
from wtforms.fields.choices import Choice
from wtforms.validators import Email, InputRequired, Length

from app.access import GRANTS, Role, Section, Verb, current
from app.core.db import db
from app.labels import label
from app.models.offices import Office
from app.models.users import Staff
from app.security import invitation
from app.services import users
from app.views.base import OfficeView
from app.views.fields import Input, Select
from app.views.tables import Table


class RolesInput(SelectMultipleField):
    """The roles that the person who grants them has the rights of."""

    widget = Select(multiple=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Hold role names."""
        super().__init__(*args, choices=[], validate_choice=False, **kwargs)

    def iter_choices(self) -> Iterator[Any]:
        """Offer what may be granted, and what the person already has."""
        chosen = set(self.data or ())
        for role in Role:
            if role.value in chosen or users.may_grant(current(), role):
                yield Choice(role.value, str(role.title), selected=role.value in chosen, render_kw={})

    def process_data(self, value: Any) -> None:
        """Take the person's roles."""
        self.data = [role.name for role in value or ()]

    def populate_obj(self, obj: Any, name: str) -> None:
        """The service writes them."""


class OfficesInput(SelectMultipleField):
    """The offices in which the person who grants them works."""

    widget = Select(multiple=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Hold office keys."""
        super().__init__(*args, choices=[], coerce=int, validate_choice=False, **kwargs)

    def iter_choices(self) -> Iterator[Any]:
        """Offer the offices of the scope."""
        chosen = set(self.data or ())
        for office in db.session.scalars(select(Office).order_by(Office.name, Office.id)):
            if current().writes(office.id):
                yield Choice(office.id, str(office), selected=office.id in chosen, render_kw={})

    def process_data(self, value: Any) -> None:
        """Take the offices of the memberships."""
        self.data = [membership.office_id for membership in value or ()]

    def populate_obj(self, obj: Any, name: str) -> None:
        """The service writes them."""


def _text(name: str, *validators: Any) -> StringField:
    return StringField(label("Staff", name), widget=Input(), validators=[InputRequired(), *validators])
