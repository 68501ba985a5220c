"""Newsletters, with how many have confirmed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.models.newsletters import Newsletter
from app.views.base import OfficeView
from app.views.groups import RECORD, columns
from app.views.subscribers import SubscriptionView
from app.views.tables import Table

GROUPS = [
    (_("Newsletter"), ["name", "languages", "frequency", "description", "subscribers"]),
    (_("Sender"), ["sender_name", "sender_email"]),
    (_("Publication"), ["public", "active", "privacy_notice"]),
]
COLUMNS = columns(GROUPS, without=["subscribers"])


class NewsletterView(OfficeView):
    """The lists that an office keeps."""

    route_base = "/newsletters"
    section = Section.NEWSLETTERS
    icon = "mail"
    datamodel = Table(Newsletter, "office")
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
    related_views = [SubscriptionView]
