"""Subscribers, their subscriptions, and the proof of consent."""

from __future__ import annotations

from collections.abc import Iterator

from flask import redirect, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from app.access import Section, Verb, current
from app.core import clock
from app.core.db import db
from app.models.subscribers import (
    Consent,
    ConsentChannel,
    ConsentStep,
    Subscriber,
    Subscription,
    SubscriptionStatus,
)
from app.services import subscribers
from app.views.base import Button, OfficeView
from app.views.groups import RECORD, columns
from app.views.tables import Table

GROUPS = [
    (_("Subscriber"), ["email", "language", "first_name", "last_name", "contact"]),
    (_("Newsletters and delivery"), ["newsletters", "delivery", "bounces", "bounced_at"]),
]
COLUMNS = columns(GROUPS[:1])


class ConsentView(OfficeView):
    """The consent log: read only, and nobody can change it."""

    route_base = "/consents"
    section = Section.CONSENTS
    icon = "shield-check"
    datamodel = Table(Consent, "subscription.newsletter", "subscription.subscriber")
    list_title = _("Consent log")
    add_title = _("New consent record")

    groups = [
        (_("Consent"), ["at", "step", "channel", "subscription", "actor", "source_url", "wording", "office"])
    ]
    list_columns = ["at", "step", "channel", "subscription", "actor"]
    show_columns = ["at", "step", "channel", "subscription", "actor", "source_url", "wording", "office"]
    search_columns = ["step", "channel", "subscription", "actor", "office"]
    base_order = ("at", "desc")


class SubscriptionView(OfficeView):
    """Subscribers and newsletters, with the state between them."""

    route_base = "/subscriptions"
    section = Section.SUBSCRIBERS
    icon = "mail-check"
    datamodel = Table(Subscription, "subscriber", "newsletter")
    list_title = _("Subscriptions")
    add_title = _("New subscription")

    groups = [(_("Subscription"), ["subscriber", "newsletter", "status", "source"]), RECORD]
    list_columns = ["subscriber", "newsletter", "status", "source"]
    show_columns = [*list_columns, "office", "changed_by", "changed_at"]
    add_columns = ["subscriber", "newsletter", "source"]
    edit_columns = ["source"]
    search_columns = ["subscriber", "newsletter", "status", "office"]
    badges = ["status"]
    contact_columns = ["subscriber", "newsletter"]
    related_views = [ConsentView]
    method_permission_name = {**OfficeView.method_permission_name, "withdraw": "write"}

    def before_save(self, item: Subscription, *, new: bool) -> None:
        """A subscription that staff enter begins with its proof."""
        if new:
            subscribers.record(
                item, ConsentStep.RECORDED, ConsentChannel.BACK_OFFICE, at=clock.now(), by=current().actor
            )

    def buttons(self, item: Subscription) -> Iterator[Button]:
        """Offer to end a subscription."""
        if item.status is not SubscriptionStatus.UNSUBSCRIBED and self.may(Verb.WRITE) and self.writes(item):
            yield Button(_("Unsubscribe"), url_for("SubscriptionView.withdraw", pk=item.id), post=True)

    @expose("/withdraw/<pk>", methods=["POST"])
    @has_access
    def withdraw(self, pk: str) -> Response:
        """End a subscription on the person's word."""
        item = self.item(pk, writing=True)
        subscribers.withdraw(item, ConsentChannel.BACK_OFFICE, at=clock.now(), by=current().actor)
        db.session.commit()
        return redirect(self.url_after(item))


class SubscriberView(OfficeView):
    """Addresses that an office may write to."""

    route_base = "/subscribers"
    section = Section.SUBSCRIBERS
    icon = "mail-opened"
    datamodel = Table(Subscriber, "office", "subscriptions.newsletter")
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
