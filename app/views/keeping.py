"""Nothing that was typed is lost: where a form can't even be read as it should, it's shown again, filled in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, render_template, request
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.db import db

TOO_LARGE = 413
LENIENT = 10  # times what a form may have: that much is read to show the rest of it again


def again(message: Any, code: int) -> Any:
    """Show the form that was sent once more, with what it held and a fresh token; None where that can't be done.

    Nothing is saved. Who isn't signed in any more gets no page of ours, only back what was sent. A form that
    another site sent isn't answered: a person might take it for one's own.
    """
    endpoint = str(request.endpoint)
    form = request.method == "POST" and endpoint.endswith((".add", ".edit")) and not request.is_json
    if not form or "unsaved" in g or not from_here():
        return None
    current_app.extensions["appbuilder"].sm.before_request()
    if code == TOO_LARGE and not (g.user.is_authenticated and _readable()):
        return None
    g.unsaved = message
    db.session.rollback()
    if not g.user.is_authenticated:
        sent = [(name, text) for name, text in request.form.items(multi=True) if name != "csrf_token"]
        title = gettext("You are signed out")
        return render_template("views/kept.html", title=title, sent=sent, files=_files()), code
    page = current_app.view_functions[endpoint](**(request.view_args or {}))
    return (page, code) if isinstance(page, str) else page


def only_shown(form: FlaskForm) -> bool:
    """Whether this request can't be saved, whatever it holds; then the form says why."""
    if "unsaved" not in g:
        return False
    form.validate()
    form.form_errors.append(str(g.unsaved))
    return True


def from_here() -> bool:
    """Whether a page of ours sent the form; every browser of today says so."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _readable() -> bool:
    """Read a form that is too large as far as that is sensible; its files aren't taken."""
    g.too_large = True
    most = int(current_app.config["MAX_CONTENT_LENGTH"])
    request.max_content_length = LENIENT * most
    request.max_form_memory_size = max(most, request.max_form_memory_size or 0)
    try:
        return bool(request.form)
    except RequestEntityTooLarge:
        return False


def _files() -> bool:
    """Whether files were sent: these have to be chosen again."""
    return any(file.filename for file in request.files.values())
