"""What the pages for everybody share: no sign-in, no script, no cookie, and no answer that tells who is known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, make_response, request
from flask_appbuilder import BaseView
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_limiter.util import get_remote_address
from flask_wtf import FlaskForm
from limits import parse
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Email, InputRequired, Length

from app.access import Scope, everything, opened
from app.core import clock
from app.core.db import BIGGEST_KEY, db
from app.models.languages import Language
from app.models.newsletters import Newsletter
from app.models.subscribers import ConsentChannel, digest
from app.services import subscribers
from app.views.fields import Input

ACTOR = "public page"


def one_line(typed: str | None) -> str | None:
    """Take out what no name has: line breaks and other signs that steer programs."""
    return (
        " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split()) if typed else typed
    )


class PublicForm(FlaskForm):
    """A form that may stand on any page of any site."""

    class Meta:
        """There is no session that could be misused: who holds the link, or types the address, may act."""

        csrf = False


class AddressForm(PublicForm):
    """A form that has a mail sent. ``website`` is for programs that fill in everything: people don't see it."""

    email = StringField(
        _("E-mail"),
        [InputRequired(), Length(max=200), Email(_("This is no e-mail address."))],
        filters=[one_line],
        widget=Input("email"),
    )
    website = StringField("website")
    #: The setting that says how often it may be sent from one place.
    limit = "SIGN_UP_LIMIT"
    #: 429 where too many mails were asked for.
    status = 200

    def hurried(self) -> bool:
        """Whether too many mails were asked for: from this place, or for this address. The form says so then.

        What is only typed wrongly isn't counted, and who wants to leave never is.
        """
        limiter = current_app.extensions["appbuilder"].sm.limiter
        keys = {self.limit: get_remote_address(), "ADDRESS_LIMIT": digest(self.email.data)}
        if not limiter.enabled or all(
            limiter.limiter.hit(parse(current_app.config[setting]), setting, key)
            for setting, key in keys.items()
        ):
            return False
        self.email.errors = (gettext("Too many attempts. Please try again later."),)
        self.status = 429
        return True


class PublicPages(BaseView):
    """Pages of a newsletter for people who aren't staff."""

    route_base = "/newsletter"
    #: A form on another site, and a mail program that unsubscribes with one click, have no token of ours.
    open_to_forms = True

    def page(self, template: str, title: str, *, status: int = 200, **more: Any) -> Response:
        """Render a page."""
        return make_response(self.render_template(template, title=title, **more), status)

    def over(self) -> Response:
        """A link that is forged, old or used says so, and nothing about any person."""
        return self.page("newsletter/over.html", gettext("This link can't be used any more"), status=410)


def public(pk: int) -> Newsletter:
    """Find a newsletter that everybody may subscribe to."""
    letter = find(Newsletter, pk)
    if letter is None or not letter.open:
        abort(404)
    return letter


def within(office_id: int) -> Any:
    """Work with the rows of one office."""
    return opened(Scope(ACTOR, offices=frozenset({office_id})))


def find(model: type[Any], key: Any, *conditions: Any) -> Any:
    """Find what a page or a link names. It's loaded in the scope of its office, not in all offices'.

    What doesn't meet the conditions isn't loaded at all.
    """
    if not isinstance(key, int) or not 0 < key <= BIGGEST_KEY:
        return None
    with everything(ACTOR):
        office_id = db.session.scalar(db.select(model.office_id).where(model.id == key, *conditions))
    if office_id is None:
        return None
    with within(office_id):
        return db.session.get(model, key)


def settled(change: Callable[[], object]) -> None:
    """Commit a change. Where somebody else made the same one at this moment, read again and do it once more.

    A person clicks twice, and both requests find nobody. Each turn of it lets one through.
    """
    for left in reversed(range(TRIES)):
        try:
            change()
            db.session.commit()
        except (IntegrityError, StaleDataError):
            db.session.rollback()
            if not left:
                raise
        else:
            return


def happened(channel: ConsentChannel = ConsentChannel.FORM) -> subscribers.Event:
    """Tell when and where a step was taken on a page."""
    keeps = current_app.config["CONSENT_IP_DAYS"] > 0
    ip = get_remote_address() if keeps else None
    return subscribers.Event(clock.now(), ACTOR, channel, _source(), ip=ip)


def _source() -> str:
    """Give the page on which somebody acted, without what proves who it was: links of mails end in a token."""
    page = urlsplit(request.base_url)
    with suppress(ValueError):  # a program may name anything as the page that it comes from
        named = urlsplit(request.referrer or "")
        page = named if named.scheme in {"http", "https"} and named.netloc else page
    path = "/".join("…" if len(part) > TOKEN else part for part in page.path.split("/"))
    return f"{page.scheme}://{page.netloc}{path}"[:200]


TRIES = 10
TOKEN = 30  # characters; whatever is longer in an address of ours is one


def language() -> Language:
    """Give the language of the page."""
    locale = get_locale()
    return Language(locale.language if locale else "de")
