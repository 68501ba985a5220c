"""Error pages in the person's language. None of them shows SQL, and none tells a foreign record from none."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from app.access import ForeignRowError
from app.core.db import db
from app.core.failures import no_space
from app.core.rules import RuleBrokenError
from app.views import keeping, outage
from app.views.working import alone, chosen_office

log = logging.getLogger(__name__)

FORBIDDEN, NOT_FOUND, NO_SPACE = 403, 404, 507
MESSAGES = {
    400: _("This address asks for something that doesn't exist."),
    403: _("Your account has no right to do this."),
    404: _("This page or record doesn't exist, or not for your office."),
    405: _("This address can't be used like that."),
    413: _("The file is too large."),
    429: _("Too many attempts. Please try again later."),
    500: _("Something went wrong on our side. Nothing was saved."),
    507: _("The server's disk is full. Nothing was saved. Please tell who looks after it."),
}
EXPIRED_FORM = _(
    "Nothing was saved: you have signed in again since the form was opened. What you typed is still here. "
    "Please look it through, and save once more."
)
TOO_LARGE = _("Nothing was saved: the files are too large. Please choose smaller ones.")
EXPIRED = _("The form was open for too long, or cookies are blocked. Please go back and save again.")


def register(app: Flask) -> None:
    """Answer all errors with a page, or with JSON where a program asked."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(CSRFError, lambda _error: _again(400, EXPIRED_FORM) or _answer(400, EXPIRED))
    app.register_error_handler(ForeignRowError, lambda _error: _missing())
    app.register_error_handler(RuleBrokenError, _refused)
    app.register_error_handler(SQLAlchemyError, _unexpected)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    if isinstance(error, InternalServerError) and (away := outage.page(error.original_exception)):
        return away
    if error.response is not None or code < 400:  # noqa: PLR2004 - redirects are answers, not errors
        return error
    if code == NOT_FOUND:
        return _missing()
    if code == FORBIDDEN and "user" in g and g.user.is_authenticated and alone():
        return _answer(code, alone())
    large = _again(code, TOO_LARGE) if code == keeping.TOO_LARGE else None
    return large or _answer(code, MESSAGES.get(code, MESSAGES[400]))


def _missing() -> Any:
    """Say that there is nothing, and where else it may be: the office may have been switched in another window."""
    office = chosen_office()
    if not office:
        return _answer(404, MESSAGES[404])
    here = gettext(
        "You work in “%(office)s” only. To see your other offices' records, choose all.", office=office
    )
    return _answer(404, f"{MESSAGES[404]} {here}")


def _foreign_host(_error: SecurityError) -> Any:
    """Answer without the frame of a page: its links would be made from the host that isn't trusted."""
    return Response(gettext("This server isn't known by that name."), 400, mimetype="text/plain")


def _refused(error: RuleBrokenError) -> Any:
    """Say what is missing where there is no form to say it in."""
    db.session.rollback()
    return _answer(409, error.problems[0].message)


def _unexpected(error: Exception) -> Any:
    if away := outage.page(error):
        return away
    log.error("unexpected error", exc_info=error)
    db.session.rollback()
    code = NO_SPACE if no_space(error) else 500
    return _again(code, MESSAGES[code]) or _answer(code, MESSAGES[code])


def _again(code: int, message: Any) -> Any:
    """Show the form again in which it happened, if it was one. A second error on the way is one too many."""
    try:
        return keeping.again(message, code)
    except HTTPException as error:
        return _http(error)
    except Exception:
        log.exception("the form can't be shown again")
        db.session.rollback()
        return None


def _answer(code: int, message: Any) -> Any:
    if request.path.startswith("/api/"):
        return jsonify(message=str(message)), code
    return render_template("error.html", code=code, message=message), code
