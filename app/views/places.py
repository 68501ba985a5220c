"""The page of an event for its registration: the link for everybody, the places, and who comes next."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.models.categories import Side
from app.models.participations import Participation
from app.models.registrations import Registration, RegistrationStatus
from app.queries import registrations as queries
from app.services import registrations
from app.views.cells import view_of
from app.views.deciding import done
from app.views.eventpages import EventPage
from app.views.fields import find


class PlacesPage(EventPage):
    """Who has a place, and who waits for one."""

    route_base = "/event-registration"
    section = Section.PARTICIPATIONS
    method_permission_name = {"show": "read", "admit": "write"}
    page_title = _("Registration")
    icon = "clipboard-list"

    @expose("/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        """Show the link, the places, and the waitlist."""
        event = self.event(pk)
        waiting = _by_side(event.id)
        counted = registrations.places(event).values()
        path = url_for("RegisterPages.register", pk=event.id)
        return self.page(
            "registrations/places.html",
            event,
            address=f"{current_app.config['PUBLIC_URL']}{path}",
            open=event.registers(clock.today()),
            places=[one for one in counted if one.taken or one.limit is not None or one.side in waiting],
            waiting=waiting,
            counts={row[0]: row[1] for row in db.session.execute(queries.by_status(event.id))},
            statuses=RegistrationStatus,
            may_open=current().may(Verb.WRITE, Section.EVENTS),
            may_write=current().may(Verb.WRITE, self.section),
            registrations=view_of(Registration),
        )

    @expose("/<pk>/admit", methods=["POST"])
    @has_access
    def admit(self, pk: str) -> Response:
        """Give a free place to somebody on the waitlist."""
        event = self.event(pk)
        line = find(Participation, request.form.get("participation", ""))
        if line is None or line.event_id != event.id:
            abort(404)

        def act() -> str:
            registrations.admit(line)
            return gettext(
                "“%(name)s” takes part now. A mail says so to who registered.", name=line.organisation
            )

        done(act)
        return redirect(self.address(event))


def _by_side(event_id: int) -> dict[Side, list[Any]]:
    found: dict[Side, list[Any]] = {}
    for line in db.session.scalars(queries.waiting(event_id)):
        found.setdefault(line.side, []).append(line)
    return found
