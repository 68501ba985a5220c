"""The notary's page: contracts that wait, each looked through, stamped or sent back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb
from app.core import clock
from app.core.db import db, key_of
from app.models.contacts import Contact
from app.models.events import Event
from app.queries import evening
from app.services.evening import notary
from app.views import panels
from app.views.desk import contract_of
from app.views.eventpages import EventPage

LONGEST = 200


class NotaryPage(EventPage):
    """Where contracts get their stamps."""

    route_base = "/notary"
    section = Section.CONTRACTS
    verb = Verb.WRITE
    method_permission_name = dict.fromkeys(("show", "stamp", "send_back"), "write")
    page_title = _("Notary’s desk")
    icon = "rubber-stamp"

    @expose("/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """Show the contracts that wait, in the order of their numbers."""
        event = self.event(pk)
        people = _notaries(event)
        chosen = _chosen(people, request.args.get("notary", ""))
        return self.page(
            "evening/notary.html",
            event,
            people=people,
            chosen=chosen,
            waiting=[(one, panels.of_contract(one)) for one in db.session.scalars(evening.waiting(event.id))],
            returned=db.session.scalars(evening.returned(event.id)).all(),
            stamped=db.session.scalar(evening.stamped(event.id)),
        )

    @expose("/<pk>/stamp/<contract>", methods=["POST"])
    @has_access
    def stamp(self, pk: str, contract: str) -> Response:
        """Stamp a contract with name and time."""
        event = self.event(pk)
        who = _chosen(_notaries(event), request.form.get("notary", ""))
        if who is None:
            flash(gettext("Please say first who you are."), "danger")
            return self._back(event, who)
        found = contract_of(event, contract)
        done = notary.stamp(found, who, clock.now(), seen=_seen())
        return self._said(event, who, done, gettext("Contract %(number)s is stamped.", number=found.number))

    @expose("/<pk>/send-back/<contract>", methods=["POST"])
    @has_access
    def send_back(self, pk: str, contract: str) -> Response:
        """Send a contract back to the desk, with a note."""
        event = self.event(pk)
        who = _chosen(_notaries(event), request.form.get("notary", ""))
        found = contract_of(event, contract)
        note = request.form.get("note", "").replace("\0", "").strip()[:LONGEST]
        if not note:
            text = gettext("Please say what is wrong with contract %(number)s.", number=found.number)
            flash(text, "danger")
            return self._back(event, who)
        done = notary.send_back(found, note, seen=_seen())
        text = gettext("Contract %(number)s is sent back to the desk.", number=found.number)
        return self._said(event, who, done, text)

    def _said(self, event: Event, who: Contact | None, done: Any, text: str) -> Response:
        if done:
            db.session.commit()
            flash(text, "success")
        else:
            db.session.rollback()
            flash(
                gettext("Somebody has changed or stamped this contract in the meantime. Please look again."),
                "warning",
            )
        return self._back(event, who)

    def _back(self, event: Event, who: Contact | None) -> Response:
        return redirect(url_for("NotaryPage.show", pk=event.id, notary=who.id if who else None))


def _notaries(event: Event) -> Sequence[Contact]:
    return db.session.scalars(evening.notaries(event.id)).unique().all()


def _chosen(people: Sequence[Contact], key: str) -> Contact | None:
    """Give the notary with a key; of one alone nobody has to be told."""
    if len(people) == 1:
        return people[0]
    return next((one for one in people if one.id == key_of(key)), None)


def _seen() -> int:
    """Give the version of the contract that the notary has looked at."""
    return key_of(request.form.get("seen", "")) or abort(400)
