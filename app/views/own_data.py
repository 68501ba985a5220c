"""What is held of a person, for that person: change, read, delete. The links come by mail, to the address itself."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import Any

from flask import make_response, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.core import queue
from app.core.db import db
from app.models.languages import Language
from app.models.newsletters import Newsletter
from app.models.subscribers import ConsentChannel, Subscriber, Subscription, digest
from app.queries.receipts import of_person
from app.queries.subscribers import log_of, origins
from app.services import links, subscribers
from app.views.fields import EnumInput, Input
from app.views.public import AddressForm, PublicPages, find, happened, one_line, within
from app.views.signup import Topics


class PreferencesForm(AddressForm):
    """What a person may change."""

    first_name = StringField(_("First name"), [Length(max=200)], filters=[one_line], widget=Input())
    last_name = StringField(_("Last name"), [Length(max=200)], filters=[one_line], widget=Input())
    language = EnumInput(Language, label=_("Language"), validators=[InputRequired()], optional=False)

    def posted(self) -> Any:
        """Give what was posted; None where the form is only shown."""
        return request.form if self.is_submitted() else None


class OwnDataPages(PublicPages):
    """Each page does one thing, with a link for that alone."""

    default_view = "ask"

    @expose("/<int:pk>/yours", methods=["GET", "POST"])
    def ask(self, pk: int) -> Response:
        """Have the links sent. The answer is the same for every address.

        Who reads a newsletter that isn't public, or no longer, comes here, too. Then the page doesn't tell whose it is,
        nor whether there is one.
        """
        letter: Newsletter | None = find(Newsletter, pk)
        shown = letter if letter is not None and letter.open else None
        form = AddressForm()
        with within(letter.office_id) if letter is not None else nullcontext():
            if form.validate_on_submit() and not form.hurried():
                if not form.website.data:
                    person = subscribers.known(letter, form.email.data) if letter is not None else None
                    queue.enqueue(
                        "subscriptions.links", person.id if person else 0, letter.id if letter else 0
                    )
                title = gettext("Please look into your mail")
                return self.page("newsletter/links_sent.html", title, letter=shown)
            title = gettext("Your data")
            return self.page("newsletter/yours.html", title, status=form.status, letter=shown, form=form)

    @expose("/preferences/<token>", methods=["GET", "POST"])
    def preferences(self, token: str) -> Response:
        """Change topics, name, language and address."""
        person = _owner(links.PREFERENCES, token)
        if person is None:
            return self.over()
        with within(person.office_id):
            lines = person.active
            form = PreferencesForm(obj=person)
            chosen = [(line, _topics(line, form)) for line in lines if line.newsletter.topics]
            title = gettext("Your preferences")
            valid = form.validate_on_submit() and all(field.validate(form) for _line, field in chosen)
            moves = valid and digest(form.email.data) != person.digest
            if not valid or (moves and form.hurried()):
                page, office = "newsletter/preferences.html", person.office
                return self.page(page, title, status=form.status, office=office, form=form, chosen=chosen)
            wishes = subscribers.Wishes(
                form.first_name.data,
                form.last_name.data,
                form.language.data,
                {line: field.chosen() for line, field in chosen},
            )
            subscribers.prefer(person, wishes, happened(ConsentChannel.MAIL))
            subscribers.move(person, form.email.data, happened(ConsentChannel.MAIL))
            db.session.commit()
            asked = moves and bool(lines)
            return self.page("newsletter/saved.html", gettext("Saved"), office=person.office, asked=asked)

    @expose("/held/<token>")
    def held(self, token: str) -> Response:
        """Show all that is held of the person, or give it as a file for machines."""
        person = _owner(links.HELD, token)
        if person is None:
            return self.over()
        with within(person.office_id):
            if request.args.get("format") == "json":
                answer = make_response(json.dumps(subscribers.held(person), ensure_ascii=False, indent=2))
                answer.headers["Content-Type"] = "application/json; charset=utf-8"
                answer.headers["Content-Disposition"] = "attachment; filename=newsletter.json"
                return answer
            logs = [(line, db.session.scalars(log_of(line.id)).all()) for line in person.subscriptions]
            keys = [line.id for line in person.subscriptions]
            places: dict[int, str] = dict(db.session.execute(origins(keys)).all())
            title = gettext("What we hold of you")
            files = db.session.scalars(of_person(person.id)).all()
            found: dict[str, Any] = {"person": person, "logs": logs, "places": places, "files": files}
            return self.page("newsletter/held.html", title, office=person.office, **found)

    @expose("/delete/<token>", methods=["GET", "POST"])
    def erasure(self, token: str) -> Response:
        """Delete what is held of the person, once the button says so."""
        person = _owner(links.ERASURE, token)
        if person is None:
            return self.over()
        with within(person.office_id):
            if request.method == "POST":
                subscribers.erase(person, happened(ConsentChannel.MAIL))
                db.session.commit()
                title = gettext("Your data are deleted")
                return self.page("newsletter/erased.html", title, office=person.office)
            title, lines = gettext("Delete your data"), person.subscriptions
            return self.page("newsletter/erase.html", title, office=person.office, lines=lines)


def _owner(link: links.OwnLink, token: str) -> Subscriber | None:
    """Find the person to whom a link was sent; None where it's forged, over, or the address has changed since."""
    content = link.read(token)
    if content is None:
        return None
    key, mark = content
    person: Subscriber | None = find(Subscriber, key)
    return person if person is not None and links.sent_to(person, mark) else None


def _topics(line: Subscription, form: PreferencesForm) -> Topics:
    """Offer the topics of a subscription's newsletter, with those ticked that the person chose."""
    letter: Newsletter = line.newsletter
    field = Topics(letter.name, name=f"topics-{line.id}", _form=form)
    field.offer(letter)
    field.process(form.posted(), [str(one.topic_id) for one in line.topics])
    return field
