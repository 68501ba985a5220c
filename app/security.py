"""Who somebody is: sign-in, sessions and tokens. What they may do is in ``app.access``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, current_app, flash, g, jsonify, redirect, request, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.api import SecurityApi
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_babel import gettext
from flask_jwt_extended import JWTManager
from flask_login import login_user, logout_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.access import Verb, begin_with, current, demo, everything, with_workplaces
from app.core import clock, tokens
from app.core.db import BIGGEST_KEY, db
from app.models.users import Staff

_INVITATION = "first password"
_MARK = "mark"
# When a session was last written because it was used, and after how many seconds it's written again.
_USED, _WRITTEN = "used", 300


# --- One-time links ---------------------------------------------------------------------------------------
def invitation(staff: Staff) -> str:
    """Sign a link token with which a person sets the password once: it ends when the password changes."""
    return tokens.signed(_INVITATION, [staff.id, staff.password_mark])


def invited(token: str) -> Staff | None:
    """Give the person of a token, or None where it's forged, old or used."""
    found = tokens.read(_INVITATION, token, timedelta(days=current_app.config["INVITATION_DAYS"]))
    if found is None:
        return None
    staff_id, mark = found
    person: Staff | None = current_app.extensions["appbuilder"].sm.get_user_by_id(staff_id)
    return person if person is not None and person.active and person.password_mark == mark else None


# --- Sessions ---------------------------------------------------------------------------------------------
def begin_session(person: Staff) -> None:
    """Sign a person in: under a new session key, so that nobody who knew the old one comes along."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    login_user(person)
    current_app.session_interface.regenerate(session)  # type: ignore[attr-defined]


def end_session() -> None:
    """Sign out, here and on the server."""
    logout_user()
    session.clear()


def keep_alive(app: Flask) -> None:
    """Let a session that is used last on. It's written every few minutes for that, not with each page."""

    @app.before_request
    def _note_use() -> None:
        now = int(clock.now().timestamp())
        if (
            app.config["SESSION_COOKIE_NAME"] in request.cookies
            and session
            and now - session.get(_USED, 0) >= _WRITTEN
        ):
            session[_USED] = now


def keep_ended(app: Flask) -> None:
    """Keep an ended session from coming back: a slow request that began before would save it again."""
    interface: Any = app.session_interface
    save = interface._upsert_session  # noqa: SLF001 - Flask-Session has no other hook

    def save_unless_ended(lifetime: Any, data: Any, key: str) -> None:
        # The key of the cookie is kept only where the store knew it when the request began.
        known = data.sid == request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if not known or interface._retrieve_session_data(key) is not None:  # noqa: SLF001
            save(lifetime, data, key)

    interface._upsert_session = save_unless_ended  # noqa: SLF001


#: The name of a place on a page, such as a row of a list.
_PLACE = re.compile(r"[a-z]+-[0-9]+")


def local_target(url: str | None) -> str:
    """Give the page of this server that a URL names, else the start page. No other host is ever sent to."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return url_for("DashboardView.index")
    here = parts.scheme in {"", "http", "https"} and parts.netloc in {"", request.host}
    # A browser takes "//host" and "/\\host" for another host.
    plain = parts.path.startswith("/") and not parts.path.startswith("//") and "\\" not in parts.path
    if not (here and plain and parts.path.isprintable()):
        return url_for("DashboardView.index")
    place = parts.fragment if _PLACE.fullmatch(parts.fragment) else ""
    return urlunsplit(("", "", parts.path, parts.query, place))


def signed_in(method: Callable[..., Any]) -> Callable[..., Any]:
    """Ask who isn't signed in to do so: afterwards they are where they wanted to go, unless they sent something."""

    @wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if g.user.is_authenticated:
            return method(*args, **kwargs)
        wanted = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
        return redirect(url_for("SignInView.login", next=wanted))

    return wrapped


class SignInView(AuthDBView):
    """Sign in and out. What was typed stays when it was wrong; signing out is a POST."""

    login_template = "security/sign_in.html"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Response | str:
        """Ask for name and password. The answer to a wrong one doesn't tell whether the account exists."""
        target = local_target(request.args.get("next"))
        if g.user.is_authenticated:
            return redirect(target)
        form = LoginForm_db()
        if request.method == "POST":
            manager: OfficeSecurityManager = current_app.extensions["appbuilder"].sm
            typed = (form.username.data or "").strip(), form.password.data or ""
            person = manager.auth_user_db(*typed) if form.validate() else None
            if person is not None:
                begin_session(person)
                return redirect(target)
            flash(gettext("Name or password is wrong."), "danger")
        return self.render_template(self.login_template, title=self.title, form=form)

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        """End the session here and on the server."""
        end_session()
        return redirect(url_for("SignInView.login"))


