"""Newsletter subscribers. What they subscribe to is theirs to say, or entered with its proof: not here."""

from __future__ import annotations

from app.access import Section
from app.api.base import OfficeApi, Source
from app.models.subscribers import Subscriber

COLUMNS = ["email", "first_name", "last_name", "language", "contact"]


class SubscriberApi(OfficeApi):
    """Addresses that an office may write to."""

    section = Section.SUBSCRIBERS
    datamodel = Source(Subscriber, "contact", "subscriptions.newsletter")

    list_columns = [*COLUMNS, "newsletters", "delivery", "office", "changed_at"]
    show_columns = [
        *COLUMNS, "newsletters", "delivery", "bounces", "bounced_at", "office", "changed_by", "changed_at",
    ]  # fmt: skip
    add_columns = ["office", *COLUMNS]
    edit_columns = COLUMNS
    search_columns = [
        "email", "first_name", "last_name", "language", "delivery", "contact", "office", "changed_at",
    ]  # fmt: skip
    base_order = ("email", "asc")
