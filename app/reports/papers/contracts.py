"""Filled forms: what was agreed, to be signed and stamped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from fpdf.enums import XPos, YPos

from app.access import Section
from app.core.db import db
from app.core.pdf import FONT
from app.core.values import display
from app.labels import label
from app.models.contracts import Contract, ContractParty, Contribution
from app.queries import contracts
from app.reports.papers.base import GREY, Asked, Paper, full_name, name_of, when_and_where
from app.reports.papers.form import MARGIN, WIDTH, ContractSheet, facts

NOTHING_YET = 3  # lines to write on, where no contribution is recorded yet


def print_forms(title: str, found: Sequence[Contract], target: Path) -> None:
    """Print the form of each contract."""
    sheet = ContractSheet(title)
    for contract in found:
        event = when_and_where(contract.event) if contract.event else ""
        sheet.begin(contract.number, event, str(contract.office or ""))
        if contract.title:
            sheet.set_font(FONT, "B", 11)
            sheet.multi_cell(WIDTH, 5, contract.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        sheet.heading(gettext("Parties"))
        for number, party in enumerate(contract.parties, start=1):
            _party(sheet, number, party)
        sheet.heading(gettext("Contributions"))
        _contributions(sheet, contract)
        sheet.close(
            facts(
                contract.place or "",
                display(contract.due_on),
                full_name(contract.broker),
                full_name(contract.notary),
            ),
            [_signing(party) for party in contract.parties],
            display(contract.stamped_at),
        )
    sheet.finish(str(target))


def _signing(party: ContractParty) -> str:
    """Name who signs, for whom."""
    names = (full_name(party.signatory), name_of(party.organisation))
    return ", ".join(name for name in names if name)


def _party(sheet: ContractSheet, number: int, party: ContractParty) -> None:
    name = name_of(party.organisation)
    sheet.need(len(sheet.wrapped(name, WIDTH - 8, 10, "B")) * 5 + 6)
    sheet.at(MARGIN, sheet.y, str(number), 10, "B")
    sheet.set_x(MARGIN + 8)
    sheet.multi_cell(WIDTH - 8, 5, name, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    place = None
    if party.organisation:
        city = " ".join(part for part in (party.organisation.postal_code, party.organisation.city) if part)
        place = ", ".join(part for part in (party.organisation.street, city) if part)
    signed = full_name(party.signatory)
    said = (
        str(party.side),
        place,
        f"{label('ContractParty', 'signatory')}: {signed}" if signed else None,
    )
    _small(sheet, " · ".join(part for part in said if part), 8)


def _small(sheet: ContractSheet, text: str, indent: float) -> None:
    if not text:
        sheet.ln(1.5)
        return
    sheet.set_font(FONT, "", 8.5)
    sheet.set_text_color(*GREY)
    sheet.set_x(MARGIN + indent)
    sheet.multi_cell(WIDTH - indent, 4.2, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.set_text_color(0)
    sheet.ln(1.5)


def _contributions(sheet: ContractSheet, contract: Contract) -> None:
    """Write who gives what to whom, direction by direction, in the order in which they were recorded."""
    directions: dict[str, list[Contribution]] = {}
    for line in contract.contributions:
        directions.setdefault(_direction(line, contract), []).append(line)
    for direction, lines in directions.items():
        sheet.need(18)
        sheet.set_font(FONT, "B", 9.5)
        sheet.multi_cell(WIDTH, 5, direction, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        sheet.ln(0.5)
        for line in lines:
            _contribution(sheet, line)
    if not directions:
        for _line in range(NOTHING_YET):
            sheet.blank("", MARGIN, WIDTH, sheet.y)
            sheet.ln(9)


def _direction(line: Contribution, contract: Contract) -> str:
    """Say from whom to whom; between two parties, one end tells the other."""
    giver, receiver = line.giver_id, line.receiver_id
    names = {party.organisation_id: name_of(party.organisation) for party in contract.parties}
    if len(names) == 2:  # noqa: PLR2004 - two parties
        first, second = names
        other = {first: second, second: first}
        giver, receiver = giver or other.get(receiver or 0), receiver or other.get(giver or 0)
    ends = {
        key: names.get(key) or name_of(row)
        for key, row in ((giver, line.giver), (receiver, line.receiver))
        if key
    }
    if giver and receiver:
        return gettext("%(giver)s gives to %(receiver)s", giver=ends[giver], receiver=ends[receiver])
    if giver:
        return gettext("%(giver)s gives", giver=ends[giver])
    return gettext("%(receiver)s gets", receiver=ends[receiver]) if receiver else gettext("Agreed was")


def _contribution(sheet: ContractSheet, line: Contribution) -> None:
    sheet.need(12)
    sheet.set_font(FONT, "", 9.5)
    sheet.set_x(MARGIN + 3)
    text = f"{line.category}: {line.text}"
    sheet.multi_cell(WIDTH - 3, 4.6, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    _small(sheet, " · ".join(line.amounts(gettext("Equivalent value: %(value)s"))), 3)


def write(asked: Asked, found: Sequence[Contract], target: Path) -> None:
    """Print the forms of an event's contracts."""
    print_forms(f"{gettext('Contract forms')} – {asked.event}", found, target)


def _numbered(asked: Asked) -> Sequence[Contract]:
    statement = contracts.whole(contracts.numbered(asked.event.id, asked.first, asked.last))
    return db.session.scalars(statement).unique().all()


FILLED = Paper(
    name="contracts",
    title=_("Filled contract forms"),
    summary=_("What was recorded, to be signed and stamped: parties, contributions, place and due date."),
    section=Section.CONTRACTS,
    options=("language", "numbers"),
    personal=True,
    find=_numbered,
    write=write,
    most=300,
)
