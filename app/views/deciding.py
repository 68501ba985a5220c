"""Decide about a registration: which organisation and person it is, known or new, and whether it comes."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from app.access import Section, Verb, current
from app.core.db import db
from app.core.rules import RuleBrokenError
from app.labels import label
from app.models.contacts import Contact
from app.models.organisations import Organisation
from app.models.participations import Participation, ParticipationStatus
from app.models.registrations import OPEN, Registration
from app.queries import registrations as queries
from app.services import registrations
from app.views.candidates import fits, organisations_like, people_like
from app.views.cells import view_of
from app.views.fields import Area, RemoteSelect, find
from app.views.forms import OfficeForm

NEW = "new"
#: What is written by an approval: who decides must be allowed to write all of it.
WRITES = (Section.PARTICIPATIONS, Section.ORGANISATIONS, Section.CONTACTS, Section.OFFERS)
NAMES = {
    "name": label("Registration", "name"),
    "address": _("Address"),
    "website": label("Organisation", "website"),
    "email": label("Contact", "email"),
    "phone": label("Contact", "phone"),
}


class ChooseForm(OfficeForm):
    """Another organisation than those that are likely."""

    organisation = RemoteSelect(
        Organisation,
        _("Another known organisation"),
        url=lambda: view_of(Participation).lookup_url("organisation"),
    )


class DeclineForm(OfficeForm):
    """Why not."""

    reason = TextAreaField(_("What the mail says about it (optional)"), [Length(max=2_000)], widget=Area())


class DecideView(BaseView):
    """The page on which a registration becomes a participation."""

    route_base = "/decide"
    default_view = "decide"
    section: ClassVar[Section] = Section.PARTICIPATIONS
    class_permission_name = Section.PARTICIPATIONS.value
    method_permission_name = {"decide": "write", "decline": "write"}

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    def decide(self, pk: str) -> Response | str:
        """Show who it may be and what would change, and approve."""
        item = _registration(pk)
        if item.status not in OPEN:
            return redirect(_page(item))
        organisation, contact, chosen = self._chosen(item)
        if request.method == "POST" and chosen and self._approve(item, organisation, contact):
            return redirect(_page(item))
        known = organisations_like(item)
        if organisation is not None and organisation not in known:
            known.append(organisation)
        people = people_like(item, organisation) if chosen else []
        if request.method == "GET" and "contact" not in request.args:
            contact = next((one for one, sure in people if sure), None)
        return self.render_template(
            "registrations/decide.html",
            title=gettext("Decide: %(name)s", name=item),
            item=item,
            registrations=view_of(Registration),
            organisations=view_of(Organisation),
            known=known,
            chosen=chosen,
            organisation=organisation,
            people=people,
            contact=contact,
            names=NAMES,
            changes=list(registrations.differences(item, organisation, None)) if organisation else [],
            changes_of={one.id: list(registrations.differences(item, None, one)) for one, _sure in people},
            foreign=organisation is not None and organisation.office_id != item.office_id,
            place=registrations.places(item.event)[item.side],
            there=_there(item, organisation),
            choose=ChooseForm(formdata=None),
            decline=DeclineForm(formdata=None),
        )

    @staticmethod
    def _chosen(item: Registration) -> tuple[Organisation | None, Contact | None, bool]:
        """Read which organisation and person were chosen; 404 for one that can't be seen, or not in this event."""
        asked = request.values.get("organisation", "")
        organisation = None
        if asked not in {"", NEW}:
            organisation = find(Organisation, asked)
            if organisation is None or not fits(item, organisation):
                abort(404)
        person = request.values.get("contact", NEW)
        contact = None
        if person != NEW:
            contact = find(Contact, person)
            if contact is None or contact.office_id != item.office_id:
                abort(404)
        return organisation, contact, bool(asked)

    @staticmethod
    def _approve(item: Registration, organisation: Organisation | None, contact: Contact | None) -> bool:
        sent = request.form
        if sent.get("version") != str(item.version):
            flash(gettext("In the meantime the registration has changed. Please look again."), "warning")
            return False

        def act() -> str:
            wait = sent.get("act") == "wait"
            line = registrations.approve(item, organisation, contact, _taken(contact), wait=wait)
            if line.status is ParticipationStatus.WAITLIST:
                return gettext("It is on the waitlist. A mail says so to who registered.")
            return gettext("It takes part. A mail says so to who registered.")

        return done(act)

    @expose("/<pk>/decline", methods=["POST"])
    @has_access
    def decline(self, pk: str) -> Response:
        """Decline, with a word why."""
        item = _registration(pk)
        form = DeclineForm()
        if not form.validate():
            flash(next(iter(form.reason.errors), gettext("Please try again.")), "danger")
            return redirect(url_for("DecideView.decide", pk=item.id))

        def act() -> str:
            registrations.decline(item, (form.reason.data or "").strip())
            return gettext("It is declined. A mail says so to who registered.")

        done(act)
        return redirect(_page(item))


def _registration(pk: str) -> Registration:
    """Find the registration: 404 where it can't be seen, 403 for who may not write all that follows from it."""
    item: Registration = find(Registration, pk) or abort(404)
    if not all(current().may(Verb.WRITE, section) for section in WRITES):
        abort(403)
    return item


def _page(item: Registration) -> str:
    return url_for("RegistrationView.show", pk=item.id)


def _there(item: Registration, organisation: Organisation | None) -> Participation | None:
    """Give the participation that the organisation has already."""
    if organisation is None:
        return None
    return db.session.scalars(queries.in_event(item.event_id, [organisation.id])).one_or_none()


def _taken(contact: Contact | None) -> set[str]:
    """Read what is to be replaced or added; of people, what was ticked for the one who was chosen."""
    own = request.form.getlist(f"take-{contact.id}") if contact else ()
    return {*request.form.getlist("take"), *own}


def done(act: Any) -> bool:
    """Do and commit; say why where it can't be."""
    try:
        said = act()
        db.session.commit()
    except RuleBrokenError as error:
        db.session.rollback()
        for problem in error.problems:
            flash(str(problem.message), "danger")
        return False
    except (IntegrityError, StaleDataError):
        db.session.rollback()
        flash(gettext("Somebody else saved this at the same moment. Please try again."), "danger")
        return False
    flash(said, "success")
    return True
