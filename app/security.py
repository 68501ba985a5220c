"""Who somebody is: sign-in, sessions and tokens. What they may do is in ``app.access``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import current_app, flash, g, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import lazy_gettext as _
from flask_login import login_user, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.access import everything
from app.models.users import Staff

_INVITATION = "first password"


def invitation(staff: Staff) -> str:
    """Sign a link token with which a person sets the password once: it ends when the password changes."""
    return _signer().dumps([staff.id, staff.password_mark])


def invited(token: str) -> Staff | None:
    """Give the person of a token, or None where it's forged, old or used."""
    try:
        staff_id, mark = _signer().loads(token, max_age=current_app.config["INVITATION_DAYS"] * 86400)
    except BadSignature:
        return None
    person = current_app.appbuilder.sm.get_user_by_id(staff_id)  # type: ignore[attr-defined]
    return person if person is not None and person.active and person.password_mark == mark else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=_INVITATION)


class SignInView(AuthDBView):
    """Sign in and out. What was typed stays when it was wrong; signing out is a POST."""

    login_template = "security/sign_in.html"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Response | str:
        """Ask for name and password; the browser's session gets a new key once they are right."""
        target = get_safe_redirect(request.args.get("next") or self.appbuilder.get_url_for_index)
        if g.user.is_authenticated:
            return redirect(target)
        form = LoginForm_db()
        if form.validate_on_submit():
            person = self.appbuilder.sm.auth_user_db(form.username.data, form.password.data)
            if person is not None:
                locale = session.get("locale")
                session.clear()
                if locale:
                    session["locale"] = locale
                login_user(person)
                current_app.session_interface.regenerate(session)
                return redirect(target)
            flash(str(_("Name or password is wrong.")), "danger")
        return self.render_template(self.login_template, title=self.title, form=form)

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        """End the session here and on the server."""
        logout_user()
        session.clear()
        return redirect(url_for("SignInView.login"))


class OfficeSecurityManager(SecurityManager):
    """Accounts as FAB keeps them; rights from ``app.access``; no page on which they could be clicked together."""

    user_model = Staff
    authdbview = SignInView

    def register_views(self) -> None:
        """Register sign-in for people and for programs, both limited, and none of FAB's account pages."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        api = self.appbuilder.add_api(self.security_api)
        for blueprint in (self.auth_view.blueprint, api.blueprint):
            self.limiter.limit(self.auth_rate_limit, methods=["POST"])(blueprint)

    def auth_user_db(self, username: str, password: str) -> Staff | None:
        """Look for the person among all staff: before sign-in there is no scope."""
        with everything("sign-in"):
            person: Staff | None = super().auth_user_db(username, password)
            return person

    def get_user_by_id(self, pk: Any) -> Staff | None:
        """Give a person by key."""
        with everything("sign-in"):
            person: Staff | None = super().get_user_by_id(int(pk))
            return person

    def load_user(self, pk: Any) -> Staff | None:
        """Give the person of a session, unless the password has changed since it began."""
        staff_id, _colon, mark = str(pk).partition(":")
        if not staff_id.isdecimal():
            return None
        person = self.get_user_by_id(staff_id)
        return person if person and person.active and person.password_mark == mark else None

    def load_user_jwt(self, _header: Any, data: dict[str, Any]) -> Staff | None:
        """Give the person of a token, unless the password has changed since it was made."""
        person = self.get_user_by_id(data["sub"])
        if person is None or not person.active:
            return None
        made = datetime.fromtimestamp(data["iat"], UTC)
        if person.password_set_at and made < person.password_set_at.replace(microsecond=0):
            return None
        g.user = person
        return person
