"""Which language a page is in: what the person chose, else what the browser asks for, else German."""

from __future__ import annotations

from flask import Flask, abort, current_app, g, redirect, request, session
from flask_appbuilder import BaseView, expose
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from app.core.db import db
from app.models.languages import Language


class LocaleView(BaseView):
    """Choose the language: kept in the session, and with the account of who is signed in."""

    route_base = "/lang"
    default_view = "index"

    @expose("/<string:locale>", methods=["POST"])
    def index(self, locale: str) -> Response:
        """Keep the choice, and go back to the page."""
        if locale not in current_app.config["LANGUAGES"]:
            abort(404)
        session["locale"] = locale
        if current_user.is_authenticated:
            g.user.language = Language(locale)
            db.session.commit()
        return redirect(get_safe_redirect(request.form.get("next", "")))


def select_locale() -> str:
    """Give the language of this request."""
    known = current_app.config["LANGUAGES"]
    default: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    if not request:
        return default
    # The _l_ of FAB's REST API, then the choice of this browser, then the one kept with the account.
    for choice in (request.args.get("_l_"), session.get("locale"), _of_account()):
        if choice in known:
            return str(choice)
    return request.accept_languages.best_match(list(known), default) or default


def _of_account() -> str | None:
    user = g.get("user")
    language = user.language if user is not None and user.is_authenticated else None
    return language.value if language else None


def choose(app: Flask) -> None:
    """Use our choice: FAB passes its own to Babel, which fails on a language that is gone."""
    app.extensions["babel"].locale_selector = select_locale


def register(app: Flask) -> None:
    """Tell templates the language, for <html lang>."""

    @app.context_processor
    def _language() -> dict[str, str]:
        locale = get_locale()
        return {"language": locale.language if locale else "de"}
