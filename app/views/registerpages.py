"""Register for an event: the page for everybody. Without sign-in, script or cookie; it tells nobody who is known."""

from __future__ import annotations

from typing import Any

from flask import abort, make_response, request
from flask_appbuilder import expose
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.core import calendars, clock, queue
from app.core.db import db
from app.models.categories import Side
from app.models.events import Event
from app.models.registrations import Registration
from app.queries import registrations as queries
from app.services import registrations
from app.views.public import PublicPages, find, language, within
from app.views.registering import RegisterForm


class RegisterPages(PublicPages):
    """What an organisation does that wants to come to an event."""

    route_base = "/register"
    default_view = "register"

    @expose("/<int:pk>", methods=["GET", "POST"])
    def register(self, pk: int) -> Response:
        """Ask who comes with what, and keep it for staff to decide."""
        event = _opened(pk)
        with within(event.office_id):
            if not event.registers(clock.today()):
                return self._show("register/over.html", gettext("Registration is closed"), event, status=410)
            form = RegisterForm()
            if request.method == "GET":
                form.side.data = _side(request.args.get("side", ""))
            elif not self._asks_for_more(form) and form.validate() and _arrives(event, form):
                return self._show("register/thanks.html", gettext("Thank you"), event)
            counted = registrations.places(event)
            full = [side for side in Side if counted[side].full]
            template, title = "register/form.html", gettext("Registration")
            return self._show(template, title, event, status=form.status, form=form, full=full)

    @staticmethod
    def _asks_for_more(form: RegisterForm) -> bool:
        """Add rows where a button asked for them; nothing is checked then."""
        name = request.form.get("more", "")
        if name not in {"people", "offers", "needs"}:
            return False
        form[name].more()
        return True

    @expose("/<int:pk>/calendar")
    def calendar(self, pk: int) -> Response:
        """Give the day as a file for calendars."""
        event = _opened(pk)
        if event.starts_on is None:
            abort(404)
        with within(event.office_id):
            content = registrations.in_calendar(event, request.host.partition(":")[0], at=clock.now())
        answer = make_response(content)
        answer.headers["Content-Type"] = f"{calendars.TYPE}; charset=utf-8"
        answer.headers["Content-Disposition"] = f"attachment; filename={registrations.FILE}"
        return answer

    def _show(self, template: str, title: str, event: Event, *, status: int = 200, **more: Any) -> Response:
        return self.page(template, title, status=status, event=event, office=event.office, **more)


def _opened(pk: int) -> Event:
    """Find an event for which organisations may register, or could until it was over."""
    event: Event = find(Event, pk, Event.registration_open) or abort(404)
    return event


def _side(asked: str) -> Side | None:
    return next((side for side in Side if side.value == asked), None)


def _arrives(event: Event, form: RegisterForm) -> bool:
    """Take what was sent, unless a program filled in everything, or it's here already; too much at once is refused."""
    return bool(form.website.data) or _was_sent(event, form) or (not form.hurried() and _keep(event, form))


def _was_sent(event: Event, form: RegisterForm) -> bool:
    """Whether this very form has arrived before: the button was pressed twice, or the page loaded again."""
    return db.session.scalars(queries.sent(event.id, form.entry_key)).first() is not None


def _keep(event: Event, form: RegisterForm) -> bool:
    """Keep the registration, and have its arrival confirmed. Who presses twice at once sends it once."""
    made = Registration(
        event=event,
        office_id=event.office_id,
        country=event.country,
        language=language(),
        entry_key=form.entry_key,
    )
    form.fill(made)
    db.session.add(made)
    try:
        db.session.flush()
        queue.after_commit("registrations.received", made.id)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        if not _was_sent(event, form):
            raise
    return True
