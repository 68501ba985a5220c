"""Files of a newsletter: who is to be written to, the proof of consent, and who has to be taken out again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from flask import abort, current_app
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import defer
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app.access import Section, Verb, current
from app.core.db import db
from app.labels import label
from app.models.languages import Language
from app.models.newsletters import Newsletter
from app.models.receipts import FileContent, Receipt
from app.queries import exports
from app.reports.exports import LAYOUTS, PROOFS, REMOVALS, proof
from app.reports.exports.base import Layout
from app.reports.exports.people import people
from app.services import links
from app.views.fields import EnumInput, Input, Needed, Several, find
from app.views.streams import File, send

FILES = 5  # earlier files on the page
# Rows of a file up to which the page says at once how many have to be taken out; the receipt of a larger one does.
COUNTED = 20_000


class _PurposeForm(FlaskForm):
    """What each file needs to be told: in which layout, and what it's for."""

    layouts: ClassVar[Mapping[str, Layout]]

    layout = RadioField(label("Receipt", "format"), [InputRequired()])
    purpose = StringField(
        label("Receipt", "purpose"),
        [Needed(), Length(max=200)],
        # PostgreSQL takes no NUL.
        filters=[lambda typed: (typed or "").replace("\0", "").strip()],
        widget=Input(),
        description=_("What the file is for; it stands in the receipt."),
    )

    def __init__(self) -> None:
        """Offer the layouts in the language of the request."""
        super().__init__()
        self.layout.choices = [(name, str(one.title)) for name, one in self.layouts.items()]

    @property
    def chosen(self) -> Layout:
        """The layout that was chosen."""
        return self.layouts[self.layout.data]


