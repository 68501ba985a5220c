"""The shapes of a count: contracts, and what their contributions are worth and take, as far as that is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from app.core.values import Quantity
from app.models.categories import Category, Side

EDITION = 2  # of what a frozen count holds; since the second one, who gives


@dataclass
class Sum:
    """A sum with the number of those that were known; None where none was."""

    number: Decimal | None = None
    known: int = 0

    def add(self, number: Decimal | None) -> None:
        """Add what is known. Unknown is not zero."""
        if number is not None:
            self.number, self.known = (self.number or Decimal(0)) + number, self.known + 1

    def text(self, unit: str = "") -> str:
        """Read it in the current locale; a dash where nobody knows."""
        return "–" if self.number is None else Quantity(self.number).text(unit)

    def whole(self, unit: str = "") -> str:
        """Read it without what is behind the point, for who sits in the last row; a dash where nobody knows."""
        return "–" if self.number is None else Quantity(Decimal(round(self.number))).text(unit)

    def frozen(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return {"number": None if self.number is None else str(self.number), "known": self.known}

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> Sum:
        """Read what ``frozen`` wrote."""
        return cls(None if kept["number"] is None else Decimal(kept["number"]), kept["known"])


@dataclass
class Corner:
    """A category under the names of the event's corners for it: contracts, and what contributions of it are worth."""

    category: Category
    names: list[str] = field(default_factory=list)
    contracts: int = 0
    value: Sum = field(default_factory=Sum)
    hours: Sum = field(default_factory=Sum)

    @property
    def title(self) -> str:
        """What the hall calls it."""
        return " · ".join(self.names) or str(self.category)

    def frozen(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return {
            "category": self.category.value,
            "names": self.names,
            "contracts": self.contracts,
            "value": self.value.frozen(),
            "hours": self.hours.frozen(),
        }

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> Corner:
        """Read what ``frozen`` wrote."""
        value, hours = Sum.thawed(kept["value"]), Sum.thawed(kept["hours"])
        return cls(Category(kept["category"]), kept["names"], kept["contracts"], value, hours)


@dataclass
class Direction:
    """What one side gives, by the giver's side in the contract; None where nobody has written who gives."""

    side: Side | None
    contributions: int = 0
    value: Sum = field(default_factory=Sum)
    hours: Sum = field(default_factory=Sum)

    @property
    def title(self) -> str:
        """Say who gives."""
        match self.side:
            case Side.COMPANY:
                return gettext("Companies give")
            case Side.NONPROFIT:
                return gettext("Nonprofits give")
            case Side.MUNICIPALITY:
                return gettext("Municipalities give")
        return gettext("Giver not stated")

    def frozen(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return {
            "side": self.side.value if self.side else None,
            "contributions": self.contributions,
            "value": self.value.frozen(),
            "hours": self.hours.frozen(),
        }

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> Direction:
        """Read what ``frozen`` wrote."""
        side = None if kept["side"] is None else Side(kept["side"])
        return cls(side, kept["contributions"], Sum.thawed(kept["value"]), Sum.thawed(kept["hours"]))


@dataclass
class Count:
    """How many contracts, and what their contributions are worth and take, as far as that is known."""

    ids: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    contributions: int = 0
    value: Sum = field(default_factory=Sum)
    hours: Sum = field(default_factory=Sum)
    corners: list[Corner] = field(default_factory=list)
    #: Give and take; None in a count of the first edition, which didn't ask who gives.
    directions: list[Direction] | None = field(default_factory=list)

    @property
    def contracts(self) -> int:
        """How many contracts."""
        return len(self.ids)

    def frozen(self) -> dict[str, Any]:
        """Write it as JSON can hold it."""
        return {
            "contracts": self.contracts,
            "ids": self.ids,
            "numbers": self.numbers,
            "contributions": self.contributions,
            "value": self.value.frozen(),
            "hours": self.hours.frozen(),
            "corners": [one.frozen() for one in self.corners],
            "directions": [one.frozen() for one in self.directions or ()],
        }

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> Count:
        """Read what ``frozen`` wrote, in whichever edition."""
        given = kept.get("directions")
        return cls(
            kept["ids"],
            kept["numbers"],
            kept["contributions"],
            Sum.thawed(kept["value"]),
            Sum.thawed(kept["hours"]),
            [Corner.thawed(one) for one in kept["corners"]],
            None if given is None else [Direction.thawed(one) for one in given],
        )
