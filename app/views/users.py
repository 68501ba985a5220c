"""Staff: who works where, with which roles; and the roles themselves, which are data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from flask import abort, redirect, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Query
from werkzeug.wrappers import Response
from wtforms import Field, StringField
from wtforms.validators import Email, InputRequired, Length, Optional
from wtforms.widgets import html_params

from app.access import GRANTS, Role, Section, Verb, current
from app.core.db import BIGGEST_KEY, db
from app.labels import SECTIONS, VERBS, label
from app.models.languages import Language
from app.models.offices import Office
from app.models.users import Staff
from app.queries.users import found_by
from app.security import invitation
from app.services import users
from app.views.base import Button, OfficeView
from app.views.fields import EnumInput, Input
from app.views.filters import Search
from app.views.forms import Converter, OfficeForm
from app.views.locale import offered
from app.views.tables import Table

PERSON = ["first_name", "last_name", "username", "email", "language"]
COLUMNS = [*PERSON, "roles", "memberships", "active"]
_OFFERED_LINK = "sign_in_link"


class Checks:
    """Several choices as checkboxes: each is seen, and none is lost by a click without Ctrl."""

    def __call__(self, field: Choices, **kwargs: Any) -> Markup:
        """Render."""
        row = Markup(
            '<label class="form-check"><input type="checkbox" class="form-check-input" name="{}" value="{}"{}>'
            ' <span class="form-check-label">{}</span></label>'
        )
        boxes = [
            row.format(field.name, value, Markup(" checked") if one in field.data else "", str(one))
            for value, one in field.choices()
        ]
        named = {"id": field.id, "role": "group", "class": "choices", "aria-label": field.label.text}
        attributes = Markup(html_params(**named, **kwargs))  # noqa: S704 - html_params escapes
        return Markup("<div {}>{}</div>").format(attributes, Markup("").join(boxes))


class Choices(Field):
    """Several of the things that the person who fills the form may give. The service writes them."""

    widget = Checks()

    def choices(self) -> Iterator[tuple[Any, Any]]:
        """Yield what is offered, as posted value and thing."""
        raise NotImplementedError

    def populate_obj(self, obj: Any, name: str) -> None:
        """Leave it to the service."""


class RolesInput(Choices):
    """Roles: those that may be granted, and those that the account has."""

    def choices(self) -> Iterator[tuple[str, Role]]:
        """Yield roles by their name."""
        scope = current()
        return ((role.value, role) for role in Role if role in self.held or users.may_grant(scope, role))

    def process_data(self, value: Any) -> None:
        """Take the account's roles."""
        names = {role.name for role in value or ()}
        self.held = self.data = [role for role in Role if role.value in names]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the names."""
        known = {role.value: role for role in Role}
        if not set(valuelist) <= set(known):
            raise ValueError(gettext("This is none of the choices."))
        self.data = [known[name] for name in valuelist]


class OfficesInput(Choices):
    """The offices in which the person who fills the form works, and all below them."""

    def choices(self) -> Iterator[tuple[int, Office]]:
        """Yield offices by their key."""
        scope = current()
        offices = db.session.scalars(select(Office).order_by(Office.name, Office.id))
        return ((office.id, office) for office in offices if scope.writes(office.id))

    def process_data(self, value: Any) -> None:
        """Take the offices of the memberships."""
        self.data = _offices(value or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the keys; an office that can't be seen doesn't exist."""
        keys = {
            int(text)
            for text in valuelist
            if text.isascii() and text.isdecimal() and len(text) < len(str(BIGGEST_KEY))
        }
        with db.session.no_autoflush:
            self.data = list(
                db.session.scalars(select(Office).where(Office.id.in_(keys)).order_by(Office.name))
            )
        if len(self.data) < len(set(valuelist)):
            raise ValueError(gettext("This is none of the choices."))


