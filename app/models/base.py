"""What rows have in common: a key, who changed them when, which office they belong to, how they are found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from flask_appbuilder import Model
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from app.core import clock
from app.core.db import Country, Key, LongText, Moment, ShortText
from app.core.rules import Problem

if TYPE_CHECKING:
    from app.models.offices import Office


class Entity(Model):
    """A row with a key, a version and its history in short.

    ``version`` counts the saves: a form that was opened on an older one is refused. The actor is text, not a
    key to an account: it may be a command, and it outlives the account.
    """

    __abstract__ = True
    __table_args__: Any = ()

    id: Mapped[Key]
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    created_by: Mapped[ShortText] = mapped_column(default="")
    changed_at: Mapped[Moment] = mapped_column(default=clock.now)
    changed_by: Mapped[ShortText] = mapped_column(default="")

    #: Attribute of the row that this one is a part of: saved with it, in its office, under its version.
    part_of: ClassVar[str] = ""
    #: Attribute of the row whose office this one takes over; ``part_of`` implies it.
    office_from: ClassVar[str] = ""
    #: Column by which the lists of other rows sort those that belong to this one; "" where none makes sense.
    sorts_by: ClassVar[str] = ""
    #: Other rows of which the name of this one tells, as dotted paths: lists read them with it.
    named_by: ClassVar[tuple[str, ...]] = ()

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, object]:
        """Let SQLAlchemy refuse an update of a version that somebody else has replaced."""
        return {"version_id_col": cls.version}

    def stays(self) -> str | None:
        """Say why this row can't be deleted, whatever refers to it; None where it can."""
        return None

    def settle(self) -> None:
        """Work out what follows from what was entered, before the row is written."""

    def problems(self) -> Iterator[Problem]:
        """Yield each rule of the domain that this row breaks, judged by the row and its parts alone."""
        yield from ()


class Scoped:
    """A row that belongs to an office. The session narrows by it, see ``app.access``."""

    if TYPE_CHECKING:
        office_id: Mapped[int]
        office: Mapped[Office]


class OfficeScoped(Scoped):
    """Seen and changed by the staff of its office, and of the offices above."""

    # The old office is known on a change, even where the session had forgotten it: see access.guards.
    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id"), index=True, active_history=True)

    @declared_attr
    @classmethod
    def office(cls) -> Mapped[Office]:
        """Give the office, or None where it can't be seen."""
        return relationship("Office", foreign_keys=[cls.office_id])


class Shareable(Scoped):
    """Like OfficeScoped, and seen by every office once it is shared with the network."""

    office_id: Mapped[int] = mapped_column(sa.ForeignKey("office.id"), index=True, active_history=True)
    shared: Mapped[bool] = mapped_column(sa.Boolean, default=False, index=True)

    @declared_attr
    @classmethod
    def office(cls) -> Mapped[Office]:
        """Give the office, or None where it can't be seen."""
        return relationship("Office", foreign_keys=[cls.office_id])


class Owned(Model):
    """A row of one person, which nobody else changes. It's no record of the offices' work."""

    __abstract__ = True

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ab_user.id", ondelete="CASCADE"), index=True, active_history=True
    )


class Personal(Owned):
    """Seen by its person alone; administrators are no exception."""

    __abstract__ = True
    __table_args__: Any = ()


class Lendable(Owned):
    """Seen by its person and, with an office, by those who work in that office."""

    __abstract__ = True
    __table_args__: Any = ()

    office_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id", ondelete="SET NULL"), index=True)


class AppendOnly:
    """A row that is written once: nobody changes or deletes it, since something else is proved by it."""


class Ranked:
    """A part whose place among the record's parts people choose: the first address is the one that counts."""

    rank: Mapped[int] = mapped_column(sa.Integer, default=0, nullable=False)

    #: Whether a part that is removed in a form may become the one that is added in the same save.
    reused: ClassVar[bool] = True


def by_rank(part: str) -> dict[str, Any]:
    """Give what keeps a relation to parts in their order, and numbers a new part."""
    return {"order_by": f"{part}.rank, {part}.id", "collection_class": ordering_list("rank")}


class Searchable:
    """A row that the search box finds. ``search`` is folded text, kept up to date on every flush."""

    search: Mapped[LongText] = mapped_column(default="")

    #: Column of one word with which the search text begins; "" where it begins otherwise.
    search_begins: ClassVar[str] = ""
    #: Columns of the name under which other rows are found, too.
    search_name: ClassVar[tuple[str, ...]] = ()
    #: Relations to the rows by whose names this one is found: "organisation", or "positions.organisation".
    search_from: ClassVar[tuple[str, ...]] = ()

    def search_words(self) -> Iterator[str | None]:
        """Yield names, places, codes, addresses: what a person may type to find this row."""
        yield from ()

    def search_phones(self) -> Iterator[str | None]:
        """Yield phone and fax numbers."""
        yield from ()


class Quoting:
    """A row with text that was taken over from other records, which not all who see the row may read.

    ``access`` shows that text to who may read all ``sections`` that it's about, and to whom it comes from.
    """

    #: Names of sections, with spaces between; empty where nobody knows.
    sections: Mapped[str] = mapped_column(sa.String(400), default="")
    staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("ab_user.id", ondelete="SET NULL"))

    #: Columns that hold such text. Nobody searches or sorts by them: what is hidden could be guessed by that.
    quotes: ClassVar[frozenset[str]] = frozenset()


def quotes(model: type[Any], column: str) -> bool:
    """Whether a column holds text of other records."""
    return issubclass(model, Quoting) and column in model.quotes


class Addressed:
    """A postal address."""

    street: Mapped[ShortText | None]
    postal_code: Mapped[str | None] = mapped_column(sa.String(20))
    city: Mapped[ShortText | None]
    country: Mapped[str] = mapped_column(Country(), default="DE")


def in_order(table: str, *columns: str) -> tuple[sa.Index, ...]:
    """Give the indexes by which a long list is read in an order: a page costs the same whatever the table holds.

    For all offices by each of the columns; the index holds the office, too, and tells whether a row is seen. And for
    one office: to find the first rows of a small one, a tenth of the other index may have to be gone through.
    """
    names = [
        names for column in columns for names in ((column, "id", "office_id"), ("office_id", column, "id"))
    ]
    return tuple(sa.Index(f"ix_{table}_{'_'.join(each)}", *each) for each in names)


def named(*parts: object) -> str:
    """Join the parts that exist with a comma, for a row's label."""
    return ", ".join(str(part) for part in parts if part)
