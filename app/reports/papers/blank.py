"""Forms to be filled in by hand: the running numbers are printed, the rest is room to write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.access import Section
from app.labels import label
from app.models.categories import Category, Side
from app.reports.papers.base import GREY, Asked, Paper, when_and_where
from app.reports.papers.form import MARGIN, RIGHT, WIDTH, ContractSheet, facts

PARTIES = 3
ROW = 12.5
BLOCK = 34.0


def write(asked: Asked, found: Sequence[int], target: Path) -> None:
    """Print a form for each number."""
    sheet = ContractSheet(f"{gettext('Blank contract forms')} – {asked.event}")
    for number in found:
        sheet.begin(number, when_and_where(asked.event), str(asked.event.office or ""))
        sheet.heading(gettext("Parties"))
        for party in range(1, PARTIES + 1):
            _party(sheet, party)
        sheet.heading(gettext("Contributions"))
        for giver in range(1, PARTIES + 1):
            _contribution(sheet, giver)
        signing = [gettext("Party %(number)s", number=party) for party in range(1, PARTIES + 1)]
        sheet.close(facts(), signing)
    sheet.finish(str(target))


def _party(sheet: ContractSheet, number: int) -> None:
    y = sheet.y
    sheet.at(MARGIN, y + 1.5, str(number), 11, "B")
    sheet.blank(gettext("Organisation"), MARGIN + 6, 68, y)
    sheet.blank(gettext("Signed by"), MARGIN + 79, 40, y)
    for place, side in enumerate(Side):
        sheet.tick(str(side), MARGIN + 123, y + place * 3.5, 7)
    sheet.set_xy(MARGIN, y + ROW)


def _contribution(sheet: ContractSheet, giver: int) -> None:
    """Leave room for what one party gives; between two parties it's plain who gets it."""
    y = sheet.y
    sheet.set_fill_color(*GREY)
    sheet.rect(MARGIN, y, 1, BLOCK - 3, style="F")
    said = gettext("Party %(number)s gives to party", number=giver)
    sheet.at(MARGIN + 2, y, f"{said} ____", 9, "B")
    x, line = MARGIN + 3, y + 5.2
    for category in Category:
        name = str(category)
        sheet.set_font_size(7.5)
        if x + 8 + sheet.get_string_width(name) > RIGHT:
            x, line = MARGIN + 3, line + 4.2
        x = sheet.tick(name, x, line, 7.5)
    line += 4
    width = WIDTH - 3
    sheet.set_draw_color(*GREY)
    sheet.set_line_width(0.2)
    sheet.line(MARGIN + 3, line + 7.5, RIGHT, line + 7.5)
    sheet.blank("", MARGIN + 3, width * 0.34, line + 8.5)
    left = MARGIN + 3 + width * 0.34 + 3
    for name, share in (("hours", 0.13), ("value", 0.22), ("estimated_by", 0.257)):
        sheet.blank(str(label("Contribution", name)), left, width * share, line + 8.5)
        left += width * share + 3
    sheet.set_xy(MARGIN, y + BLOCK)


def _numbers(asked: Asked) -> Sequence[int]:
    return range(asked.first, asked.last + 1)


BLANK = Paper(
    name="blank",
    title=_("Blank contract forms"),
    summary=_("With running numbers, to be filled in by hand at the table."),
    section=Section.CONTRACTS,
    options=("language", "numbers"),
    personal=False,
    find=_numbers,
    write=write,
    most=200,
)
