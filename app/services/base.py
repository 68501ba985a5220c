"""What services of several domains do: change a record one after the other, and leave alone who wants no mail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlalchemy import CursorResult, Select, update

from app.access import ForeignRowError
from app.core.db import db
from app.core.text import plain_address
from app.models.subscribers import digest
from app.queries import base as queries

#: Addresses that are looked up in one statement.
BATCH = 500


def hold(row: Any) -> None:
    """Let nobody else change a row until this transaction ends, and read it anew.

    An UPDATE that changes nothing locks the row on PostgreSQL, and the database on SQLite. There it has to be the first
    statement that writes: what was read before it is no snapshot yet, so nothing that is read from here on is old.
    Raises ForeignRowError where the row is gone, or isn't one's own.
    """
    model = type(row)
    statement = update(model).where(model.id == row.id).values(version=model.version)
    done = db.session.execute(statement, execution_options={"synchronize_session": False})
    if not isinstance(done, CursorResult) or done.rowcount != 1:
        raise ForeignRowError(model.__name__)
    db.session.expire(row)


def unwelcome(
    office_id: int, emails: Iterable[str], closed: Callable[[int, Collection[str]], Select[str | None]]
) -> set[str]:
    """Give those of some addresses, in their one form, to which an office must not write, whoever it's about.

    A contact wants no e-mail there, or ``closed`` finds the fingerprint of the address: blocked, or not reached.
    """
    plain = sorted({plain_address(email) for email in emails})
    found: set[str] = set()
    for start in range(0, len(plain), BATCH):
        part = plain[start : start + BATCH]
        found.update(db.session.scalars(queries.unwanted_of(office_id, part)))
        prints = {digest(email): email for email in part}
        marked = db.session.scalars(closed(office_id, list(prints)))
        found.update(prints[one] for one in marked if one)
    return found
