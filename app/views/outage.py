"""The page for when the database or Redis can't be reached: who asks isn't known then, and what was sent comes back."""

from __future__ import annotations

import logging

from flask import Response, current_app, g, has_request_context, jsonify, request
from flask_babel import force_locale, gettext
from redis.exceptions import ConnectionError as NoRedis
from redis.exceptions import TimeoutError as SlowRedis
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from app.views import keeping

log = logging.getLogger(__name__)

UNAVAILABLE = 503
WAIT = 10  # seconds until a program may try again; a server that is restarted is back by then


@event.listens_for(Engine, "commit")
def _note(_connection: object) -> None:
    """Note that a commit was sent: where no answer comes, it may have been done."""
    if has_request_context():
        g.committed = True


def page(error: BaseException | None) -> Response | None:
    """Give the page where it's this what an error tells of; else None.

    It has no frame: that would ask the database who is signed in.
    """
    if not _away(error):
        return None
    log.error("the database or Redis can't be reached: %s", error)
    language = _language()
    with force_locale(language):
        message = gettext("Our database can't be reached at the moment. Please try again in a minute.")
        if request.path.startswith("/api/"):
            answer = jsonify(message=message)
        else:
            # Not by render_template, which would have the person looked up.
            template = current_app.jinja_env.get_template("outage.html")
            values = {
                "language": language, "message": message, "sent": _sent(), "saved_perhaps": "committed" in g,
            }  # fmt: skip
            answer = Response(template.render(values, request=request, config=current_app.config))
    answer.status_code = UNAVAILABLE
    answer.headers["Retry-After"] = str(WAIT)
    return answer


def _away(error: BaseException | None) -> bool:
    """Whether a server isn't there. Where there isn't even a statement, no connection was made."""
    if isinstance(error, (NoRedis, SlowRedis)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    unconnected = isinstance(error, (OperationalError, InterfaceError)) and error.statement is None
    return bool(error.connection_invalidated) or unconnected


def _language() -> str:
    """Give the language of the browser: those of the account and of the session may be what can't be read."""
    known = current_app.config["LANGUAGES"]
    return request.accept_languages.best_match(list(known)) or str(current_app.config["BABEL_DEFAULT_LOCALE"])


def _sent() -> list[tuple[str, str]] | None:
    """Give what a form of ours has sent, to be sent again; None where it was none. Passwords aren't written back."""
    if request.method != "POST" or request.is_json or not keeping.from_here():
        return None
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:
        return None
    return None if any("password" in name for name, _text in sent) else sent
