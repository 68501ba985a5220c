"""Subscribe a contact who agreed: for staff who see no addresses of the newsletter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from flask import abort, flash, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields.choices import Choice
from wtforms.validators import InputRequired, Length

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.labels import label
from app.models.contacts import Contact
from app.models.newsletters import Newsletter
from app.models.subscribers import ConsentChannel
from app.services import subscribers
from app.views.cells import view_of
from app.views.fields import EnumInput, Input, Select, find
from app.views.forms import OfficeForm


class NewsletterInput(SelectField):
    """The active newsletters of the contact's office."""

    widget = Select()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what every field takes; ``offered`` is set by the view."""
        super().__init__(*args, **{"choices": [], "coerce": str, "validate_choice": False, **kwargs})
        self.offered: list[Newsletter] = []

    def iter_choices(self) -> Iterator[Any]:
        """Offer the newsletters by name."""
        for letter in self.offered:
            yield Choice(str(letter.id), str(letter), selected=str(letter.id) == self.data, render_kw={})

    def chosen(self) -> Newsletter | None:
        """Give the chosen newsletter if it was offered."""
        return next((letter for letter in self.offered if str(letter.id) == self.data), None)


class SubscribeForm(OfficeForm):
    """To which newsletter, and how the person agreed."""

    newsletter = NewsletterInput(label("Subscription", "newsletter"), validators=[InputRequired()])
    channel = EnumInput(ConsentChannel, label=_("How the person agreed"), validators=[InputRequired()])
    wording = StringField(
        _("To what the person agreed"), widget=Input(), validators=[InputRequired(), Length(max=1000)]
    )


class SubscribeView(BaseView):
    """The page behind "Invite to a newsletter" of a contact."""

    route_base = "/subscribe"
    default_view = "contact"
    section: ClassVar[Section] = Section.SUBSCRIBING
    class_permission_name = Section.SUBSCRIBING.value
    method_permission_name = {"contact": "write"}

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    def contact(self, pk: str) -> Response | str:
        """Ask for newsletter and consent, and enter the contact."""
        person = find(Contact, pk)
        if person is None or not current().may(Verb.READ, Section.CONTACTS):
            abort(404)
        form = SubscribeForm()
        letters = select(Newsletter).where(Newsletter.office_id == person.office_id, Newsletter.active)
        form.newsletter.offered = list(db.session.scalars(letters.order_by(Newsletter.name, Newsletter.id)))
        back = url_for("ContactView.show", pk=person.id)
        if form.validate_on_submit() and self._subscribe(person, form):
            flash(
                gettext("Entered. A mail asks the person to confirm; only then does the subscription count."),
                "success",
            )
            return redirect(back)
        title = gettext("Invite %(name)s to a newsletter", name=person)
        return self.render_template(
            "subscribing.html", title=title, form=form, person=person, back=back, contacts=view_of(Contact)
        )

    def _subscribe(self, person: Contact, form: SubscribeForm) -> bool:
        letter = form.newsletter.chosen()
        if letter is None:
            form.show([Problem("newsletter", gettext("This is none of the choices."))])
            return False
        try:
            subscribers.subscribe(
                person, letter, form.channel.data, form.wording.data, at=clock.now(), by=current().actor
            )
            db.session.commit()
        except RuleBrokenError as error:
            db.session.rollback()
            form.show(error.problems)
            return False
        return True
