"""The start page: what is due and what comes next, as far as the person may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, redirect, url_for
from flask_appbuilder import BaseView, expose
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.queries import activities, events

ROWS = 8


class DashboardView(BaseView):
    """The page behind the product's name."""

    route_base = ""
    default_view = "index"

    @expose("/")
    def index(self) -> Response | str:
        """Show open tasks and next events; who isn't signed in is asked to."""
        if not g.user.is_authenticated:
            return redirect(url_for("SignInView.login"))
        scope, today = current(), clock.today()
        tasks: Sequence[Any] = ()
        next_events: Sequence[Any] = ()
        if scope.may(Verb.READ, Section.ACTIVITIES):
            tasks = db.session.scalars(activities.open_tasks(scope.staff_id).limit(ROWS)).all()
        if scope.may(Verb.READ, Section.EVENTS):
            next_events = db.session.scalars(events.upcoming(today).limit(ROWS)).all()
        return self.render_template("dashboard.html", tasks=tasks, events=next_events, today=today)
