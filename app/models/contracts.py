"""Contracts: who agreed with whom to do what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.core.db import Amount, Day, FileColumn, LongText, Money, ShortText, Utc, one_of
from app.core.enums import Titled
from app.core.rules import Problem
from app.core.values import Quantity, display, format_decimal
from app.models.base import Entity, OfficeScoped, Ranked, Searchable, by_rank, in_order, named
from app.models.categories import DOUBT, TABOO, Category, Side, is_money, reads_like_money
from app.models.contacts import Contact
from app.models.events import Event
from app.models.organisations import Organisation
from app.models.rates import Rate, hourly_text

MOST = Decimal(100_000_000)  # euros that one contribution may be worth: more is a slip of the keys


class ContractStatus(Titled):
    """How far a contract has come: agreed → contacted → in progress → fulfilled, or one of the other ends."""

    AGREED = "agreed", _("Agreed")
    CONTACTED = "contacted", _("Contacted")
    IN_PROGRESS = "in_progress", _("In progress")
    FULFILLED = "fulfilled", _("Fulfilled")
    PARTLY_FULFILLED = "partly_fulfilled", _("Partly fulfilled")
    NOT_FEASIBLE = "not_feasible", _("Not feasible")
    NO_CONTACT = "no_contact", _("No contact")
    CANCELLED = "cancelled", _p("contract", "Cancelled")


class ContractForm(Titled):
    """How a contract was made."""

    WRITTEN = "written", _("Written")
    ORAL = "oral", _("Oral")


class Valuation(Titled):
    """How the equivalent value of a contribution was found. It's always an estimate."""

    GIVER = "giver", _("Estimated by the giver")
    RECEIVER = "receiver", _("Estimated by the receiver")
    ORGANISER = "organiser", _("Estimated by the organisers")
    HOURLY_RATE = "hourly_rate", _("Hours at a published rate")
    MARKET_PRICE = "market_price", _("Market price")


