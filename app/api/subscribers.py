"""Newsletter subscribers. What they subscribe to is theirs to say, or entered with its proof: not here."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Query

from app.access import Section
from app.api.base import OfficeApi, Source
from app.models.subscribers import Subscriber

COLUMNS = ["email", "first_name", "last_name", "language", "contact"]


class People(Source):
    """Subscribers, without those who were erased: nobody is left whom a program could name."""

    def all(self) -> Query[Any]:
        """Give all rows that there are for the API."""
        return super().all().filter(Subscriber.erased_at.is_(None))

    def get(self, id: Any, *more: Any, **options: Any) -> Any:  # type: ignore[override]  # as in Source
        """Give a row by its key; None for one that isn't there for the API."""
        person = super().get(id, *more, **options)
        return person if person is not None and person.erased_at is None else None


class SubscriberApi(OfficeApi):
    """Addresses that an office may write to."""

    section = Section.SUBSCRIBERS
    datamodel = People(Subscriber, "contact", "subscriptions.newsletter")

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
