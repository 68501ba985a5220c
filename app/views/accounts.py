"""The own account, and the first password of a new one."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, current_app, flash, g, make_response, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.utils.limit import Limit
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import PasswordField, widgets
from wtforms.validators import EqualTo, InputRequired

from app.access import in_all_offices
from app.core import clock
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.models.languages import Language
from app.models.offices import Office
from app.models.users import Membership, Staff
from app.security import begin_session, end_session, invited, signed_in
from app.services import users
from app.views.locale import offered


class Secret(widgets.PasswordInput):
    """A password input; the hint tells a password manager which one is meant."""

    def __init__(self, hint: str) -> None:
        """Take HTML's autocomplete."""
        super().__init__(hide_value=True)
        self.hint = hint

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """Render."""
        return super().__call__(field, **{"class": "form-control", "autocomplete": self.hint, **kwargs})


class FirstPasswordForm(FlaskForm):
    """A password, twice."""

    password = PasswordField(_("New password"), [InputRequired()], widget=Secret("new-password"))
    again = PasswordField(
        _("New password, once more"),
        [InputRequired(), EqualTo("password", _("The two passwords differ."))],
        widget=Secret("new-password"),
    )

    def show(self, error: RuleBrokenError) -> None:
        """Put each problem at its field."""
        for problem in error.problems:
            self[problem.field].errors = [*self[problem.field].errors, problem.message]


class PasswordForm(FirstPasswordForm):
    """The old password, and a new one."""

    old = PasswordField(_("Old password"), [InputRequired()], widget=Secret("current-password"))


class AccountView(BaseView):
    """What belongs to the person who is signed in."""

    route_base = "/account"
    default_view = "account"
    # A wrong old password counts, so that an unlocked screen is no place to guess it.
    limits = [
        Limit(
            lambda: cast("str", current_app.config["AUTH_RATE_LIMIT"]),
            key_func=lambda: f"account {_me().get_id()}",
            methods=("POST",),
            deduct_when=lambda _response: bool(g.get("wrong_password")),
            cost=1,
        )
    ]

    @expose("/", methods=["GET", "POST"])
    @signed_in
    def account(self) -> Response | str:
        """Show the account; change the password for who knows the old one. No other session goes on."""
        person = _me()
        form = PasswordForm()
        if form.validate_on_submit():
            try:
                users.change_password(person, form.old.data, form.password.data, at=clock.now())
                db.session.commit()
            except RuleBrokenError as error:
                form.show(error)
                g.wrong_password = bool(form.old.errors)
            else:
                begin_session(person)
                flash(gettext("Your password was changed. You are signed out everywhere else."), "success")
                return redirect(url_for("AccountView.account"))
        return self.render_template(
            "account.html",
            title=gettext("My account"),
            person=person,
            form=form,
            roles=[str(role) for role in users.named_roles(person)],
            offices=_offices(person),
            shortest=users.PASSWORD_LENGTH,
        )

    @expose("/language", methods=["POST"])
    @signed_in
    def language(self) -> Response:
        """Keep the language with the account."""
        choice = request.form.get("language", "")
        if choice not in offered():
            abort(400)
        _me().language = Language(choice)
        session["locale"] = choice
        db.session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for("AccountView.account"))


class InvitationView(BaseView):
    """The one-time link of a new account, or of a forgotten password."""

    route_base = "/invitation"
    default_view = "first"

    @expose("/<token>", methods=["GET", "POST"])
    def first(self, token: str) -> Response:
        """Set the password. A link that's used, old or forged says so, and nothing about any account."""
        person = invited(token)
        if person is None:
            title = gettext("This link can't be used any more")
            return _unkept(self.render_template("invitation_over.html", title=title), 410)
        form = FirstPasswordForm()
        if form.validate_on_submit():
            try:
                users.set_password(person, form.password.data, at=clock.now())
                db.session.commit()
            except RuleBrokenError as error:
                form.show(error)
            else:
                if _me().is_authenticated:
                    end_session()
                flash(gettext("Your password is set. Please sign in with it."), "success")
                return redirect(url_for("SignInView.login"))
        title = gettext("Welcome, %(name)s", name=person)
        shown = {"title": title, "person": person, "form": form, "shortest": users.PASSWORD_LENGTH}
        return _unkept(self.render_template("invitation.html", **shown))


def _offices(person: Staff) -> list[str]:
    """Name all offices of a person, whichever was chosen to work in."""
    with in_all_offices():
        names = select(Office.name).join(Membership, Membership.office_id == Office.id)
        own = names.where(Membership.staff_id == person.id).order_by(Membership.id)
        return list(db.session.scalars(own))


def _me() -> Staff:
    """Give who is signed in: the account, not Flask-Login's stand-in, which can't be signed in again."""
    return cast("Staff", current_user._get_current_object())  # noqa: SLF001 - werkzeug's name for it


def _unkept(page: str, code: int = 200) -> Response:
    """Keep a page out of every cache: its address opens an account."""
    response = make_response(page, code)
    response.headers["Cache-Control"] = "no-store"
    return response
