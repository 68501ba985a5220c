"""Whom to call about a contract, as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.core.excel import Book, Column, Kind, print_setup, write_table
from app.labels import label
from app.models.followups import Stage


@dataclass(frozen=True)
class Call:
    """A party that hasn't answered. ``phones`` are who answers and the number."""

    organisation: str
    phones: tuple[tuple[str, str], ...]
    stage: Stage
    due_on: date
    number: int | None
    parties: str
    agreed: str
    mails: str

    @property
    def numbers(self) -> str:
        """Who answers at which number, a line for each."""
        return "\n".join(f"{who}: {number}" for who, number in self.phones)


COLUMNS = (
    Column(label("FollowUp", "organisation"), lambda call: call.organisation, width=32),
    Column(label("Organisation", "phone"), lambda call: call.numbers, width=36),
    Column(label("FollowUp", "due_on"), lambda call: call.due_on, Kind.DATE),
    Column(label("FollowUp", "stage"), lambda call: call.stage, width=14),
    Column(label("FollowUp", "contract"), lambda call: call.number, Kind.INTEGER, width=10),
    Column(label("Contract", "parties"), lambda call: call.parties, width=40),
    Column(_("What was agreed"), lambda call: call.agreed, width=60),
    Column(_("Mails"), lambda call: call.mails, width=28),
    Column(_("Answer"), lambda _call: "", width=30),
)


def write(book: Book, calls: Iterable[Call]) -> int:
    """Write the list; give the number of its rows."""
    sheet = book.sheet(gettext("Call list"))
    print_setup(sheet)
    return write_table(sheet, COLUMNS, calls)
