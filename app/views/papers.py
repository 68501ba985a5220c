"""The papers of an event, and the form of a contract: chosen, previewed, printed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from flask import abort, current_app, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import force_locale, get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField

from app.access import Section, Verb, current
from app.core.db import db
from app.labels import label
from app.models.contracts import Contract
from app.models.events import Event
from app.models.languages import Language
from app.models.participations import Participant
from app.queries import contracts
from app.reports.papers import PAPERS, Paper, print_forms
from app.services import links
from app.views import documents
from app.views.cells import view_of
from app.views.eventpages import EventPage
from app.views.fields import Select, find
from app.views.framing import framed
from app.views.paperforms import LANGUAGES, PaperForm, form_of

#: Sections whose names a paper may hold: who may not read them all doesn't see by what it was chosen.
ABOUT = (Section.EVENTS, Section.PARTICIPATIONS, Section.CONTRACTS)


class PaperView(EventPage):
    """Lists, badges, signs and contract forms of an event, for who works on it: see decision 12."""

    route_base = "/papers"
    section = Section.PARTICIPATIONS
    verb = Verb.WRITE
    method_permission_name = {"show": "write", "paper": "write", "file": "write"}
    page_title = _("Papers")
    icon = "printer"

    @expose("/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        """Offer the papers."""
        event = self.event(pk)
        offered = [paper for paper in PAPERS.values() if current().may(self.verb, paper.section)]
        return self.page("events/papers.html", event, papers=offered)

    @expose("/<pk>/<name>")
    @has_access
    def paper(self, pk: str, name: str) -> str:
        """Ask what the paper is to hold, and show it."""
        event, paper = self.event(pk), _paper(name)
        form = form_of(paper, event)
        ready = form.sent and bool(_found(form, paper, event))
        shown = self._again("file", pk, name)
        return self.page(
            "events/paper.html",
            event,
            paper=paper,
            form=form,
            shown=shown if ready else "",
            title=f"{paper.title} · {event}",
        )

    @expose("/<pk>/<name>/file")
    @framed
    @has_access
    def file(self, pk: str, name: str) -> Response:
        """Give the paper to the browser; where it can't be made, the page says why."""
        event, paper = self.event(pk), _paper(name)
        form = form_of(paper, event)
        found = _found(form, paper, event) if form.sent else ()
        if not found:
            return redirect(self._again("paper", pk, name))
        asked, words = form.asked(event, link=_badge_link()), form.in_words(event)
        with force_locale(form.language.data):
            title, write = str(paper.title), partial(paper.write, asked, found)
            if not paper.personal:
                return documents.show(title, "pdf", write)
            return _given(title, {*ABOUT, paper.section}, write, len(found), words)

    def _again(self, method: str, pk: str, name: str) -> str:
        """Give the address of another page of the same paper, with the same choice."""
        chosen: dict[str, Any] = request.args.to_dict(flat=False)
        return url_for(f"{self.endpoint}.{method}", **{**chosen, "pk": pk, "name": name})


class ContractPaperView(BaseView):
    """The form of one contract, with what is recorded of it, for who works on it."""

    route_base = "/contract-forms"
    default_view = "show"
    section: ClassVar[Section] = Section.CONTRACTS
    class_permission_name = Section.CONTRACTS.value
    method_permission_name = {"show": "write", "file": "write"}

    @expose("/<pk>")
    @has_access
    def show(self, pk: str) -> str:
        """Show the form."""
        contract, form = _contract(pk), LanguageForm()
        shown = url_for(f"{self.endpoint}.file", pk=pk, language=form.language.data)
        return self.render_template(
            "events/contract_form.html",
            title=f"{gettext('Contract form')} · {contract}",
            contract=contract,
            contracts=view_of(Contract),
            form=form,
            shown=shown if form.validate() else "",
        )

    @expose("/<pk>/file")
    @framed
    @has_access
    def file(self, pk: str) -> Response:
        """Give the form to the browser."""
        contract, form = _contract(pk), LanguageForm()
        if not form.validate():
            abort(400)
        with force_locale(form.language.data):
            title = gettext("Contract form")
            write = partial(print_forms, f"{title} – {contract}", [contract])
            return _given(title, ABOUT, write, 1, str(contract))


class LanguageForm(FlaskForm):
    """In which language a form is printed."""

    class Meta:
        """Nothing is changed by looking at it."""

        csrf = False

    language = SelectField(label("Office", "language"), choices=LANGUAGES, widget=Select())

    def __init__(self) -> None:
        """Take what the address asks for, else the language of the page."""
        super().__init__(request.args or None, language=str(get_locale() or Language.GERMAN.value))


def _paper(name: str) -> Paper:
    """Give a paper by its name: 404 where there is none, 403 where it isn't for this person."""
    paper = PAPERS.get(name) or abort(404)
    if not current().may(PaperView.verb, paper.section):
        abort(403)
    return paper


def _contract(pk: str) -> Contract:
    contract: Contract | None = find(Contract, pk)
    if contract is None:
        abort(404)
    return db.session.scalars(contracts.whole(contracts.one(contract.id))).unique().one()


def _found(form: PaperForm, paper: Paper, event: Event) -> Sequence[Any]:
    """Give what the paper has to hold; where that's nothing, or too much for a file, the form says so."""
    if not form.validate():
        return ()
    found = paper.find(form.asked(event))
    if not found:
        form.language.errors = (gettext("There is nothing to print by this choice."),)
    elif len(found) > paper.most:
        text = gettext(
            "A file holds at most %(number)s of them. Please narrow the choice.", number=paper.most
        )
        form.language.errors = (text,)
        return ()
    return found


def _given(title: str, sections: Any, write: Any, rows: int, words: str) -> Response:
    """Give a paper that holds names, with its receipt."""

    def counted(target: Path) -> int:
        write(target)
        return rows

    return documents.give(title, sections, "pdf", counted, words, purpose=gettext("Print"), inline=True)


def _badge_link() -> Any:
    start = f"{current_app.config['PUBLIC_URL']}/checkin/code/"

    def link(person: Participant) -> str:
        return f"{start}{links.badge(person.id)}"

    return link


__all__ = ["ContractPaperView", "PaperView"]
