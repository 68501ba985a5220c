"""Subscribers, their subscriptions, and the proof of consent."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.subscribers import Consent, Subscriber, Subscription
from app.views.base import OfficeView
from app.views.tables import Table

COLUMNS = ["email", "first_name", "last_name", "language", "contact"]


class ConsentView(OfficeView):
    """The consent log: read only, and nobody can change it."""

    route_base = "/consents"
    section = Section.CONSENTS
    datamodel = Table(Consent, "subscription.newsletter", "subscription.subscriber")
    list_title = _("Consent log")
    add_title = _("New consent record")

    list_columns = ["at", "step", "channel", "subscription", "actor"]
    show_columns = ["at", "step", "channel", "subscription", "actor", "source_url", "wording", "office"]
    search_columns = ["step", "channel", "subscription", "actor", "office"]
    base_order = ("at", "desc")


class SubscriptionView(OfficeView):
    """Subscribers and newsletters, with the state between them."""

    route_base = "/subscriptions"
    section = Section.SUBSCRIBERS
    datamodel = Table(Subscription, "subscriber", "newsletter")
    list_title = _("Subscriptions")
    add_title = _("New subscription")

    list_columns = ["subscriber", "newsletter", "status", "source"]
    show_columns = [*list_columns, "office", "changed_by", "changed_at"]
    add_columns = ["subscriber", "newsletter", "source"]
    edit_columns = ["source"]
    search_columns = ["subscriber", "newsletter", "status", "office"]
    related_views = [ConsentView]


class SubscriberView(OfficeView):
    """Addresses that an office may write to."""

    route_base = "/subscribers"
    section = Section.SUBSCRIBERS
    datamodel = Table(Subscriber, "office", "contact", "subscriptions.newsletter")
    list_title = _("Subscribers")
    add_title = _("New subscriber")

    list_columns = ["email", "first_name", "last_name", "language", "newsletters", "delivery", "office"]
    show_columns = [*COLUMNS, "newsletters", "delivery", "bounces", "bounced_at", "office", "changed_by", "changed_at"]
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = ["email", "first_name", "last_name", "language", "delivery", "contact", "office"]
    base_order = ("email", "asc")
    related_views = [SubscriptionView]
