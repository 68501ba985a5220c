"""What has become of contracts, counted: the definitions, in words, stand beside the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.enums import Titled
from app.core.values import format_decimal


class Outcome(Titled):
    """What is known of a contract: each has one of these."""

    KEPT = "kept", _("Kept")
    PARTLY = "partly", _("Partly kept")
    FAILED = "failed", _("Failed")
    CONTESTED = "contested", _("Contradicting")
    IN_PROGRESS = "in_progress", _("In progress")
    SILENT = "silent", _("Silent")

    @property
    def meaning(self) -> str:
        """What counts as this."""
        return str(_MEANINGS[self])


_MEANINGS = {
    Outcome.KEPT: _("kept in full, as a party or the office said, and nobody says otherwise"),
    Outcome.PARTLY: _("kept in part"),
    Outcome.FAILED: _("not feasible, or the parties never came in contact"),
    Outcome.CONTESTED: _("the parties say different things, and the office hasn’t decided yet"),
    Outcome.IN_PROGRESS: _("the parties are still at it"),
    Outcome.SILENT: _("nobody has said what became of it"),
}


@dataclass(frozen=True)
class Rates:
    """How many contracts have come to what. A contract counts once, however many parties it has.

    Those that were called off don't count. Two rates are told, always both: of all contracts, and of those of
    which somebody said anything. Either counts as kept only what was kept in full.
    """

    counts: Mapping[Outcome, int]

    @property
    def all(self) -> int:
        """All contracts."""
        return sum(self.counts.values())

    @property
    def answered(self) -> int:
        """Contracts of which somebody said what became of them, or that they are in progress."""
        return self.all - self[Outcome.SILENT]

    @property
    def kept(self) -> int:
        """Contracts that were kept in full."""
        return self[Outcome.KEPT]

    @property
    def of_all(self) -> Decimal | None:
        """Kept of all, in percent with one decimal; None where there are none."""
        return percent(self.kept, self.all)

    @property
    def of_answered(self) -> Decimal | None:
        """Kept of those answered, in percent with one decimal; None where nobody has answered."""
        return percent(self.kept, self.answered)

    def __getitem__(self, outcome: Outcome) -> int:
        """Give the number of one outcome."""
        return self.counts.get(outcome, 0)

    def lines(self) -> list[tuple[Outcome, int]]:
        """Give each outcome with its number, zero too."""
        return [(outcome, self[outcome]) for outcome in Outcome]

    def sentence(self) -> str:
        """Say both rates with their numbers: "70.2 % of all contracts (59 of 84), 77.6 % of those answered (…)"."""
        return ", ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.of_all is None:
            yield gettext("no contracts yet")
            return
        yield gettext(
            "%(rate)s %% of all contracts (%(part)s of %(whole)s)",
            **_numbers(self.of_all, self.kept, self.all),
        )
        if self.of_answered is None:
            yield gettext("nobody has answered yet")
            return
        yield gettext(
            "%(rate)s %% of those answered (%(part)s of %(whole)s)",
            **_numbers(self.of_answered, self.kept, self.answered),
        )

    @staticmethod
    def definitions() -> list[str]:
        """Say what the numbers count, for every page, workbook and paper on which they stand."""
        return [
            gettext("Contracts that were called off don’t count. One of several parties counts once."),
            gettext("Kept counts only what was kept in full; what was kept in part isn’t in either rate."),
            gettext("Answered: a party or the office has said what became of it, or that it’s in progress."),
            *(f"{outcome}: {outcome.meaning}" for outcome in Outcome),
        ]


def percent(part: int, whole: int) -> Decimal | None:
    """Give a share in percent with one decimal, half up; None where there is nothing to share."""
    if not whole:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _numbers(rate: Decimal, part: int, whole: int) -> dict[str, str]:
    return {
        "rate": format_decimal(rate, places=1),
        "part": format_decimal(part),
        "whole": format_decimal(whole),
    }
