"""Subscribers, their subscriptions, and the proof of consent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Query
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentStep,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.reports.certificate import certificate
from app.services import subscribers
from app.views import documents
from app.views.base import Button, OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Subscriber"), ["email", "language", "first_name", "last_name", "contact"]),
    (_("Newsletters and delivery"), ["newsletters", "delivery", "bounces", "bounced_at", "blocked_at"]),
]
COLUMNS = columns(GROUPS[:1])


class SubscriberLists(OfficeView):
    """Lists of people who get a newsletter, or did. They leave the house by ``views.exports`` alone.

    There each person is checked, a purpose is asked for, and the receipt knows who is in the file.
    """

    downloadable = False

    def list_links(self) -> Iterator[tuple[LazyString, str]]:
        """Lead to the files for mailing tools."""
        if current().may(Verb.EXPORT, Section.SUBSCRIBERS):
            yield _("Export subscribers"), url_for("ExportView.index")


class ConsentView(SubscriberLists):
    """The consent log: read only, and nobody can change it."""

    route_base = "/consents"
    section = Section.CONSENTS
    icon = "shield-check"
    datamodel = Table(
        Consent, "subscription.newsletter", "subscription.subscriber", "consent_text", "privacy_text"
    )
    list_title = _("Consent log")
    add_title = _("New consent record")

    groups = [
        (_("Consent"), ["at", "step", "channel", "subscription", "actor", "source_url", "office"]),
        (_("What the person was told"), ["consent_text", "privacy_text", "wording", "basis"]),
    ]
    list_columns = ["at", "step", "channel", "subscription", "actor"]
    show_columns = columns(groups)
    search_columns = ["step", "channel", "subscription", "actor", "office"]
    base_order = ("at", "desc")


class SubscriptionView(SubscriberLists):
    """Subscribers and newsletters, with the state between them."""

    route_base = "/subscriptions"
    section = Section.SUBSCRIBERS
    icon = "mail-check"
    datamodel = Table(Subscription, "subscriber", "newsletter")
    list_title = _("Subscriptions")
    add_title = _("New subscription")

    groups = [(_("Subscription"), ["subscriber", "newsletter", "status", "topics", "source"]), RECORD]
    list_columns = ["subscriber", "newsletter", "status", "source"]
    show_columns = [*list_columns, "topics", "office", "changed_by", "changed_at"]
    add_columns = ["subscriber", "newsletter", "source"]
    edit_columns = ["source"]
    search_columns = ["subscriber", "newsletter", "status", "office"]
    badges = ["status"]
    contact_columns = ["subscriber", "newsletter"]
    related_views = [ConsentView]
    method_permission_name = {**OfficeView.method_permission_name, "withdraw": "write"}

    def before_save(self, item: Subscription, *, new: bool) -> None:
        """A subscription that staff enter begins with its proof, and with a mail that asks the person."""
        person = item.subscriber
        if new and person and (person.blocked_at or subscribers.left_behind(person.office_id, person.email)):
            raise RuleBrokenError([Problem("subscriber", gettext("This person wants no e-mail."))])
        if new:
            subscribers.invite(subscribers.take(item, ConsentStep.RECORDED, _now()))

    def buttons(self, item: Subscription) -> Iterator[Button]:
        """Offer to end a subscription."""
        if item.status is not SubscriptionStatus.UNSUBSCRIBED and self.may(Verb.WRITE) and self.writes(item):
            yield Button(_("Unsubscribe"), url_for("SubscriptionView.withdraw", pk=item.id), post=True)

    @expose("/withdraw/<pk>", methods=["POST"])
    @has_access
    def withdraw(self, pk: str) -> Response:
        """End a subscription on the person's word."""
        item = self.item(pk, writing=True)
        subscribers.withdraw(item, _now())
        db.session.commit()
        return redirect(self.url_after(item))


def _now() -> subscribers.Event:
    """What staff do here, at this moment."""
    return subscribers.Event(clock.now(), current().actor, ConsentChannel.BACK_OFFICE)


class People(Table):
    """Subscribers, without those who were erased: nobody is left whom a list could name."""

    def statement(self, *asked: Any, **more: Any) -> Query[Any]:
        """Give the filtered rows in order."""
        return super().statement(*asked, **more).filter(Subscriber.erased_at.is_(None))


class SubscriberView(SubscriberLists):
    """Addresses that an office may write to."""

    route_base = "/subscribers"
    section = Section.SUBSCRIBERS
    icon = "mail-opened"
    datamodel = People(Subscriber, "office", "subscriptions.newsletter")
    list_title = _("Subscribers")
    add_title = _("New subscriber")

    groups = (*GROUPS, RECORD)
    duplicates = (("email",),)
    list_columns = ["email", "first_name", "last_name", "language", "newsletters", "delivery", "office"]
    tab_columns = ("email", "language", "newsletters", "delivery")
    show_columns = [*columns(GROUPS), "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = ["email", "first_name", "last_name", "language", "delivery", "contact", "office"]
    base_order = ("email", "asc")
    badges = ["delivery"]
    contact_columns = ["email", "contact"]
    related_views = [SubscriptionView]
    method_permission_name = {
        **OfficeView.method_permission_name,
        "certificate": "read",
        "block": "write",
        "erase": "delete",
    }

    def buttons(self, item: Subscriber) -> Iterator[Button]:
        """Offer the proof to who may take the log, and what a person may ask for on the phone."""
        if current().may(Verb.EXPORT, Section.CONSENTS):
            yield Button(_("Certificate (PDF)"), url_for("SubscriberView.certificate", pk=item.id))
        if item.erased_at is None and self.writes(item):
            if self.may(Verb.WRITE) and item.blocked_at is None:
                yield Button(_("Never write again"), url_for("SubscriberView.block", pk=item.id), post=True)
            if self.may(Verb.DELETE):
                yield Button(_("Erase the person"), url_for("SubscriberView.erase", pk=item.id), post=True)

    @expose("/block/<pk>", methods=["POST"])
    @has_access
    def block(self, pk: str) -> Response:
        """End all subscriptions; only the person's own word can lift it."""
        person = self.item(pk, writing=True)
        subscribers.block(person, _now())
        db.session.commit()
        return redirect(self.url_after(person))

    @expose("/erase/<pk>", methods=["POST"])
    @has_access
    def erase(self, pk: str) -> Response:
        """Delete what is held of a person but the fingerprint, so that no import brings them back."""
        person = self.item(pk, writing=True)
        subscribers.erase(person, _now())
        db.session.commit()
        flash(
            gettext("The person is erased; what is left is the proof of consent, without name and address.")
        )
        return redirect(self.get_default_url())

    @expose("/certificate/<pk>")
    @has_access
    def certificate(self, pk: str) -> Response:
        """Give the proof of a person's consent, to be printed."""
        if not current().may(Verb.EXPORT, Section.CONSENTS):
            abort(403)
        person = self.item(pk)
        write = partial(certificate, person, clock.now())
        return documents.give(
            gettext("Certificate of consent"), {Section.CONSENTS, Section.SUBSCRIBERS}, "pdf", write
        )
