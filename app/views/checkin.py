"""Check-in: by the badge's QR code, by name, or as somebody whom nobody expected. Made for a phone at the door."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db, find
from app.core.text import search_document, search_terms
from app.models.categories import Side
from app.models.events import Event
from app.models.organisations import Organisation, OrganisationKind
from app.models.participations import Participant
from app.queries import evening
from app.services import links
from app.services.evening import checkin
from app.views import arguments
from app.views.eventpages import EventPage
from app.views.fields import EnumInput, Input, Needed, RemoteSelect, Tick
from app.views.public import one_line

_SIDES = {
    OrganisationKind.COMPANY: Side.COMPANY,
    OrganisationKind.FREELANCER: Side.COMPANY,
    OrganisationKind.MUNICIPALITY: Side.MUNICIPALITY,
}


class WalkInForm(FlaskForm):
    """Who came without having registered."""

    name = StringField(
        _("Name of the person"), [Needed(), Length(max=200)], filters=[one_line], widget=Input()
    )
    organisation = RemoteSelect(
        Organisation,
        _("Organisation, if it's known"),
        url=lambda: url_for("ParticipationView.lookup", path="organisation"),
    )
    new_name = StringField(
        _("or the name of a new one"), [Length(max=200)], filters=[one_line], widget=Input()
    )
    side = EnumInput(Side, label=_("Side"), description=_("Of a known organisation it may be left empty."))
    another = BooleanField(_("It's another organisation of the same name"), widget=Tick())
    #: Whether there is one with this name already.
    doubled = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for one organisation, known or new, and for the side of a new one."""
        good = bool(super().validate(extra_validators))
        if bool(self.organisation.data) == bool(self.new_name.data):
            self.organisation.errors = (
                gettext("Please choose an organisation, or write the name of a new one."),
            )
        elif self.new_name.data and not self.side.data:
            self.side.errors = (gettext("Please say on which side it trades."),)
        elif self.new_name.data and not current().may(Verb.WRITE, Section.ORGANISATIONS):
            self.new_name.errors = (gettext("Your account has no right to do this."),)
        else:
            return good
        return False

    def judge_name(self, event: Event) -> bool:
        """Whether a new organisation isn't one that is known already."""
        twin = checkin.known(event, self.new_name.data) if self.new_name.data else None
        self.doubled = twin is not None
        if twin is None or self.another.data:
            return True
        self.new_name.errors = (
            gettext("“%(name)s” is known already. Please choose it above.", name=twin.name),
        )
        return False


class CheckInPage(EventPage):
    """Who is there, and who is still expected."""

    route_base = "/checkin"
    section = Section.PARTICIPATIONS
    verb = Verb.WRITE
    method_permission_name = dict.fromkeys(("show", "code", "enter", "undo", "walk_in"), "write")
    page_title = _("Check-in")
    icon = "user-check"

    @expose("/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """List the people; the search box narrows it, with a script while one types."""
        event = self.event(pk)
        people = db.session.scalars(evening.people(event.id)).all()
        typed = arguments.text(request.args.get("q", ""))
        found = [(one, _found_by(one)) for one in people]
        words = search_terms(typed)
        return self.page(
            "evening/checkin.html",
            event,
            guests=[(one, text) for one, text in found if all(word in text for word in words)],
            unnamed=db.session.scalars(evening.unnamed(event.id)).all(),
            typed=typed,
            there=sum(one.checked_in_at is not None for one in people),
            expected=len(people),
        )

    @expose("/code/<token>", methods=["GET"])
    @has_access
    def code(self, token: str) -> str:
        """Show whose badge it is: a phone's camera opens this address, and a button checks in."""
        key = links.badged(token)
        person: Participant | None = find(Participant, str(key)) if isinstance(key, int) else None
        event = person.participation.event if person else None
        if person is None or event is None or not current().writes(event.office_id):
            abort(404)
        return self.page("evening/badge.html", event, person=person, token=token)

    @expose("/<pk>/in/<person>", methods=["POST"])
    @has_access
    def enter(self, pk: str, person: str) -> Response:
        """Check a person in."""
        event = self.event(pk)
        found = _guest(event, person)
        new = checkin.check_in(found, clock.now())
        db.session.commit()
        return self._back(event, found, _welcome(found) if new else None)

    @expose("/<pk>/undo/<person>", methods=["POST"])
    @has_access
    def undo(self, pk: str, person: str) -> Response:
        """Take a check-in back."""
        event = self.event(pk)
        found = _guest(event, person)
        done = checkin.undo(found)
        db.session.commit()
        text = gettext("The check-in of %(name)s is undone.", name=found.name)
        return self._back(event, found, text if done else None)

    @expose("/<pk>/walk-in", methods=["GET", "POST"])
    @has_access
    def walk_in(self, pk: str) -> Response | str:
        """Check in somebody who isn't on the list."""
        event = self.event(pk)
        form = WalkInForm()
        if request.method == "GET":
            form.organisation.data = find(Organisation, request.args.get("organisation", ""))
        if form.validate_on_submit() and form.judge_name(event):
            organisation = form.organisation.data
            side: Side = form.side.data or _SIDES.get(organisation.kind, Side.NONPROFIT)
            organisation = organisation or checkin.unknown(event, form.new_name.data, side)
            who = checkin.WalkIn(organisation, side, form.name.data)
            person = checkin.walk_in(event, who, clock.now())
            db.session.commit()
            return self._back(event, person, _welcome(person))
        return self.page("evening/walk_in.html", event, form=form)

    def _back(self, event: Event, person: Participant, text: str | None) -> Response:
        """Go back to the list, or to the badge that was scanned."""
        if text:
            flash(text, "success")
        if request.form.get("from") == "badge":
            return redirect(url_for("CheckInPage.code", token=links.badge(person.id)))
        return redirect(self.address(event))


def _guest(event: Event, key: str) -> Participant:
    person: Participant | None = find(Participant, key)
    if person is None or person.participation.event_id != event.id:
        abort(404)
    return person


def _welcome(person: Participant) -> str:
    return gettext(
        "%(name)s is checked in for %(organisation)s.",
        name=person.name,
        organisation=person.participation.organisation or "–",
    )


def _found_by(person: Participant) -> str:
    organisation = person.participation.organisation
    return search_document(person.name, organisation.name if organisation else None)
