"""The toolbox."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.materials import Material
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Material"), ["title", "kind", "description"]),
    (_("Language versions"), ["versions"]),
    (_("Publication"), ["public", "shared"]),
]
COLUMNS = columns(GROUPS)


class MaterialView(OfficeView):
    """Documents of the toolbox, in several languages."""

    route_base = "/materials"
    section = Section.MATERIALS
    icon = "briefcase"
    datamodel = Table(Material, "office", "versions")
    list_title = _("Toolbox")
    add_title = _("New material")

    rows = {"versions": ["language", "title", "link", "file"]}
    groups = (*GROUPS, RECORD)
    bulk_changes = ("public", "shared")
    list_columns = ["title", "kind", "languages", "public", "office"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = ["title", "kind", "description", "public", "shared", "office"]
    base_order = ("title", "asc")
    badges = ["kind", "languages", "public", "shared"]
