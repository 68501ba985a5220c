"""Figures: what events and the network reported."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _

from app.access import Section, current
from app.core import clock
from app.core.excel import Column, Kind
from app.models.figures import Figure
from app.services import figures
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Figure"), ["event", "measure", "reading", "qualifier", "number", "unit"]),
    (_("Source"), ["source", "source_url", "as_of", "chosen", "chosen_by", "chosen_at", "note"]),
]
COLUMNS = columns(GROUPS, without=["reading", "chosen_by", "chosen_at"])


class FigureView(OfficeView):
    """Reported numbers with their qualifiers and sources."""

    route_base = "/figures"
    section = Section.FIGURES
    icon = "chart-bar"
    datamodel = Table(Figure, "event", "office")
    list_title = _("Figures")
    add_title = _("New figure")
    groups = (*GROUPS, RECORD)
    list_columns = ["event", "measure", "reading", "unit", "source", "chosen"]
    tab_columns = ("measure", "reading", "source", "chosen")
    show_columns = [*columns(GROUPS, without=["qualifier", "number"]), "office", "changed_at"]
    add_columns = COLUMNS
    edit_columns = COLUMNS
    badges = ["chosen"]
    contact_columns = ["event"]
    search_columns = [
        "event",
        "measure",
        "qualifier",
        "number",
        "unit",
        "source",
        "as_of",
        "chosen",
        "office",
    ]

    def before_save(self, item: Figure, *, new: bool) -> None:
        """Keep who chose the figure, and when."""
        figures.note_choice(item, by=current().actor, at=clock.now())

    def export_columns(self) -> Iterator[Column]:
        """Give the number as a number, and its qualifier beside it."""
        for column in super().export_columns():
            if column.heading != self.label_columns["reading"]:
                yield column
                continue
            yield Column(str(self.label_columns["qualifier"]), lambda figure: figure.qualifier)
            yield Column(str(self.label_columns["number"]), lambda figure: figure.number, Kind.NUMBER)
