"""What a person has saved for a list."""

from __future__ import annotations

from functools import cache

from sqlalchemy import BindParameter, Select, and_, bindparam, literal, select

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


@cache
def look() -> Select[ListPreference | None, SavedView | None]:
    """Give both at once: what the person chose, beside each of the views, or beside None where there are none.

    Takes the ``listing`` and the ``person`` when it's sent.
    """
    listing: BindParameter[str] = bindparam("listing")
    chosen = and_(ListPreference.listing == listing, ListPreference.staff_id == bindparam("person"))
    return (
        select(ListPreference, SavedView)
        .select_from(select(literal(1).label("one")).subquery())
        .outerjoin(ListPreference, chosen)
        .outerjoin(SavedView, SavedView.listing == listing)
        .order_by(SavedView.name, SavedView.id)
        .limit(MOST)
        .execution_options(kept=True, prepared=True)
    )


def preference_of(listing: str, staff_id: int | None) -> Select[ListPreference]:
    """Give what a person chose for a list."""
    return select(ListPreference).where(
        ListPreference.listing == listing, ListPreference.staff_id == staff_id
    )