class PageLanguage(EnumInput):
    """A language that the pages exist in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer German and English; materials have more languages."""
        super().__init__(Language, *args, **kwargs)

    def iter_choices(self) -> Iterator[Any]:
        """Leave out the others."""
        return (choice for choice in super().iter_choices() if not choice.value or choice.value in offered())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Refuse the others."""
        super().process_formdata(valuelist)
        if self.data is not None and self.data.value not in offered():
            raise ValueError(gettext("This is none of the choices."))


class StaffForm(OfficeForm):
    """The form of an account."""

    def populate_obj(self, obj: Any) -> None:
        """Write the person, and let the service judge who may give which roles and offices."""
        for name in PERSON:
            self[name].populate_obj(obj, name)
        offices = [office.id for office in self["memberships"].data]
        users.assign(obj, self["roles"].data, offices, active=self["active"].data, by=current())


class StaffTable(Table):
    """Accounts as lists show them."""

    @staticmethod
    def _get_attr_value(item: Any, col: str) -> Any:
        """Show roles and offices by name, and the last sign-in as the moment that it was."""
        match col:
            case "roles":
                return [str(role) for role in users.named_roles(item)]
            case "memberships":
                return _offices(item.memberships)
            case "last_login":
                return item.last_login and item.last_login.replace(tzinfo=UTC)
            case _:
                return Table._get_attr_value(item, col)  # noqa: SLF001 - FAB's name


class StaffSearch(Search):
    """The search box of the staff."""

    def apply(self, query: Query[Any], value: str) -> Query[Any]:
        """Narrow by name, sign-in name, e-mail and office."""
        return query.filter(Staff.id.in_(found_by(db.session, value)))


def _offices(memberships: Sequence[Any]) -> list[Office]:
    offices = [membership.office for membership in memberships if membership.office is not None]
    return sorted(offices, key=lambda office: (office.name, office.id))


class StaffView(OfficeView):
    """The accounts of the own offices. They are deactivated, never deleted."""

    route_base = "/staff"
    section = Section.STAFF
    icon = "user-cog"
    datamodel = StaffTable(Staff, "roles", "memberships.office")
    list_title = _("Staff")
    add_title = _("New account")
    search_filter = StaffSearch

    groups = (
        (_("Person"), PERSON),
        (_("Rights"), ["roles", "memberships"]),
        (_("Sign-in"), ["active", "last_login", "password_set_at"]),
    )
    list_columns = ["last_name", "first_name", "email", "roles", "memberships", "active", "last_login"]
    show_columns = [*COLUMNS, "last_login", "password_set_at"]
    add_columns = edit_columns = COLUMNS
    search_columns = ["last_name", "first_name", "username", "email", "language", "active"]
    base_order = ("last_name", "asc")
    badges = ["roles", "active"]
    contact_columns = ["email", "memberships"]

    show_template = "views/staff.html"
    method_permission_name = {**OfficeView.method_permission_name, "invite": "write"}
    exclude_route_methods = {*OfficeView.exclude_route_methods, "delete", "delete_selected"}

    def _init_forms(self) -> None:
        """Add the fields that no column type knows."""
        super()._init_forms()
        converter = Converter(self.datamodel, self.lookup_url)
        fields = {
            "email": StringField(
                label("Staff", "email"),
                [InputRequired(), Length(max=320), Email(_("This is no e-mail address."))],
                filters=[lambda text: text.strip() if text else text],
                widget=Input("email"),
            ),
            "language": PageLanguage(label("Staff", "language"), validators=[Optional()]),
            "roles": RolesInput(label("Staff", "roles")),
            "memberships": OfficesInput(label("Staff", "memberships")),
        }
        form = converter.create_form(COLUMNS, fields)
        self.add_form = self.edit_form = type("StaffForm", (StaffForm, form), {})

    def written(self, items: Sequence[Staff]) -> list[Staff]:
        """Give the accounts that the person may change."""
        return users.handled(current(), items)

    def may_invite(self, item: Staff) -> bool:
        """Whether the person may make a sign-in link for this account."""
        return self.may(Verb.WRITE) and users.may_invite(current(), item)

    def buttons(self, item: Staff) -> Iterator[Button]:
        """Offer a new sign-in link."""
        if self.may_invite(item):
            yield Button(_("New sign-in link"), url_for("StaffView.invite", pk=item.id), post=True)

    @expose("/invite/<pk>", methods=["POST"])
    @has_access
    def invite(self, pk: str) -> Response:
        """Make a new sign-in link, and show it on the account's page."""
        item: Staff = self.item(pk, writing=True)
        if not users.may_invite(current(), item):
            abort(403)
        users.end_links(item)
        db.session.commit()
        return redirect(self.url_after(item, link=True))

    def url_after(self, item: Staff, *, link: bool = False) -> str:
        """Go to the account's page; an account without a password has a sign-in link there, once."""
        if (link or item.password_set_at is None) and self.may_invite(item):
            session[_OFFERED_LINK] = [item.id, invitation(item)]
        return super().url_after(item)

    def offered_link(self, item: Staff) -> str | None:
        """Give the link that was just made for this account; it's shown once, like any message."""
        staff_id, token = session.pop(_OFFERED_LINK, (None, ""))
        return url_for("InvitationView.first", token=token, _external=True) if staff_id == item.id else None


class RolesView(BaseView):
    """The table of roles: read only."""

    route_base = "/roles"
    default_view = "list"
    section = Section.ROLES
    icon = "lock-access"
    class_permission_name = section.value
    method_permission_name = {"list": "read"}
    list_title = _("Roles")

    @expose("/list/")
    @has_access
    def list(self) -> str:
        """Say in words what each role may do."""
        rows = [(SECTIONS[section], [_words(role, section) for role in Role]) for section in Section]
        return self.render_template("roles.html", title=self.list_title, roles=tuple(Role), rows=rows)


def _words(role: Role, section: Section) -> str:
    verbs = GRANTS[role].get(section, ())
    return ", ".join(str(title) for verb, title in VERBS.items() if verb in verbs)
