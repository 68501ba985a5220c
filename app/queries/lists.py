"""What a person has saved for a list."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.models.lists import ListPreference, SavedView

MOST = 100  # nobody looks through more


def views_of(listing: str) -> Select[SavedView]:
    """Give the saved views of a list that the person may open, by name."""
    return (
        select(SavedView)
        .where(SavedView.listing == listing)
        .order_by(SavedView.name, SavedView.id)
        .limit(MOST)
    )


def view_of(listing: str, key: int) -> Select[SavedView]:
    """Give one of them."""
    return select(SavedView).where(SavedView.listing == listing, SavedView.id == key)


def preference_of(listing: str, staff_id: int | None) -> Select[ListPreference]:
    """Give what a person chose for a list."""
    return select(ListPreference).where(
        ListPreference.listing == listing, ListPreference.staff_id == staff_id
    )
