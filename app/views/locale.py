"""Which language a page is in: what the person chose, else what the browser asks for, else German."""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale
from flask import Flask, abort, current_app, g, redirect, request, session
from flask_appbuilder import BaseView, expose
from flask_babel import Domain, get_locale
from werkzeug.wrappers import Response

from app.core.db import db
from app.models.languages import Language
from app.security import local_target
from app.views.texts import Texts


class LocaleView(BaseView):
    """Choose the language: kept in the session, and with the account of who is signed in."""

    route_base = "/lang"
    default_view = "index"

    @expose("/<string:locale>", methods=["POST"])
    def index(self, locale: str) -> Response:
        """Keep the choice, and go back to the page."""
        if locale not in offered():
            abort(404)
        session["locale"] = locale
        if g.user.is_authenticated:
            g.user.language = Language(locale)
            db.session.commit()
        return redirect(local_target(request.form.get("next")))


def offered() -> dict[str, dict[str, str]]:
    """Give the languages that the pages exist in, by their code."""
    languages: dict[str, dict[str, str]] = current_app.config["LANGUAGES"]
    return languages


def select_locale() -> str:
    """Give the language of this request."""
    known = offered()
    default: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    if not request:
        return default
    # The choice of this browser, then the one kept with the account, then what the browser asks for.
    asked = request.accept_languages.best_match(list(known))
    choices = [session.get("locale"), _of_account(), asked]
    if request.path.startswith("/api/"):
        # A program says in each request what it wants.
        choices = [asked, _of_account()]
    # The _l_ of FAB's REST API wins.
    return next((str(choice) for choice in (request.args.get("_l_"), *choices) if choice in known), default)


def _of_account() -> str | None:
    user = g.get("user")
    language = user.language if user is not None and user.is_authenticated else None
    return language.value if language else None


class Catalogues(Domain):
    """Finds the catalogue of a language by the language alone: a page asks for five hundred texts."""

    def get_translations(self) -> Any:
        """Give the catalogue of the language that is spoken now."""
        # Flask-Babel asks five stand-ins where it has put the language of a request down.
        known = g._get_current_object().get("_flask_babel") if g else None  # noqa: SLF001 - as documented
        locale = getattr(known, "babel_locale", None) or get_locale()
        try:
            return self.cache[locale]
        except KeyError:
            self.cache[locale] = found = super().get_translations()
            return found


#: The same object each time: then nothing has to be compared to find its catalogue.
_locale = cache(Locale.parse)


def choose(app: Flask) -> None:
    """Use our choice: FAB passes its own to Babel, which fails on a language that is gone. And our catalogues."""
    babel = app.extensions["babel"]
    babel.locale_selector = lambda: _locale(select_locale())
    catalogues = Catalogues(domain=babel.default_domain)
    babel.instance.domain_instance = catalogues
    # Templates ask them without Flask-Babel's search for the domain.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogues.get_translations().ugettext(text),
        ngettext=lambda one, many, number: catalogues.get_translations().ungettext(one, many, number),
        pgettext=lambda where, text: catalogues.get_translations().upgettext(where, text),
        npgettext=lambda where, one, many, n: catalogues.get_translations().unpgettext(where, one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = Texts(catalogues.get_translations).text


def register(app: Flask) -> None:
    """Tell templates the language, for <html lang>."""

    @app.context_processor
    def _language() -> dict[str, Any]:
        locale = get_locale()
        return {"language": locale.language if locale else "de"}
