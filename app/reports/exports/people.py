"""The people of a file, read piece by piece: a person who withdraws while it's being sent isn't in the next piece."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from app.core.db import db
from app.models.languages import Language
from app.queries import exports

#: Enough to be quick, and few enough that the first of a million are there at once.
SIZE = 2000

#: Gives the personal address at which a subscription ends.
Link = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Person:
    """A row of a file. ``email`` is None where only the identifier is left; ``reason`` is why mails have to stop."""

    uuid: str
    email: str | None
    first_name: str | None
    last_name: str | None
    language: Language
    topics: tuple[str, ...]
    unsubscribe_url: str
    reason: exports.Stop | None = None

    @property
    def name(self) -> str:
        """The whole name, "" where none is known."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True)
class Batch:
    """A piece of a file: its rows, and the keys of the subscriptions that they are about."""

    keys: Sequence[int]
    rows: Sequence[Any]


def pieces(statement: Select[Any], size: int) -> Iterator[Sequence[Any]]:
    """Read a statement of ``queries.exports`` piece by piece.

    Each piece is a short statement of its own, which an index leads to. A cursor over all would hold one snapshot of
    the database for as long as a slow line takes: who withdrew meanwhile would still be sent.
    """
    last = 0
    while found := db.session.execute(exports.after(statement, last, size)).all():
        yield found
        last = found[-1][0]


def people(statement: Select[Any], link: Link) -> Iterator[Batch]:
    """Read people with the names of their topics, and their links."""
    for rows in pieces(statement, SIZE):
        keys = [row.id for row in rows]
        topics: dict[int, list[str]] = defaultdict(list)
        for key, topic in db.session.execute(exports.topics(keys)):
            topics[key].append(topic)
        yield Batch(keys, [_person(row, topics[row.id], link) for row in rows])


def _person(row: Any, topics: Sequence[str], link: Link) -> Person:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's name for it
    reason = values.get("reason")
    return Person(
        uuid=row.uuid,
        email=row.email,
        first_name=row.first_name,
        last_name=row.last_name,
        language=row.language,
        topics=tuple(topics),
        unsubscribe_url=link(row.id),
        reason=exports.Stop(reason) if reason else None,
    )
