"""The mails that stay here: what somebody would have received, for the demo and for who sets up a server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from flask import abort, current_app, make_response
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.access import Role, current
from app.core import mail, spool
from app.security import signed_in

SHOWN = 200  # mails; the page tells how many more there are
HEADERS = ("From", "To", "Date", "List-Unsubscribe")

# The HTML of a mail is somebody else's page: it may look as it likes, and do and load nothing.
ALONE = {
    "default-src": "'none'",
    "style-src": "'unsafe-inline'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
    "sandbox": "",
}


@dataclass(frozen=True)
class Line:
    """A mail in the list."""

    name: str
    at: datetime
    to: str
    subject: str


class OutboxView(BaseView):
    """The folder of mails, the newest first. There is none where mails are sent."""

    route_base = "/outbox"
    default_view = "index"

    @expose("/")
    @signed_in
    def index(self) -> str:
        """List the mails."""
        _check()
        names = spool.names(mail.spool_folder())
        return self.render_template(
            "outbox/list.html",
            title=gettext("E-mails that stayed here"),
            lines=[line for line in map(_line, names[:SHOWN]) if line],
            more=max(len(names) - SHOWN, 0),
        )

    @expose("/<name>")
    @signed_in
    def show(self, name: str) -> str:
        """Show one: its headers, its text, and its HTML in a frame."""
        _check()
        message = _found(name)
        return self.render_template(
            "outbox/show.html",
            title=message["Subject"],
            name=name,
            headers=[(header, message[header]) for header in HEADERS if message[header]],
            text=_part(message, "plain"),
        )

    @expose("/<name>/html")
    @signed_in
    def html(self, name: str) -> Response:
        """Give the HTML alone, for the frame."""
        _check()
        return make_response(_part(_found(name), "html"))

    html.talisman_view_options = {"frame_options": "SAMEORIGIN", "content_security_policy": ALONE}


def _check() -> None:
    """Let everybody read in the demo, where nobody is real, and administrators elsewhere."""
    if not mail.spools():
        abort(404)
    if not current_app.config["DEMO"] and Role.ADMINISTRATOR not in current().roles:
        abort(403)


def _found(name: str) -> EmailMessage:
    message = spool.read(mail.spool_folder(), name)
    if message is None:
        abort(404)
    return message


def _line(name: str) -> Line | None:
    """Read what the list tells of a mail, unless it has gone meanwhile."""
    message = spool.read(mail.spool_folder(), name)
    if message is None:
        return None
    return Line(name, spool.moment(name), message["To"], message["Subject"])


def _part(message: EmailMessage, kind: str) -> Any:
    part = message.get_body((kind,))
    return part.get_content() if part is not None else ""
