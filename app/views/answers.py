"""What was said about one contract: read, taken down for a party that was called, and decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from flask import abort, flash, redirect, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.filemanager import uuid_originalname
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.core.files import folder
from app.core.rules import Problem, RuleBrokenError
from app.models.contacts import Contact
from app.models.contracts import Contract, ContractStatus
from app.models.followups import FollowUpNote, FollowUpReport, ReportChannel
from app.models.organisations import Organisation
from app.queries import followups as queries
from app.queries import rows
from app.services import followups
from app.views.cells import view_of
from app.views.fields import find
from app.views.reportform import ReportForm


class AnswersView(BaseView):
    """The follow-up of one contract."""

    route_base = "/followups/contract"
    default_view = "show"
    section: ClassVar[Section] = Section.CONTRACTS
    class_permission_name = Section.CONTRACTS.value
    method_permission_name = {
        "show": "read",
        "photo": "read",
        "answer": "write",
        "decide": "write",
        "remove": "write",
    }

    @expose("/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        """Show what was said, and how each party is reached."""
        contract = _contract(pk)
        today = clock.today()
        loads = rows.loading(FollowUpReport, "organisation", "notes")
        told = db.session.scalars(queries.reports(contract.id).options(*loads)).all()
        people = current().reads(Contact)
        reach = {
            party.organisation_id: followups.of_party(contract, party.organisation_id, today)
            for party in contract.parties
            if people
        }
        return self._page(
            "followups/contract_page.html",
            contract,
            gettext("Follow-up"),
            told=told,
            reach=reach,
            days=followups.days_of(contract),
            waiting=db.session.scalars(queries.open_of(contract.id)).all(),
            may_write=current().may(Verb.WRITE, Section.CONTRACTS)
            and contract.status is not ContractStatus.CANCELLED,
        )

    @expose("/<pk>/party/<party>", methods=["GET", "POST"])
    @has_access
    def answer(self, pk: str, party: str) -> Response | str:
        """Take down what a party says on the phone."""
        contract = _contract(pk)
        organisation: Organisation | None = find(Organisation, party)
        if organisation is None or organisation.id not in {one.organisation_id for one in contract.parties}:
            abort(404)
        title = gettext("Report of %(organisation)s", organisation=organisation.name)
        return self._form(contract, title, organisation)

    @expose("/<pk>/decide", methods=["GET", "POST"])
    @has_access
    def decide(self, pk: str) -> Response | str:
        """Settle what became of a contract: the office's word outweighs what was said before."""
        return self._form(_contract(pk), gettext("Decide"), None)

    @expose("/note/<pk>/photo")
    @has_access
    def photo(self, pk: str) -> Response:
        """Give the photo of a report."""
        note: FollowUpNote = find(FollowUpNote, pk) or abort(404)
        path = folder() / Path(note.photo or "").name
        if not note.photo or not path.is_file():
            abort(404)
        return send_file(path, as_attachment=True, download_name=uuid_originalname(note.photo))

    @expose("/note/<pk>/remove", methods=["POST"])
    @has_access
    def remove(self, pk: str) -> Response:
        """Delete words and photo of a report, where somebody takes them back; that it was given stays."""
        note: FollowUpNote = find(FollowUpNote, pk) or abort(404)
        back = url_for("AnswersView.show", pk=note.report.contract_id)
        db.session.delete(note)
        db.session.commit()
        flash(gettext("Words and photo are deleted; the report itself stays."), "success")
        return redirect(back)

    def _form(self, contract: Contract, title: str, organisation: Organisation | None) -> Response | str:
        form = ReportForm()
        if form.validate_on_submit() and _took(contract.id, organisation, form):
            flash(gettext("Saved."), "success")
            return redirect(url_for("AnswersView.show", pk=contract.id))
        return self._page(
            "followups/answer.html", _contract(str(contract.id)), title, form=form, organisation=organisation
        )

    def _page(self, template: str, contract: Contract, title: str, **more: Any) -> str:
        contracts = view_of(Contract)
        given = {
            "title": f"{title} · {contract}",
            "heading": title,
            "contract": contract,
            "contracts": contracts,
        }
        return self.render_template(template, **{**given, **more})


def _contract(pk: str) -> Contract:
    loads = rows.loading(Contract, "event", "office", "parties.organisation", "contributions.giver")
    contract: Contract = find(Contract, pk, *loads) or abort(404)
    return contract


def _took(key: int, organisation: Organisation | None, form: ReportForm) -> bool:
    """Write down what was said; where that can't be, the form says why."""
    said, at, by = form.said(), clock.now(), current().actor
    contract = _contract(str(key))
    try:
        if organisation is None:
            followups.decide(contract, said, at=at, by=by)
        else:
            followups.report(contract, organisation, said, at=at, by=by, channel=ReportChannel.PHONE)
        db.session.commit()
    except RuleBrokenError as error:
        problems = error.problems
    except StaleDataError:
        text = gettext("Somebody else saved this record at the same moment. Please save again.")
        problems = (Problem("state", text),)
    else:
        return True
    db.session.rollback()
    form.show(problems)
    return False
