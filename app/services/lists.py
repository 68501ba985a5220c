"""Keep how a person looks at a list. Whose it is, and who sees it, is up to the guards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext

from app.access import current
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.models.lists import COMMA, ListPreference, SavedView
from app.queries import lists

LONGEST_NAME = 100


def preference(listing: str) -> ListPreference | None:
    """Give what the person chose for a list, or None."""
    return db.session.scalars(lists.preference_of(listing, current().staff_id)).one_or_none()


def prefer(listing: str, **chosen: Any) -> ListPreference:
    """Keep what a person chose: ``columns`` (a sequence), ``density``, ``page_size``, ``default_view_id``."""
    found = preference(listing)
    if found is None:
        found = ListPreference(listing=listing)
        db.session.add(found)
    for name, value in chosen.items():
        setattr(found, name, _joined(value) if name == "columns" else value)
    db.session.flush()
    return found


def save(
    listing: str, name: str, query: str, columns: Sequence[str], office_id: int | None = None
) -> SavedView:
    """Keep a list under a name.

    Raises RuleBrokenError for a name that is empty, too long, or taken.
    """
    view = SavedView(listing=listing, query=query, columns=_joined(columns), office_id=office_id)
    rename(view, name)
    db.session.add(view)
    db.session.flush()
    return view


def rename(view: SavedView, name: str) -> None:
    """Name a view.

    Raises RuleBrokenError for a name that is empty, too long, or taken.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RuleBrokenError([Problem("name", gettext("Please give the view a short name."))])
    with db.session.no_autoflush:
        known = db.session.scalars(lists.views_of(view.listing)).all()
    if any(one.name == name and one is not view and one.staff_id == current().staff_id for one in known):
        raise RuleBrokenError([Problem("name", gettext("You already have a view with this name."))])
    view.name = name


def renew(view: SavedView, query: str, columns: Sequence[str]) -> None:
    """Let a view stand for what is seen now."""
    view.query, view.columns = query, _joined(columns)


def tagged(tags: str | None, words: str, *, remove: bool = False) -> str | None:
    """Add tags to those of a record, or take them away. They are separated by commas, and none stands twice."""
    chosen = _words(words)
    folded = {word.casefold() for word in chosen}
    kept = [word for word in _words(tags or "") if word.casefold() not in folded]
    return ", ".join(kept if remove else [*kept, *chosen]) or None


def _words(text: str) -> list[str]:
    found: dict[str, str] = {}
    for part in text.split(","):
        if word := part.strip():
            found.setdefault(word.casefold(), word)
    return list(found.values())


def _joined(columns: Iterable[str]) -> str | None:
    return COMMA.join(columns) or None
