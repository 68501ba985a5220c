"""News."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.news import NewsItem
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("News item"), ["date", "title", "language", "text"]),
    (_("Image"), ["image", "caption"]),
    (_("Publication"), ["public", "shared"]),
]
COLUMNS = columns(GROUPS)


class NewsView(OfficeView):
    """News items with image and caption."""

    route_base = "/news"
    section = Section.NEWS
    icon = "news"
    datamodel = Table(NewsItem, "office")
    list_title = _("News")
    add_title = _("New news item")
    groups = (*GROUPS, RECORD)
    bulk_changes = ("public", "shared")
    list_columns = ["date", "title", "language", "public", "office"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = ["date", "title", "text", "language", "public", "shared", "office"]
    base_order = ("date", "desc")
    badges = ["language", "public", "shared"]
    contact_columns = ["date"]
