"""The hall: a screen that everybody sees, without sign-in and without a person's data; and the gong that freezes it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, make_response, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb
from app.core import clock
from app.core.db import BIGGEST_KEY, db, key_of
from app.models.contracts import Contract
from app.models.counting import Count
from app.models.events import Event
from app.models.organisations import Organisation, OrganisationKind
from app.models.results import EventResult
from app.queries import evening
from app.services import links
from app.services.evening import results
from app.views.eventpages import EventPage
from app.views.public import find, within
from app.views.results import ResultPage

LAST = 4  # contracts on the screen
LONGEST = 200


@dataclass
class Screen:
    """What the hall sees: the count, frozen since the gong, and what has come since."""

    count: Count
    gong: EventResult | None
    later: int
    latest: list[Contract]

    @property
    def most(self) -> int:
        """The contracts of the biggest corner."""
        return max((one.contracts for one in self.count.corners), default=0)


def shown(event: Event) -> Screen:
    """Give what the hall sees of an event now."""
    gong, now = results.latest(event), results.count(event)
    frozen = gong.count if gong else now
    return Screen(frozen, gong, results.later(frozen, now), results.recent(event, LAST))


def hall_name(organisation: Organisation | None) -> str:
    """Name a party for the hall. A freelancer is a person, whose name is nobody's business there."""
    if organisation is None:
        return "–"
    if organisation.kind is OrganisationKind.FREELANCER:
        return gettext("a freelancer")
    return organisation.name


class HallPage(EventPage):
    """Where staff open the screen, look at the count, and sound the gong."""

    route_base = "/hall"
    section = Section.CONTRACTS
    verb = Verb.WRITE
    method_permission_name = dict.fromkeys(("show", "gong", "open", "end"), "write")
    page_title = _("Hall and gong")
    icon = "device-tv"

    @expose("/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """Show the count, what was frozen, and the link of the screen."""
        event = self.event(pk)
        link = None
        if event.hall_edition is not None:
            path = url_for("HallScreen.show", token=links.hall(event.id, event.hall_edition))
            link = f"{current_app.config['PUBLIC_URL']}{path}"
        return self.page(
            "evening/hall.html",
            event,
            link=link,
            now=results.count(event),
            frozen=[(one, one.count) for one in db.session.scalars(evening.results(event.id))],
        )

    @expose("/<pk>/gong", methods=["POST"])
    @has_access
    def gong(self, pk: str) -> Response:
        """Freeze the count."""
        event = self.event(pk)
        after = request.form.get("after", "")
        key = 0 if after == "0" else key_of(after) or abort(400)
        note = request.form.get("note", "").replace("\0", "").strip()[:LONGEST]
        result = results.freeze(event, clock.now(), after=key, note=note)
        if result is None:
            db.session.rollback()
            flash(gettext("It was frozen a moment ago. Please look at the count first."), "warning")
        else:
            db.session.commit()
            count = result.content["contracts"]
            flash(ngettext("Frozen: %(num)s contract.", "Frozen: %(num)s contracts.", count), "success")
        page = ResultPage if request.form.get("from") == "result" else HallPage
        return redirect(page.address(event))

    @expose("/<pk>/open", methods=["POST"])
    @has_access
    def open(self, pk: str) -> Response:
        """Make a link for the hall's computer; an earlier one is over."""
        event = self.event(pk)
        event.hall_edition = secrets.randbelow(BIGGEST_KEY)
        db.session.commit()
        return redirect(self.address(event))

    @expose("/<pk>/end", methods=["POST"])
    @has_access
    def end(self, pk: str) -> Response:
        """End the link."""
        event = self.event(pk)
        event.hall_edition = None
        db.session.commit()
        flash(gettext("The link is over: the screen shows nothing any more."), "success")
        return redirect(self.address(event))


class HallScreen(BaseView):
    """The screen itself: for who has its link, and nobody has to sign in."""

    route_base = "/screen"
    default_view = "show"

    @expose("/<token>", methods=["GET"])
    def show(self, token: str) -> Response:
        """Show the whole page."""
        event = _opened(token)
        if event is None:
            return _sent(self.render_template("evening/screen_over.html"), 410)
        with within(event.office_id):
            page = self.render_template(
                "evening/screen.html",
                event=event,
                screen=shown(event),
                hall_name=hall_name,
                mark=_mark(event),
                now=url_for("HallScreen.now", token=token, _l_=request.args.get("_l_")),
            )
        return _sent(page)

    @expose("/<token>/now", methods=["GET"])
    def now(self, token: str) -> Response:
        """Give what has changed: nothing at all (304) as long as nothing has."""
        event = _opened(token)
        if event is None:
            return _sent("", 410)
        with within(event.office_id):
            mark = _mark(event)
            if request.headers.get("If-None-Match") == mark:
                answer = _sent("", 304)
            else:
                page = self.render_template(
                    "evening/screen_now.html", event=event, screen=shown(event), hall_name=hall_name
                )
                answer = _sent(page)
        answer.headers["ETag"] = mark
        return answer


def _opened(token: str) -> Event | None:
    """Find the event of a link that isn't over."""
    signed = links.halled(token)
    if signed is None:
        return None
    event: Event | None = find(Event, signed[0])
    return event if event is not None and event.hall_edition == signed[1] else None


def _mark(event: Event) -> str:
    """Mark what the screen shows, without counting it: two statements, whatever is on it."""
    counted = tuple(db.session.execute(evening.mark(event.id)).one())
    gong = results.latest(event)
    seen = (*counted, gong.id if gong else 0, event.version, str(get_locale()))
    return f'"{hashlib.sha256(repr(seen).encode()).hexdigest()[:20]}"'


def _sent(page: Any, status: int = 200) -> Response:
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
