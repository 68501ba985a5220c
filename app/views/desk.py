"""The contract desk: contracts are entered by several people at once, on lines that break."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, jsonify, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.access import Section, Verb
from app.core import clock
from app.core.db import db, find
from app.core.text import search_document
from app.labels import label
from app.models.contracts import Contract
from app.models.events import Event
from app.queries import evening, rates
from app.services.evening import desk, results
from app.views.entry import EntryForm
from app.views.eventpages import EventPage
from app.views.locale import offered
from app.views.uploads import Upload

LAST = 8  # contracts on the page
ATTEMPTS = 3  # where somebody gives a number by hand at the same moment


class ScanForm(FlaskForm):
    """The signed paper, as a scan or a photo."""

    scan = Upload(label("Contract", "scan"))


class DeskPage(EventPage):
    """Where contracts get their numbers."""

    route_base = "/desk"
    section = Section.CONTRACTS
    verb = Verb.WRITE
    method_permission_name = dict.fromkeys(("show", "parties", "scan", "corrected"), "write")
    page_title = _("Contract desk")
    icon = "writing-sign"

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    def show(self, pk: str) -> Any:
        """Take a contract: from the script, which is answered in JSON, or as a plain form."""
        event = self.event(pk)
        if request.method == "GET":
            return self._page(event, self._form(event))
        language = request.form.get("language", "")
        # Numbers are read as they were typed, whatever language was chosen meanwhile.
        with force_locale(language if language in offered() else str(get_locale())):
            form = self._form(event)
            contract = desk.entered(event, form.fingerprint)
            if contract is None and form.validate():
                contract = self._enter(event, form)
        return self._answered(event, contract) if contract else self._refused(event, form)

    def _form(self, event: Event) -> EntryForm:
        present = db.session.scalars(evening.present(event.id)).all()
        known = db.session.scalars(evening.participations(event.id)).all()
        # Where nobody checks in, everybody may have come.
        return EntryForm(present or known, known, db.session.scalars(rates.usable(event.office_id)).all())

    def _enter(self, event: Event, form: EntryForm) -> Contract | None:
        made = form.contract(clock.today())
        if not form.accepts(made):
            return None
        key, event_id = form.fingerprint, event.id
        for _attempt in range(ATTEMPTS):
            try:
                contract = desk.enter(event, made, key)
                db.session.commit()
            except IntegrityError:
                db.session.rollback()
                event, made = self.event(str(event_id)), form.contract(clock.today())
            else:
                return contract
        return abort(409)

    def _answered(self, event: Event, contract: Contract) -> Any:
        if _by_script():
            html = self.render_template("evening/entered.html", contract=contract, event=event)
            return jsonify(id=contract.id, number=contract.number, html=html)
        flash(gettext("Contract %(number)s is saved.", number=contract.number), "success")
        return redirect(self.address(event))

    def _refused(self, event: Event, form: EntryForm) -> Any:
        if _by_script():
            return jsonify(errors=form.faults()), 422
        return self._page(event, form), 422

    def _page(self, event: Event, form: EntryForm) -> str:
        if not form.entry_key.data or not form.is_submitted():
            form.entry_key.data = uuid.uuid4().hex
        form.language.data = str(get_locale() or "")
        return self.page(
            "evening/desk.html",
            event,
            form=form,
            latest=results.recent(event, LAST),
            returned=db.session.scalars(evening.returned(event.id)).all(),
            gong=results.latest(event),
        )

    @expose("/<pk>/parties", methods=["GET"])
    @has_access
    def parties(self, pk: str) -> Response:
        """Give who has come, for desks that are open."""
        event = self.event(pk)
        names = [
            (one.organisation_id, one.organisation.name)
            for one in db.session.scalars(evening.present(event.id))
            if one.organisation
        ]
        answer = jsonify(
            parties=[
                {"value": str(key), "text": name, "found": search_document(name)}
                for key, name in sorted(names)
            ]
        )
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.add_etag()
        return answer.make_conditional(request)

    @expose("/<pk>/scan/<contract>", methods=["GET", "POST"])
    @has_access
    def scan(self, pk: str, contract: str) -> Response | str:
        """Attach the signed paper: a phone opens its camera for it."""
        event = self.event(pk)
        found = contract_of(event, contract)
        form = ScanForm(obj=found)
        if form.validate_on_submit():
            desk.attach(found, form.scan.data)
            db.session.commit()
            flash(gettext("The scan of contract %(number)s is saved.", number=found.number), "success")
            return redirect(self.address(event))
        return self.page("evening/scan.html", event, contract=found, form=form)

    @expose("/<pk>/corrected/<contract>", methods=["POST"])
    @has_access
    def corrected(self, pk: str, contract: str) -> Response:
        """Give a contract to the notary once more."""
        event = self.event(pk)
        found = contract_of(event, contract)
        desk.corrected(found)
        db.session.commit()
        text = gettext("Contract %(number)s waits for the notary again.", number=found.number)
        flash(text, "success")
        return redirect(self.address(event))


def contract_of(event: Event, key: str) -> Contract:
    """Find a contract of an event."""
    found: Contract | None = find(Contract, key)
    if found is None or found.event_id != event.id:
        abort(404)
    return found


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"
