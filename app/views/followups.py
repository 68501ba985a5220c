"""Follow-up: what has become of an event's contracts, whom nobody has heard of, and who has to be called."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from flask import abort, flash, redirect
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock, queue
from app.core.db import db
from app.core.values import display
from app.models.contacts import Contact
from app.models.contracts import Contract
from app.models.events import EventStatus
from app.models.followups import PATIENCE, FollowUp, FollowUpReport
from app.models.outcomes import Rates
from app.queries import followups as queries
from app.queries import rows
from app.reports import calls
from app.services import followups
from app.views import documents
from app.views.cells import view_of
from app.views.eventpages import EventPage

#: Questions and contracts that a page names; it says how many there are.
SHOWN = 200
EVENTS = 30


class FollowUpPage(EventPage):
    """The follow-up of one event, its call list, and the wish to ask at once."""

    route_base = "/followups/event"
    section = Section.CONTRACTS
    method_permission_name = {"show": "read", "calls": "read", "export": "export", "ask": "write"}
    page_title = _("Follow-up")
    icon = "phone-call"

    @expose("/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        """Show what has become of the contracts, and what is to be done."""
        event = self.event(pk)
        found = db.session.execute(queries.outcomes_of(event.id)).all()
        return self.page(
            "followups/event.html",
            event,
            rates=Rates(queries.rows_of(found)),
            called_off=db.session.scalar(queries.called_off(event.id)),
            asks=event.follow_up_mails and event.status is not EventStatus.CANCELLED,
            may_write=current().may(Verb.WRITE, Section.CONTRACTS),
            **_to_do(queries.of_event(event.id), Contract.event_id == event.id),
        )

    @expose("/<pk>/calls")
    @has_access
    def calls(self, pk: str) -> str:
        """List whom to call, to be printed."""
        event = self.event(pk)
        asked = _waiting(queries.of_event(event.id))
        listed = [(one, call) for one, call in zip(asked, _calls(asked), strict=True)]
        return self.page(
            "followups/calls.html",
            event,
            calls=listed,
            today=clock.today(),
            may_write=current().may(Verb.WRITE, Section.CONTRACTS),
            may_export=_may_export(),
        )

    @expose("/<pk>/calls/export")
    @has_access
    def export(self, pk: str) -> Response:
        """Give the call list as a workbook; it tells numbers of people, too."""
        event = self.event(pk)
        if not _may_export():
            abort(403)
        listed = _calls(_waiting(queries.of_event(event.id)))
        title = gettext("Call list %(event)s", event=event.title)[:200]
        sections = (Section.CONTRACTS, Section.CONTACTS)
        words = f"{gettext('Event')}: {event}"
        write = documents.workbook(partial(_write, listed))
        return documents.give(title, sections, "xlsx", write, words)

    @expose("/<pk>/ask", methods=["POST"])
    @has_access
    def ask(self, pk: str) -> Response:
        """Have every party asked that nobody has asked yet, before its day if need be."""
        event = self.event(pk)
        if not event.follow_up_mails:
            flash(gettext("Asking by e-mail is switched off for this event."), "danger")
        else:
            queue.enqueue("followups.ask_now", event.id)
            flash(gettext("The parties are being asked. It may take a few minutes."), "success")
        return redirect(self.address(event))


class FollowUpsView(BaseView):
    """Follow-up over all events of an office."""

    route_base = "/followups"
    default_view = "list"
    section: ClassVar[Section] = Section.CONTRACTS
    class_permission_name = Section.CONTRACTS.value
    method_permission_name = {"list": "read"}
    list_title: ClassVar[LazyString] = _("Follow-up")
    icon = "phone-call"

    @expose("/")
    @has_access
    def list(self) -> str:
        """Show the rates of the latest events, and what is to be done for all of them."""
        latest = db.session.scalars(queries.events_with_contracts().limit(EVENTS)).all()
        counts: dict[int | None, dict[Any, int]] = {}
        for key, name, number in db.session.execute(queries.outcomes_by_event([one.id for one in latest])):
            counts.setdefault(key, {}).update(queries.rows_of([(name, number)]))
        everything = db.session.execute(queries.outcomes()).all()
        return self.render_template(
            "followups/list.html",
            title=self.list_title,
            rates=Rates(queries.rows_of(everything)),
            events=[(one, Rates(counts.get(one.id, {}))) for one in latest],
            pages=FollowUpPage,
            may_write=current().may(Verb.WRITE, Section.CONTRACTS),
            **_to_do(),
        )


def _to_do(about: ColumnElement[bool] | None = None, of: ColumnElement[bool] | None = None) -> dict[str, Any]:
    """Give what contradicts, and what nobody has answered, with how each party is reached."""
    today = clock.today()
    contested = queries.contested(*(() if of is None else (of,)))
    loads = rows.loading(Contract, "event", "parties.organisation")
    named = db.session.scalars(contested.options(*loads).limit(SHOWN)).all()
    statement = queries.waiting(today, *(() if about is None else (about,)))
    asked = db.session.scalars(statement.limit(SHOWN)).all()
    late = today - PATIENCE
    reach = followups.of_waiting(asked, today)
    return {
        "contested": _with_words(named),
        "contested_count": db.session.scalar(queries.counted(contested)),
        "overdue": [one for one in asked if one.due_on < late],
        "due": [one for one in asked if one.due_on >= late],
        "waiting_count": db.session.scalar(queries.counted(statement)),
        "shown": SHOWN,
        "reach": reach,
        "unreached": sum(reach[one.contract_id, one.organisation_id].email is None for one in asked),
        "contracts": view_of(Contract),
        "mails_of": _mails,
    }


def _with_words(contracts: Sequence[Contract]) -> list[tuple[Contract, list[FollowUpReport]]]:
    """Give contracts with the last word of each party."""
    words: dict[int, list[FollowUpReport]] = {}
    for word in db.session.scalars(queries.latest([one.id for one in contracts])):
        words.setdefault(word.contract_id, []).append(word)
    return [(one, words.get(one.id, [])) for one in contracts]


def _waiting(about: ColumnElement[bool]) -> Sequence[FollowUp]:
    return db.session.scalars(queries.waiting(clock.today(), about)).all()


def _calls(asked: Sequence[FollowUp]) -> list[calls.Call]:
    reach = followups.of_waiting(asked, clock.today())
    people = current().reads(Contact)
    return [
        calls.Call(
            one.organisation.name if one.organisation else "",
            reach[one.contract_id, one.organisation_id].phones if people else (),
            one.stage,
            one.due_on,
            one.contract.number,
            one.contract.party_names,
            "; ".join(line.text for line in one.contract.contributions) or one.contract.title or "",
            _mails(one),
        )
        for one in asked
    ]


def _mails(asked: FollowUp) -> str:
    """Say which mails went to a party: "Sent 01.10.2026, Perhaps sent 11.10.2026"."""
    return ", ".join(
        f"{mail.state} {display(mail.at.astimezone(clock.OFFICE_ZONE).date())}" for mail in asked.mails
    )


def _write(listed: Sequence[calls.Call], book: Any) -> int:
    return calls.write(book, listed)


def _may_export() -> bool:
    return all(current().may(Verb.EXPORT, one) for one in (Section.CONTRACTS, Section.CONTACTS))
