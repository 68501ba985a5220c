"""Newsletters, with how many have confirmed, and what people are told before they subscribe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import abort, current_app, render_template, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _

from app.access import Section, Verb, current
from app.access.few import told
from app.core.values import spoken
from app.models.languages import Language
from app.models.newsletters import Newsletter, NewsletterText, TextKind
from app.services import newsletters
from app.views.base import Button, OfficeView
from app.views.groups import RECORD, columns
from app.views.subscribers import SubscriptionView
from app.views.tables import Table

GROUPS = [
    (_("Newsletter"), ["name", "languages", "frequency", "description", "subscribers"]),
    (_("Sender"), ["sender_name", "sender_email"]),
    (_("Publication"), ["public", "active"]),
    (_("Topics"), ["topics"]),
]
COLUMNS = columns(GROUPS, without=["subscribers"])


class NewsletterTextView(OfficeView):
    """The versions of what people are told. They are added, and never changed."""

    route_base = "/newsletter-texts"
    section = Section.NEWSLETTERS
    icon = "file-text"
    datamodel = Table(NewsletterText, "newsletter")
    list_title = _("Texts of newsletters")
    add_title = _("New text")
    groups = [
        (_("Text"), ["newsletter", "kind", "language", "text"]),
        (_("Version"), ["edition", "valid_from", "sha256"]),
        RECORD,
    ]
    list_columns = ["kind", "language", "edition", "valid_from", "newsletter"]
    show_columns = [*columns(groups[:2]), "office", "changed_by", "changed_at"]
    add_columns = ["newsletter", "kind", "language", "text"]
    search_columns = ["newsletter", "kind", "language", "text"]
    base_order = ("valid_from", "desc")
    badges = ["kind", "language"]
    contact_columns = ["newsletter"]

    def before_save(self, item: NewsletterText, *, new: bool) -> None:
        """A new text is the next version of its kind."""
        newsletters.number(item)


class Letters(Table):
    """Newsletters, whose subscribers are counted for everybody, but exactly only for who may know them."""

    @staticmethod
    def _get_attr_value(item: Newsletter, col: str) -> Any:
        value = Table._get_attr_value(item, col)  # noqa: SLF001 - FAB's name for it
        return told(value) if col == "subscribers" else value


class NewsletterView(OfficeView):
    """The lists that an office keeps."""

    route_base = "/newsletters"
    section = Section.NEWSLETTERS
    icon = "mail"
    datamodel = Letters(Newsletter, "office")
    list_title = _("Newsletters")
    add_title = _("New newsletter")
    groups = (*GROUPS, RECORD)
    list_columns = ["name", "languages", "frequency", "public", "active", "subscribers", "office"]
    show_columns = [*columns(GROUPS), "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = ["name", "languages", "frequency", "public", "active", "office"]
    base_order = ("name", "asc")
    badges = ["languages", "frequency", "public", "active"]
    contact_columns = ["sender_email"]
    rows = {"topics": ["name", "name_en"]}
    related_views = [SubscriptionView, NewsletterTextView]
    method_permission_name = {**OfficeView.method_permission_name, "embed": "read"}

    def buttons(self, item: Newsletter) -> Iterator[Button]:
        """Lead to the sign-up page, the files for mailing tools, the proof of consent, and what doesn't arrive."""
        if item.open:
            yield Button(_("On your website"), url_for("NewsletterView.embed", pk=item.id))
        if item.active and current().may(Verb.EXPORT, Section.SUBSCRIBERS):
            yield Button(_("Export subscribers"), url_for("ExportView.newsletter", pk=item.id))
        if current().may(Verb.EXPORT, Section.CONSENTS):
            yield Button(_("Export the proof of consent"), url_for("ProofView.newsletter", pk=item.id))
        if current().may(Verb.WRITE, Section.SUBSCRIBERS) and self.writes(item):
            yield Button(_("Address for bounces"), url_for("BounceAddressView.show", pk=item.id))

    @expose("/embed/<pk>")
    @has_access
    def embed(self, pk: str) -> str:
        """Give the address of the sign-up page, and its form for any other website."""
        letter = self.item(pk)
        if not letter.open:
            abort(404)
        address = current_app.config["PUBLIC_URL"] + url_for("NewsletterPages.sign_up", pk=letter.id)
        forms = [(language, _form_of(letter, language, address)) for language in letter.languages]
        title = gettext("“%(name)s” on your website", name=letter)
        return self.render_template(
            "newsletter/embed.html", title=title, view=self, letter=letter, address=address, forms=forms
        )


def _form_of(letter: Newsletter, language: Language, address: str) -> str:
    """Write the form in a language of the newsletter, with the texts that count now."""
    code = spoken(language.value)
    with force_locale(code):
        texts = {kind.value: letter.told(kind, language) for kind in TextKind}
        action = f"{address}?_l_={code}"
        form = render_template("newsletter/form.html", letter=letter, language=code, action=action, **texts)
    return "\n".join(line for line in form.splitlines() if line.strip())