class Contract(OfficeScoped, Searchable, Entity):
    """An agreement of two or more organisations, made at an event or between events."""

    __tablename__ = "contract"
    sorts_by = "number"
    __table_args__ = (
        sa.UniqueConstraint(
            "event_id",
            "number",
            info={"field": "number", "message": _("This event already has a contract with this number.")},
        ),
        # One entry at a desk is one contract, however often a browser sends it.
        sa.Index("uq_contract_event_id_entry_key", "event_id", "entry_key", unique=True),
        *in_order("contract", "number"),
        # What the start page asks for.
        sa.Index("ix_contract_status_agreed_on_id_office_id", "status", "agreed_on", "id", "office_id"),
        sa.Index("ix_contract_status_due_on_id_office_id", "status", "due_on", "id", "office_id"),
        sa.Index(
            "ix_contract_contested",
            "event_id",
            "number",
            "id",
            "office_id",
            postgresql_where=sa.literal_column("contested"),
            sqlite_where=sa.literal_column("contested = 1"),
        ),
    )
    search_from = ("parties.organisation",)

    office_from = "event"
    named_by = ("parties.organisation",)

    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"), index=True)
    number: Mapped[int | None]
    title: Mapped[ShortText | None]
    status: Mapped[ContractStatus] = mapped_column(one_of(ContractStatus), default=ContractStatus.AGREED)
    reason: Mapped[ShortText | None]
    form: Mapped[ContractForm] = mapped_column(one_of(ContractForm), default=ContractForm.WRITTEN)
    agreed_on: Mapped[Day | None]
    place: Mapped[ShortText | None]
    due_on: Mapped[Day | None]
    broker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    notary_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id"), index=True)
    stamped_at: Mapped[datetime | None] = mapped_column(Utc())
    #: Why the notary sent it back; None once it was corrected.
    sent_back: Mapped[ShortText | None]
    scan: Mapped[str | None] = mapped_column(FileColumn)
    photo_consent: Mapped[bool] = mapped_column(default=False)
    #: The parties' reports say different things, and staff haven't decided yet: see services.followups.
    contested: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[LongText | None]
    entry_key: Mapped[str | None] = mapped_column(sa.String(64))

    event: Mapped[Event | None] = relationship()
    broker: Mapped[Contact | None] = relationship(foreign_keys=[broker_id])
    notary: Mapped[Contact | None] = relationship(foreign_keys=[notary_id])
    parties: Mapped[list[ContractParty]] = relationship(
        back_populates="contract", cascade="all, delete-orphan", **by_rank("ContractParty")
    )
    contributions: Mapped[list[Contribution]] = relationship(
        back_populates="contract", cascade="all, delete-orphan", **by_rank("Contribution")
    )

    @validates("status")
    def _decided(self, _name: str, value: ContractStatus) -> ContractStatus:
        """Whoever changes the status has decided what the parties didn't agree on."""
        if value is not self.status:
            self.contested = False
        return value

    def __str__(self) -> str:
        number = str(_("Contract %(number)s", number=self.number)) if self.number else str(_("Contract"))
        return named(number, self.title or self.party_names)

    @property
    def party_names(self) -> str:
        """The names of the parties, in their order."""
        return " – ".join(party.organisation.name for party in self.parties if party.organisation)

    @property
    def value(self) -> Decimal | None:
        """The equivalent value in euros of the contributions that have one; None where none has."""
        values = [line.value for line in self.contributions if line.value is not None]
        return sum(values, Decimal(0)) if values else None

    @property
    def hours(self) -> Decimal | None:
        """The hours of the contributions that have some; None where none has."""
        hours = [line.hours for line in self.contributions if line.hours is not None]
        return sum(hours, Decimal(0)) if hours else None

    def stays(self) -> str | None:
        """A number was given away on paper: it's neither missing nor given twice."""
        if self.number is None:
            return None
        return gettext("“%(name)s” has a number, so it stays: cancel it instead.", name=self)

    def search_words(self) -> Iterator[str | None]:
        """Find a contract by number, title, place, and its parties."""
        yield from (str(self.number or ""), self.title, self.place)
        yield from (party.organisation.name for party in self.parties if party.organisation)

    def problems(self) -> Iterator[Problem]:
        """Refuse what is no contract: money, fewer than two parties, one on both sides, a number of no event."""
        if is_money(self.title):
            yield Problem("title", TABOO)
        # One that can't be seen, because its owner shares it no longer, stays a party.
        sides = [party.organisation or party.organisation_id for party in self.parties]
        organisations = [side for side in sides if side is not None]
        if len(organisations) != len(set(organisations)):
            yield Problem("parties", _("A party can't be both sides of a contract."))
        elif len(organisations) < 2:  # noqa: PLR2004 - it takes two
            yield Problem("parties", _("A contract needs at least two parties."))
        if self.number is not None and self.event is None and self.event_id is None:
            yield Problem("number", _("Only a contract of an event has a number."))
        if self.number is not None and self.number < 1:
            yield Problem("number", _("Numbers begin with 1."))
        yield from self._problems_of_its_way()
        for line in self.contributions:
            for end in (line.giver, line.receiver):
                if end is not None and end not in organisations:
                    yield Problem("contributions", _("%(name)s is no party of this contract.", name=end.name))

    def _problems_of_its_way(self) -> Iterator[Problem]:
        """Refuse what can't have become of a contract."""
        if self.stamped_at is not None and self.sent_back:
            yield Problem("sent_back", _("What is stamped wasn't sent back. Please empty one of the two."))
        if self.status is ContractStatus.NOT_FEASIBLE and not self.reason:
            yield Problem("reason", _("Say why it isn't feasible."))


class ContractParty(Ranked, OfficeScoped, Entity):
    """An organisation that is bound by a contract, with the person who signed for it."""

    __tablename__ = "contract_party"
    part_of = "contract"
    named_by = ("organisation",)

    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    side: Mapped[Side] = mapped_column(one_of(Side))
    signatory_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id"), index=True)

    contract: Mapped[Contract] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship()
    signatory: Mapped[Contact | None] = relationship()

    def __str__(self) -> str:
        return str(self.organisation or "")


