"""An event beside those of other offices."""

from __future__ import annotations

from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _

from app.access import Section
from app.access.few import FEW
from app.reports import benchmark
from app.views.eventpages import EventPage


class BenchmarkPage(EventPage):
    """The numbers of an event beside the median of what other offices have held."""

    route_base = "/benchmark"
    section = Section.EVENTS
    method_permission_name = {"show": "read"}
    page_title = _("Comparison")
    icon = "chart-dots"

    @expose("/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """Show the comparison."""
        event = self.event(pk)
        return self.page("events/benchmark.html", event, lines=list(benchmark.of_event(event)), few=FEW)
