"""Offices: the tree that decides who sees what."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import LongText, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Addressed, Entity, OfficeScoped, Ranked, Searchable, by_rank
from app.models.languages import Language
from app.models.reach import reach_problems


class OfficeKind(Titled):
    """What an office is in the network."""

    SERVICE_AGENCY = "service_agency", _("Service agency")
    REGIONAL_OFFICE = "regional_office", _("Regional office")


class State(Titled):
    """The German federal states, by their ISO 3166-2 code."""

    BW = "BW", _("Baden-Württemberg")
    BY = "BY", _("Bavaria")
    BE = "BE", _("Berlin")
    BB = "BB", _("Brandenburg")
    HB = "HB", _("Bremen")
    HH = "HH", _("Hamburg")
    HE = "HE", _("Hesse")
    MV = "MV", _("Mecklenburg-Western Pomerania")
    NI = "NI", _("Lower Saxony")
    NW = "NW", _("North Rhine-Westphalia")
    RP = "RP", _("Rhineland-Palatinate")
    SL = "SL", _("Saarland")
    SN = "SN", _("Saxony")
    ST = "ST", _("Saxony-Anhalt")
    SH = "SH", _("Schleswig-Holstein")
    TH = "TH", _("Thuringia")


class Office(Searchable, Addressed, Entity):
    """A regional office, or a service agency above them. Staff see their offices and all below."""

    __tablename__ = "office"
    sorts_by = "name"

    kind: Mapped[OfficeKind] = mapped_column(one_of(OfficeKind), default=OfficeKind.REGIONAL_OFFICE)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("office.id"), index=True, active_history=True)
    name: Mapped[ShortText]
    legal_name: Mapped[ShortText | None]
    unit: Mapped[ShortText | None]
    state: Mapped[State | None] = mapped_column(one_of(State))
    phone: Mapped[str | None] = mapped_column(sa.String(60))
    fax: Mapped[str | None] = mapped_column(sa.String(60))
    email: Mapped[ShortText | None]
    website: Mapped[ShortText | None]
    language: Mapped[Language] = mapped_column(one_of(Language), default=Language.GERMAN)
    funder: Mapped[ShortText | None]
    funding_line: Mapped[ShortText | None]
    territory_note: Mapped[LongText | None]

    parent: Mapped[Office | None] = relationship(remote_side="Office.id")
    places: Mapped[list[OfficePlace]] = relationship(
        back_populates="office", cascade="all, delete-orphan", **by_rank("OfficePlace")
    )

    def __str__(self) -> str:
        return self.name

    def search_words(self) -> Iterator[str | None]:
        """Find an office by its names, place and addresses."""
        yield from (
            self.name,
            self.legal_name,
            self.unit,
            self.city,
            self.postal_code,
            self.email,
            self.funder,
        )

    def search_phones(self) -> Iterator[str | None]:
        """Find it by phone and fax."""
        yield from (self.phone, self.fax)

    def problems(self) -> Iterator[Problem]:
        """Keep the offices a tree, and refuse addresses that are none."""
        yield from reach_problems(self)
        above, seen = self.parent, {id(self)}
        while above is not None:
            if id(above) in seen:
                yield Problem("parent", _("An office can't stand below itself."))
                return
            seen.add(id(above))
            above = above.parent


class OfficePlace(Ranked, OfficeScoped, Entity):
    """A place of an office's territory; a territory may cut below a municipality, so it's a list with notes."""

    __tablename__ = "office_place"
    part_of = "office"

    name: Mapped[ShortText]
    note: Mapped[ShortText | None]

    office: Mapped[Office] = relationship(back_populates="places")

    def __str__(self) -> str:
        return self.name