class ExportForm(_PurposeForm):
    """Which subscribers, and for what."""

    layouts = LAYOUTS

    topics = SelectMultipleField(
        label("Subscription", "topics"),
        coerce=int,
        widget=Several(multiple=True),
        description=_("Who chose none of them reads about all, and is in each file."),
    )
    language = EnumInput(
        Language,
        label=label("Subscriber", "language"),
        description=_("Without a choice it's people of all languages."),
    )

    def asked(self, letter: Newsletter) -> exports.Asked:
        """Give what was asked for."""
        return exports.Asked(letter.id, tuple(self.topics.data or ()), self.language.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a part of the blocklist: who is missing there gets mail."""
        if not super().validate(extra_validators):
            return False
        if self.chosen.content is FileContent.BLOCKLIST:
            for field in (self.topics, self.language):
                if field.data:
                    text = gettext(
                        "A blocklist holds everybody who gets no mail. Please choose nothing here."
                    )
                    field.errors = (text,)
        return not self.errors


class ProofForm(_PurposeForm):
    """The whole log of a newsletter."""

    layouts = PROOFS


class ExportView(BaseView):
    """The subscribers of a newsletter as a file, checked when it's made, for who may export subscribers."""

    route_base = "/exports"
    default_view = "index"
    section: ClassVar[Section] = Section.SUBSCRIBERS
    class_permission_name = Section.SUBSCRIBERS.value
    method_permission_name = {"index": "export", "newsletter": "export", "removal": "export"}

    @expose("/")
    @has_access
    def index(self) -> str:
        """Offer the newsletters."""
        letters = db.session.scalars(exports.newsletters()).all()
        return self.render_template("exports/list.html", title=gettext("Export subscribers"), letters=letters)

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    def newsletter(self, pk: str) -> Response | str:
        """Ask what for, and give the file."""
        letter = _sent(pk)
        form = ExportForm()
        form.topics.choices = [(topic.id, str(topic)) for topic in letter.topics]
        if form.validate_on_submit():
            asked, layout = form.asked(letter), form.chosen
            blocked = layout.content is FileContent.BLOCKLIST
            statement = exports.stopped(asked) if blocked else exports.deliverable(asked)
            return send(
                File(
                    newsletter=letter,
                    layout=layout,
                    read=partial(people, statement, _leave_link()),
                    title=letter.name,
                    purpose=form.purpose.data,
                    filters=_in_words(form, letter),
                )
            )
        ready = db.session.scalar(exports.counted(exports.deliverable(exports.Asked(letter.id))))
        files = db.session.scalars(exports.files(letter.id).limit(FILES)).all()
        return self.render_template(
            "exports/newsletter.html",
            title=gettext("Export: %(newsletter)s", newsletter=letter),
            letter=letter,
            form=form,
            ready=ready,
            files=[(one, _recalled(one)) for one in files] if _reads_receipts() else [],
            may_prove=current().may(Verb.EXPORT, Section.CONSENTS),
        )

    @expose("/removal/<pk>/<name>", methods=["POST"])
    @has_access
    def removal(self, pk: str, name: str) -> Response:
        """Give those who have to be taken out of an earlier file again."""
        receipt = find(Receipt, pk) if _reads_receipts() else None
        if receipt is None or receipt.content is not FileContent.SUBSCRIBERS:
            abort(404)
        layout = REMOVALS.get(name) or abort(404)
        statement = exports.recalled(receipt, addressed=layout.by_address)
        return send(
            File(
                newsletter=receipt.newsletter,
                layout=layout,
                read=partial(people, statement, _leave_link()),
                title=gettext("%(file)s, removals", file=receipt.title)[:200],
                purpose=gettext("Recall"),
                filters=gettext("File no. %(number)s", number=receipt.id),
            )
        )


class ProofView(BaseView):
    """The consent log of a newsletter as a file: a right of its own."""

    route_base = "/proof"
    default_view = "newsletter"
    section: ClassVar[Section] = Section.CONSENTS
    class_permission_name = Section.CONSENTS.value
    method_permission_name = {"newsletter": "export"}

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    def newsletter(self, pk: str) -> Response | str:
        """Ask what for, and give the log."""
        letter = find(Newsletter, pk, defer(Newsletter.subscribers)) or abort(404)
        form = ProofForm()
        if form.validate_on_submit():
            return send(
                File(
                    newsletter=letter,
                    layout=form.chosen,
                    read=partial(proof.read, letter.id),
                    title=gettext("%(newsletter)s, proof of consent", newsletter=letter)[:200],
                    purpose=form.purpose.data,
                    filters=f"{label('Subscription', 'newsletter')}: {letter}",
                )
            )
        title = gettext("Proof of consent: %(newsletter)s", newsletter=letter)
        return self.render_template("exports/proof.html", title=title, letter=letter, form=form)


def recalls(receipt: Receipt) -> dict[exports.Stop, int]:
    """Count who has to be taken out of a file again, by the reason."""
    found = db.session.execute(exports.recalls(receipt)).all()
    return {stop: number for stop in exports.Stop for reason, number in found if reason == stop.value}


def _recalled(receipt: Receipt) -> int | None:
    """Count who has to be taken out of a file again; None where that takes too long for a page about other things."""
    return sum(recalls(receipt).values()) if receipt.rows <= COUNTED else None


def _sent(pk: str) -> Newsletter:
    """Find a newsletter that is sent."""
    # Its subscribers are counted for the page, not before the first byte of a file of a million.
    letter: Newsletter | None = find(Newsletter, pk, defer(Newsletter.subscribers))
    if letter is None or not letter.active:
        abort(404)
    return letter


def _reads_receipts() -> bool:
    return current().reads(Receipt)


def _in_words(form: ExportForm, letter: Newsletter) -> str:
    """Say for the receipt which subscribers were asked for, a line for each condition."""
    chosen = form.topics.data or ()
    topics = ", ".join(str(topic) for topic in letter.topics if topic.id in chosen)
    parts = ((form.topics, topics), (form.language, form.language.data))
    lines = [f"{label('Subscription', 'newsletter')}: {letter}"]
    return "\n".join(lines + [f"{field.label.text}: {value}" for field, value in parts if value])


def _leave_link() -> Callable[[int], str]:
    """Give what makes the personal address at which a subscription ends, without asking the routes for each row."""
    path = current_app.url_map.bind("").build("NewsletterPages.leave", {"token": "x"}).removesuffix("x")
    start = f"{current_app.config['PUBLIC_URL']}{path}"
    return lambda key: f"{start}{links.leaving(key)}"
