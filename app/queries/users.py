"""Staff: found by what a person types."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, scoped_session

from app.core.text import search_document, search_terms
from app.models.offices import Office
from app.models.users import Membership, Staff


def found_by(session: Session | scoped_session[Any], typed: str) -> list[int]:
    """Give the keys of the staff whose name, sign-in name, e-mail or office holds each typed word.

    The table is Flask-AppBuilder's and has no search text, and staff are few: the words are compared here,
    folded as everywhere else. The hash of a password is no word.
    """
    terms = search_terms(typed)
    people = (
        select(Staff.id, Staff.first_name, Staff.last_name, Staff.username, Staff.email, Office.search)
        .outerjoin(Staff.memberships)
        .outerjoin(Membership.office)
    )
    documents: dict[int, str] = {}
    for key, *words in session.execute(people):
        documents[key] = f"{documents.get(key, '')} {search_document(*words)}"
    return [key for key, document in documents.items() if all(term in document for term in terms)]


def signing_in_as(username: str) -> Select[int]:
    """The key of who signs in with a name, however it's written."""
    return select(Staff.id).where(func.lower(Staff.username) == func.lower(username))
