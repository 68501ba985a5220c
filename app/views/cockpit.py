"""The cockpit of an event: how it stands against its targets, what is to be done, and who carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _

from app.access import Section, current
from app.core import clock
from app.core.db import db
from app.models.activities import Activity, ActivityKind
from app.models.contracts import Contract, ContractStatus
from app.models.events import Event, EventKind, OrganisationRole, PersonRole
from app.queries import activities, counts
from app.views import balance
from app.views.eventpages import EventPage
from app.views.filters.presence import Empty
from app.views.filters.values import Member, NotMember, Related
from app.views.links import Condition, is_in, narrowed

#: Without these, a marketplace can't be held.
NEEDED = (OrganisationRole.COORDINATING_TEAM, PersonRole.MODERATOR, PersonRole.BROKER, PersonRole.NOTARY)


@dataclass(frozen=True)
class Tasks:
    """How far the tasks of an event have come, and the lists of them."""

    number: int
    done: int
    overdue: int
    open_address: str


class CockpitPage(EventPage):
    """Who is invited, registered and confirmed by side, against the targets; tasks, team, contracts."""

    route_base = "/cockpit"
    section = Section.PARTICIPATIONS
    method_permission_name = {"show": "read"}
    page_title = _("Cockpit")
    icon = "gauge"

    @expose("/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """Show where the event stands."""
        event = self.event(pk)
        return self.page(
            "events/cockpit.html",
            event,
            balance=balance.of_event(event),
            tasks=_tasks(event),
            contracts=_contracts(event),
            lacking=[role for role in NEEDED if role not in _roles(event)]
            if event.kind is EventKind.MARKETPLACE
            else [],
        )


def _roles(event: Event) -> set[Any]:
    return {one.role for one in event.roles} | {one.role for one in event.people}


def _tasks(event: Event) -> Tasks | None:
    if not current().reads(Activity):
        return None
    number, done, overdue = db.session.execute(activities.progress(event.id, clock.today())).one()
    undone = narrowed(
        Activity,
        Condition("event", Related, [str(event.id)]),
        is_in("kind", Member, ActivityKind.TASK),
        Condition("done_at", Empty),
    )
    return Tasks(number, done, overdue, undone.address())


def _contracts(event: Event) -> tuple[int, str] | None:
    """Give how many contracts there are, and their list."""
    if not current().reads(Contract):
        return None
    number = db.session.execute(counts.contracts(event.id)).one()[0]
    standing = narrowed(
        Contract,
        Condition("event", Related, [str(event.id)]),
        is_in("status", NotMember, ContractStatus.CANCELLED),
    )
    return number, standing.address()
