"""Files that take longer than a moment are made in the background; those that don't are given at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore

from flask import Flask, current_app, flash, g, redirect, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.core.db import db
from app.core.patience import TooSlowError, within
from app.core.rules import RuleBrokenError
from app.services import downloads

AT_ONCE = "marktbuero_files_at_once"
SHARE = 4  # of so many threads one may make a file: twenty that are asked for at once leave room for pages
NOTICED = "downloads"  # in the session, as long as there is something to tell
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "pdf": "application/pdf",
}


def register(app: Flask) -> None:
    """Let few files be made at once within requests."""
    app.extensions[AT_ONCE] = BoundedSemaphore(max(app.config["THREADS"] // SHARE, 1))
    app.teardown_request(_ended)


def _begins() -> bool:
    """Whether a file may be made within this request, until it ends: others may be done in a moment."""
    slots: BoundedSemaphore = current_app.extensions[AT_ONCE]
    if slots.acquire(timeout=current_app.config["DOWNLOAD_PATIENCE"]):
        g.making = slots
    return "making" in g


def _ended(_error: BaseException | None) -> None:
    if slots := g.pop("making", None):
        slots.release()


def asked_later(asked: downloads.Asked, count: Callable[[int], int], limit: int) -> Response | None:
    """Have a file made in the background where it has more rows than the limit, or where many are being made already.

    None where it's to be made at once.
    ``count`` tells how many rows there are, up to one more than the limit, and is given half a second for it.
    """
    try:
        with within(current_app.config["DOWNLOAD_PATIENCE"]):
            expected: int | None = count(limit)
    except TooSlowError:
        expected = None
    if expected is not None and expected <= limit and _begins():
        return None
    try:
        downloads.ask(asked)
        db.session.commit()
    except RuleBrokenError as error:
        db.session.rollback()
        flash("; ".join(str(problem.message) for problem in error.problems), "danger")
    else:
        session[NOTICED] = True
        text = gettext(
            "“%(title)s” is being made. You can go on working: it will be here.", title=asked.title
        )
        flash(text, "info")
    return redirect(url_for("MyDownloadsView.index"))
