"""Subscribe, confirm and leave: the pages of a newsletter for everybody. Without sign-in, script or cookie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app.core import queue
from app.core.db import db
from app.models.newsletters import Newsletter, NewsletterText, TextKind, Topic
from app.models.subscribers import Consent, ConsentChannel, Subscription
from app.services import links, subscribers
from app.views.fields import Input, Tick
from app.views.public import (
    AddressForm,
    PublicPages,
    find,
    happened,
    language,
    one_line,
    public,
    settled,
    within,
)

Told = dict[TextKind, NewsletterText | None]
#: Names the versions of the texts that a form shows; once and empty where there is none.
READ = "read"
#: Says that the form stands on our page.
HERE = "here"


class Topics(SelectMultipleField):
    """The topics of a newsletter, each with a tick; none ticked means all.

    One that isn't offered is nobody's fault, so nothing is said of it: a copy of the form on another site may have it
    long after it's gone.
    """

    option_widget: Any = Tick()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what every field takes; ``offer`` says which topics there are."""
        super().__init__(*args, **{"choices": [], "coerce": str, "validate_choice": False, **kwargs})
        self.offered: dict[str, Topic] = {}

    def offer(self, letter: Newsletter) -> None:
        """Offer the topics of a newsletter."""
        self.offered = {str(topic.id): topic for topic in letter.topics}
        self.choices = [(key, topic.called(language().value)) for key, topic in self.offered.items()]

    def chosen(self) -> list[Topic]:
        """Give the topics that are ticked."""
        return [self.offered[key] for key in self.data or () if key in self.offered]


class SignUpForm(AddressForm):
    """What a newsletter needs to know."""

    first_name = StringField(_("First name"), [Length(max=200)], filters=[one_line], widget=Input())
    last_name = StringField(_("Last name"), [Length(max=200)], filters=[one_line], widget=Input())
    agreed = BooleanField(
        _("I agree"),
        [InputRequired(_("Please agree first; we may not write to you otherwise."))],
        widget=Tick(),
    )
    topics = Topics(_("Topics"))

    def read(self, letter: Newsletter) -> Told | None:
        """Give what the person has read, by what the form says; None where it has to be read first. The form says so.

        A form names the versions that it shows. On our page they have to be those in force; a copy on another site may
        show older ones, and then these are what the person agreed to. A form that names none that is ours, such as one
        from before, can have shown only the version that there has ever been.
        """
        named = set(request.form.getlist(READ))
        ours = {text.kind: text for text in letter.texts if str(text.id) in named}
        if ours or named == {""}:
            read: Told = {kind: ours.get(kind) for kind in TextKind}
            current = HERE not in request.form or all(_in_force(letter, kind, read[kind]) for kind in read)
        else:
            read = {kind: letter.told(kind, language()) for kind in TextKind}
            current = HERE not in request.form and all(
                text is None or text.edition == 1 for text in read.values()
            )
        if current:
            return read
        self.agreed.errors = (gettext("The wording has changed. Please read it again."),)
        self.agreed.data = False
        return None


def _in_force(letter: Newsletter, kind: TextKind, text: NewsletterText | None) -> bool:
    return letter.told(kind, text.language if text else language()) is text


class NewsletterPages(PublicPages):
    """What people do with a newsletter, and with the links in its mails."""

    default_view = "sign_up"

    @expose("/<int:pk>", methods=["GET", "POST"])
    def sign_up(self, pk: int) -> Response:
        """Ask for an address, and send a mail to it."""
        letter = public(pk)
        form = SignUpForm()
        with within(letter.office_id):
            form.topics.offer(letter)
            if form.validate_on_submit() and (read := form.read(letter)) and not form.hurried():
                if not form.website.data:
                    self._request(letter, form, read)
                title = gettext("Please look into your mail")
                return self.page("newsletter/sent.html", title, letter=letter)
            texts = {kind.value: letter.told(kind, language()) for kind in TextKind}
            return self.page(
                "newsletter/sign_up.html",
                letter.name,
                status=form.status,
                letter=letter,
                form=form,
                texts=texts,
            )

    def _request(self, letter: Newsletter, form: SignUpForm, read: Told) -> None:
        person = {name: form[name].data for name in ("first_name", "last_name") if form[name].data}
        email = form.email.data
        settled(
            lambda: subscribers.request(
                letter, email, language(), replace(happened(), texts=read), form.topics.chosen(), **person
            )
        )

    @expose("/confirm/<token>", methods=["GET", "POST"])
    def confirm(self, token: str) -> Response:
        """The link asks, and only the button answers: programs that open every link of a mail confirm nothing."""
        asked = find(Consent, links.confirms(token))
        if asked is None:
            return self.over()
        with within(asked.office_id):
            line = asked.subscription
            if request.method == "POST":
                line = subscribers.confirm(asked, happened(ConsentChannel.MAIL))
                if line is None:
                    return self.over()
                queue.after_commit("subscriptions.welcome", line.id)
                db.session.commit()
                return self.page("newsletter/confirmed.html", gettext("Welcome"), letter=line.newsletter)
            if subscribers.later(asked):
                return self.over()
            return self.page(
                "newsletter/confirm.html", gettext("One last step"), letter=line.newsletter, asked=asked
            )

    @expose("/leave/<token>", methods=["GET", "POST"])
    def leave(self, token: str) -> Response:
        """End a subscription: with the button, or with one click in the mail program (RFC 8058)."""
        line = find(Subscription, links.leaves(token))
        if line is None:
            return self.over()
        with within(line.office_id):
            if request.method == "POST":
                subscribers.withdraw(line, happened(ConsentChannel.MAIL))
                db.session.commit()
                return self.page(
                    "newsletter/left.html", gettext("You are unsubscribed"), letter=line.newsletter
                )
            return self.page("newsletter/leave.html", gettext("Unsubscribe"), letter=line.newsletter)
