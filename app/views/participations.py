"""Participations: who comes to an event."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.access import Section, Verb
from app.models.participations import Participation, ParticipationStatus
from app.services import registrations
from app.views.base import Button, OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Participation"), ["event", "organisation", "side", "status", "head_count", "notes"]),
    (_("People"), ["people"]),
]
COLUMNS = columns(GROUPS)


class ParticipationView(OfficeView):
    """Organisations at events, with their side and their people."""

    route_base = "/participations"
    section = Section.PARTICIPATIONS
    icon = "users-group"
    datamodel = Table(Participation, "event", "organisation", "people")
    list_title = _("Participations")
    add_title = _("New participation")

    rows = {"people": ["name", "contact", "checked_in_at"]}
    groups = (*GROUPS, RECORD)
    bulk_changes = ("status",)
    list_columns = ["event", "organisation", "side", "status", "head_count"]
    show_columns = [*COLUMNS, "office", "changed_by", "changed_at"]
    add_columns = COLUMNS
    edit_columns = COLUMNS
    badges = ["side", "status"]
    contact_columns = ["event", "organisation"]
    search_columns = ["event", "organisation", "side", "status", "office", "head_count", "people"]

    def warnings(self, item: Participation) -> Iterator[str]:
        """Say who comes next, where a place has become free."""
        if following := self._following(item):
            yield gettext("A place is free. Next on the waitlist: %(name)s.", name=following.organisation)

    def buttons(self, item: Participation) -> Iterator[Button]:
        """Lead from a place that is free to those who wait for one."""
        if self._following(item) and self.may(Verb.WRITE):
            yield Button(_("Give the place away"), url_for("PlacesPage.show", pk=item.event_id))

    def _following(self, item: Participation) -> Participation | None:
        """Give who may have the place of somebody who doesn't come."""
        gone = item.status in {ParticipationStatus.CANCELLED, ParticipationStatus.NO_SHOW}
        return registrations.following(item.event, item.side) if gone and self.writes(item) else None
