"""Series of events, with who came back and who agreed again."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.series import Series
from app.views import years
from app.views.base import OfficeView
from app.views.events import EventView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [(_("Series"), ["name", "notes"])]
COLUMNS = columns(GROUPS)


class SeriesView(OfficeView):
    """The same marketplace, year after year."""

    route_base = "/series"
    section = Section.EVENTS
    icon = "repeat"
    datamodel = Table(Series, "office")
    list_title = _("Series of events")
    add_title = _("New series")

    groups = (*GROUPS, RECORD)
    list_columns = ["name", "notes", "office"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = ["name", "office", "changed_at"]
    base_order = ("name", "asc")
    panel_template = "views/show/series.html"
    panel = staticmethod(years.of_series)
    related_views = [EventView]
