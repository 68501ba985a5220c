"""Organisations: companies, nonprofits, municipalities and those between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Day, LongText, SetOf, ShortText, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.models.base import Addressed, Entity, Searchable, Shareable, in_order, named
from app.models.reach import reach_problems

if TYPE_CHECKING:
    from app.models.contacts import Position


class OrganisationKind(Titled):
    """What an organisation is."""

    COMPANY = "company", _("Company")
    FREELANCER = "freelancer", _("Freelancer")
    NONPROFIT = "nonprofit", _("Nonprofit organisation")
    SCHOOL = "school", _("School")
    FOUNDATION = "foundation", _("Foundation")
    MUNICIPALITY = "municipality", _("Municipality")
    INTERMEDIARY = "intermediary", _("Intermediary")
    CHAMBER = "chamber", _("Chamber")
    MINISTRY = "ministry", _("Ministry")
    SERVICE_CLUB = "service_club", _("Service club")
    OTHER = "other", _("Other organisation")


class LegalForm(Titled):
    """German legal forms, by their usual abbreviation."""

    EV = "ev", _("e.V.")
    GGMBH = "ggmbh", _("gGmbH")
    GMBH = "gmbh", _("GmbH")
    GMBH_CO_KG = "gmbh_co_kg", _("GmbH & Co. KG")
    UG = "ug", _("UG (haftungsbeschränkt)")
    AG = "ag", _("AG")
    EG = "eg", _("eG")
    EK = "ek", _("e.K.")
    GBR = "gbr", _("GbR")
    OHG = "ohg", _("OHG")
    KG = "kg", _("KG")
    PARTG = "partg", _("PartG")
    STIFTUNG = "stiftung", _("Foundation (Stiftung)")
    PUBLIC = "public", _("Public corporation")
    OTHER = "other", _("Other legal form")


class Sector(Titled):
    """The field in which an organisation works."""

    SOCIAL = "social", _("Social affairs")
    CULTURE = "culture", _("Culture")
    ENVIRONMENT = "environment", _("Environment")
    SPORT = "sport", _("Sport")
    EDUCATION = "education", _("Education")
    HEALTH = "health", _("Health")
    YOUTH = "youth", _("Children and youth")
    SENIORS = "seniors", _("Seniors")
    INTEGRATION = "integration", _("Migration and integration")
    CRAFT = "craft", _("Crafts")
    TRADE = "trade", _("Retail and trade")
    INDUSTRY = "industry", _("Industry")
    FINANCE = "finance", _("Finance and insurance")
    CONSULTING = "consulting", _("Consulting, law and tax")
    IT = "it", _("IT and media")
    OTHER = "other", _("Other sector")


class ExemptionKind(Titled):
    """The tax office's paper that says an organisation is a charity."""

    NOTICE = "notice", _("Exemption notice (Freistellungsbescheid)")
    FINDING = "finding", _("Finding under § 60a AO")


# How long each paper allows to confirm donations: § 63 Abs. 5 AO.
EXEMPTION_YEARS = {ExemptionKind.NOTICE: 5, ExemptionKind.FINDING: 3}
EXEMPTION_WARNING = timedelta(days=90)


class Organisation(Shareable, Searchable, Addressed, Entity):
    """An organisation of an office; shared ones are read by the whole network and edited by their owner."""

    __tablename__ = "organisation"
    __table_args__ = in_order("organisation", "name", "city")
    sorts_by = "name"
    search_name = ("name", "city")

    kind: Mapped[OrganisationKind] = mapped_column(one_of(OrganisationKind))
    name: Mapped[ShortText]
    legal_name: Mapped[ShortText | None]
    legal_form: Mapped[LegalForm | None] = mapped_column(one_of(LegalForm))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    sectors: Mapped[Sequence[Sector]] = mapped_column(SetOf(Sector), default=list)
    phone: Mapped[str | None] = mapped_column(sa.String(60))
    fax: Mapped[str | None] = mapped_column(sa.String(60))
    email: Mapped[ShortText | None]
    website: Mapped[ShortText | None]
    head_count: Mapped[int | None]
    tags: Mapped[ShortText | None]
    source: Mapped[ShortText | None]
    notes: Mapped[LongText | None]
    exemption_kind: Mapped[ExemptionKind | None] = mapped_column(one_of(ExemptionKind))
    exemption_date: Mapped[Day | None]

    parent: Mapped[Organisation | None] = relationship(remote_side="Organisation.id")

    if TYPE_CHECKING:
        #: Whoever has or had a position there; mapped in models.contacts, which knows the people.
        positions: Mapped[list[Position]]

    def __str__(self) -> str:
        return named(self.name, self.city)

    @property
    def exemption_expires(self) -> date | None:
        """The last day on which the exemption paper counts."""
        if self.exemption_date is None or self.exemption_kind is None:
            return None
        year = self.exemption_date.year + EXEMPTION_YEARS[self.exemption_kind]
        if year > date.max.year:
            return date.max
        if (self.exemption_date.month, self.exemption_date.day) == (2, 29):
            return date(year, 2, 28)
        return self.exemption_date.replace(year=year)

    def exemption_warning(self, on: date) -> str:
        """Say that the exemption paper has run out by a day, or will soon; "" where there's nothing to say."""
        expires = self.exemption_expires
        if expires is None or expires - on > EXEMPTION_WARNING:
            return ""
        if expires < on:
            return str(_("The exemption notice has expired."))
        return str(_("The exemption notice expires soon."))

    def search_words(self) -> Iterator[str | None]:
        """Find an organisation by names, place, addresses and tags."""
        yield from (
            self.name,
            self.legal_name,
            self.city,
            self.postal_code,
            self.email,
            self.website,
            self.tags,
        )

    def search_phones(self) -> Iterator[str | None]:
        """Find it by phone and fax."""
        yield from (self.phone, self.fax)

    def problems(self) -> Iterator[Problem]:
        """Refuse circles, negative counts, half an exemption notice, and addresses that are none."""
        yield from reach_problems(self)
        above, seen = self.parent, {self}
        while above is not None and above not in seen:
            seen.add(above)
            above = above.parent
        if above is not None:
            yield Problem("parent", _("An organisation can't belong to itself."))
        if self.head_count is not None and self.head_count < 0:
            yield Problem("head_count", _("A count can't be negative."))
        if self.exemption_date is not None and self.exemption_kind is None:
            yield Problem("exemption_kind", _("Say which paper of the tax office the date belongs to."))