class TokenApi(SecurityApi):
    """Sign in as a program does, for a token."""

    @expose("/login", methods=["POST"])
    def login(self) -> Response:  # noqa: D102 - below
        typed = request.get_json(silent=True)
        if isinstance(typed, dict) and not all(_whole(str(value)) for value in typed.values()):
            return cast("Response", self.response_401())
        return cast("Response", super().login())

    # FAB reads the OpenAPI document from here.
    login.__doc__ = SecurityApi.login.__doc__


class OfficeSecurityManager(SecurityManager):
    """Accounts as FAB keeps them; rights from ``app.access``; no page to click them together."""

    user_model = Staff
    authdbview = SignInView
    security_api = TokenApi

    def register_views(self) -> None:
        """Register sign-in for people and for programs, both limited, and none of FAB's account pages."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        api = self.appbuilder.add_api(self.security_api)
        blueprints: list[Any] = [self.auth_view.blueprint, api.blueprint]
        for blueprint in blueprints:
            self.limiter.limit(self.auth_rate_limit, methods=["POST"])(blueprint)

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        """Let each token carry the mark of the password that it was made with; refuse all others alike."""
        manager: JWTManager = super().create_jwt_manager(app)
        manager.additional_claims_loader(self.claims)
        manager.unauthorized_loader(_no_token)
        manager.invalid_token_loader(_no_token)
        manager.expired_token_loader(_no_token)
        manager.user_lookup_error_loader(_no_token)
        return manager

    def claims(self, identity: str) -> dict[str, str]:
        """Give what a token says besides whose it is."""
        person = self.get_user_by_id(identity)
        return {_MARK: person.password_mark} if person is not None else {}

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Ask the policy alone: FAB would also look for rights that somebody put into the database."""
        # A name that is no verb of ours is granted to nobody.
        return current().may(cast("Verb", permission_name), view_name)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public by a right: what is, asks for none."""
        return False

    def auth_user_db(self, username: str, password: str) -> Staff | None:
        """Look for the person among all staff: before sign-in there is no scope."""
        if not (_storable(username) and _storable(password)):
            return None
        with everything("sign-in"):
            person: Staff | None = super().auth_user_db(username, password)
            return person if person is not None and _opens(person) else None

    def find_user(self, username: str | None = None, email: str | None = None) -> Staff | None:
        """Find a person by sign-in name or address, in small or capital letters."""
        column, text = (Staff.username, username) if username else (Staff.email, email)
        people = db.session.scalars(select(Staff).where(func.lower(column) == func.lower(text))).all()
        return people[0] if len(people) == 1 else None

    def update_user_auth_stat(self, user: Staff, success: bool = True) -> None:  # noqa: FBT001, FBT002 - FAB's
        """Count a sign-in or a failure; the time is UTC, in a column of FAB's that has no zone."""
        if success:
            user.login_count = (user.login_count or 0) + 1
            user.fail_login_count = 0
            user.last_login = clock.now().replace(tzinfo=None)
        else:
            user.fail_login_count = (user.fail_login_count or 0) + 1
        db.session.commit()

    def get_user_by_id(self, pk: Any) -> Staff | None:
        """Give a person by key."""
        if not str(pk).isdecimal() or int(pk) > BIGGEST_KEY:
            return None
        with everything("sign-in"):
            found = with_workplaces(int(pk))
            begin_with(found)
            return found.person if found is not None and _opens(found.person) else None

    def load_user(self, pk: Any) -> Staff | None:
        """Give the person of a session, unless the password has changed since it began."""
        staff_id, _colon, mark = str(pk).partition(":")
        return self._active(staff_id, mark)

    def load_user_jwt(self, _header: Any, data: dict[str, Any]) -> Staff | None:
        """Give the person of a token, unless the password has changed since it was made."""
        person = self._active(data["sub"], data.get(_MARK, ""))
        if person is not None:
            g.user = person
        return person

    def _active(self, staff_id: Any, mark: str) -> Staff | None:
        person = self.get_user_by_id(staff_id)
        return person if person is not None and person.active and person.password_mark == mark else None


def _no_token(*_details: Any) -> tuple[Response, int, dict[str, str]]:
    """Answer a request that a token should have come with."""
    message = gettext("Please sign in: the token is missing, wrong, or has ended.")
    return jsonify(message=message), 401, {"WWW-Authenticate": "Bearer"}


def _opens(person: Staff) -> bool:
    """Whether an account may be used here: one of the demo has a password that everybody knows."""
    return bool(current_app.config["DEMO"]) or not demo.is_sealed(person.password)


def _storable(text: str) -> bool:
    """Whether this is text to a database: PostgreSQL has no NUL."""
    return "\x00" not in text and _whole(text)


def _whole(text: str) -> bool:
    """Whether this is text at all: JSON can bring half a character."""
    return text.encode("utf-8", "ignore").decode() == text