class Contribution(Ranked, OfficeScoped, Entity):
    """What one party does for another, and what that is worth by whose estimate. Never money.

    With a rate, the value is hours × rate. ``hourly_rate`` is what the rate was when it was chosen.
    """

    __tablename__ = "contribution"
    part_of = "contract"

    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    giver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    category: Mapped[Category] = mapped_column(one_of(Category))
    text: Mapped[LongText]
    #: Somebody was asked, because the text reads like money, and is sure.
    no_money: Mapped[bool] = mapped_column(default=False)
    hours: Mapped[Amount | None]
    quantity: Mapped[Amount | None]
    rate_id: Mapped[int | None] = mapped_column(sa.ForeignKey("rate.id"), index=True)
    hourly_rate: Mapped[Money | None]
    value: Mapped[Money | None]
    valuation: Mapped[Valuation | None] = mapped_column(one_of(Valuation))
    estimated_by: Mapped[ShortText | None]

    contract: Mapped[Contract] = relationship(back_populates="contributions")
    giver: Mapped[Organisation | None] = relationship(foreign_keys=[giver_id])
    receiver: Mapped[Organisation | None] = relationship(foreign_keys=[receiver_id])
    rate: Mapped[Rate | None] = relationship()

    def __str__(self) -> str:
        return self.text

    @property
    def appraisal(self) -> Decimal | None:
        """What the hours are worth at the rate, in euros; None without one of them.

        A rate that was just chosen counts as it is today, one that was chosen before as it was then.
        """
        hourly = self.hourly_rate
        if self._changed("rate"):
            hourly = self.rate.hourly if self.rate is not None else None
        if hourly is None or self.hours is None:
            return None
        return round(self.hours * hourly, 2)

    def settle(self) -> None:
        """Value the hours at the rate, and keep the rate. One that is typed stands: a problem if it differs."""
        if self._changed("rate"):
            self.hourly_rate = self.rate.hourly if self.rate is not None else None
            if (
                self.rate is None
                and self.valuation is Valuation.HOURLY_RATE
                and not self._changed("valuation")
            ):
                self.valuation = None
        worth = self.appraisal
        if worth is not None and (self.value is None or not self._changed("value")):
            self.value = worth
        if worth is not None:
            self.valuation = Valuation.HOURLY_RATE

    def _changed(self, name: str) -> bool:
        return bool(sa.inspect(self).attrs[name].history.has_changes())

    def amounts(self, worth: str) -> Iterator[str]:
        """Say how much it is, and by whose estimate it's worth what; unknown isn't zero.

        ``worth`` is how the place says it, such as "worth %(value)s".
        """
        if self.quantity is not None:
            yield gettext("Quantity: %(number)s", number=format_decimal(self.quantity))
        if self.hours is not None:
            yield gettext("%(number)s hours", number=format_decimal(self.hours))
        if self.hourly_rate is not None:
            yield hourly_text(self.hourly_rate)
        if self.value is not None:
            yield worth % {"value": Quantity(self.value).text("€")}
        if self.valuation is not None or self.estimated_by:
            yield ", ".join(display(part) for part in (self.valuation, self.estimated_by) if part)

    def problems(self) -> Iterator[Problem]:
        """Refuse money, negative amounts, giving to oneself, and another value than the rate gives."""
        if is_money(self.text):
            yield Problem("text", TABOO)
        elif reads_like_money(self.text) and not self.no_money:
            yield Problem("no_money", DOUBT)
        if self.giver is not None and self.giver is self.receiver:
            yield Problem("receiver", _("Giver and receiver must be two parties."))
        for name in ("hours", "quantity", "value"):
            amount = getattr(self, name)
            if amount is not None and amount < 0:
                yield Problem(name, _("An amount can't be negative."))
        if self.rate is not None and self.hours is None:
            yield Problem("hours", _("With a rate, the hours are needed."))
        worth = self.appraisal
        if worth is not None and worth > MOST:
            yield Problem("hours", _("That comes to more than %(value)s.", value=Quantity(MOST).text("€")))
        if worth is not None and self.value not in {None, worth} and self._changed("value"):
            text = _(
                "The hours at this rate are worth %(value)s. Leave the value empty, or choose no rate.",
                value=Quantity(worth).text("€"),
            )
            yield Problem("value", text)
