"""Badges: the colour of the side, the name, the organisation, and a code that checks the person in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import segno
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from app.access import Section
from app.core.pdf import Sheet
from app.reports.papers.base import COLOURS, GREY, Asked, Format, Guest, Paper, guests, when_and_where


@dataclass(frozen=True)
class Layout:
    """A paper with its badges: all in millimetres, without gaps between badges."""

    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float

    @property
    def corner(self) -> tuple[float, float]:
        """Left and upper edge of the first badge: they stand in the middle of the paper."""
        return (self.page[0] - self.columns * self.width) / 2, (self.page[1] - self.rows * self.height) / 2


_A4 = (210.0, 297.0)
LAYOUTS = {
    Format.A4_85: Layout(_A4, 2, 5, 85, 54),
    Format.A4_90: Layout(_A4, 2, 5, 90, 54),
    Format.A4_105: Layout(_A4, 2, 4, 105, 74),
    Format.A6: Layout((105.0, 148.0), 1, 1, 105, 148),
}
EDGE = 4.0  # between the edge of a badge and what stands on it
BAND = 8.0
QUIET = 4  # modules around a code, so that cameras find it


def write(asked: Asked, found: Sequence[Guest], target: Path) -> None:
    """Print the badges, in the order of the guests."""
    layout = LAYOUTS[asked.format]
    title = f"{gettext('Badges')} – {asked.event}"
    sheet = Sheet(title, str(get_locale() or "de"), page=layout.page, margin=0, foot=0)
    left, top = layout.corner
    event = when_and_where(asked.event)
    for number, guest in enumerate(found):
        place = number % (layout.columns * layout.rows)
        if place == 0:
            sheet.add_page()
        x = left + place % layout.columns * layout.width
        y = top + place // layout.columns * layout.height
        _outline(sheet, layout, x, y)
        _badge(sheet, guest, asked.link(guest.person) if guest.person else "", event, (x, y, layout))
    sheet.output(str(target))


def _outline(sheet: Sheet, layout: Layout, x: float, y: float) -> None:
    """Draw where to cut, in a line that doesn't catch the eye where it's off by a millimetre."""
    if layout.columns * layout.rows > 1:
        sheet.set_line_width(0.1)
        sheet.set_draw_color(200)
        sheet.rect(x, y, layout.width, layout.height)


def _badge(sheet: Sheet, guest: Guest, link: str, event: str, place: tuple[float, float, Layout]) -> None:
    x, y, layout = place
    width, height = layout.width, layout.height
    inner = width - 2 * EDGE
    sheet.set_fill_color(*COLOURS[guest.group])
    sheet.rect(x, y, width, BAND, style="F")
    sheet.set_text_color(255)
    said = guest.role or str(guest.group)
    sheet.fitted(said, (x + EDGE, y, inner, BAND), 11, "B", middle=True)
    sheet.set_text_color(0)
    body = height - BAND - 2 * EDGE
    code = min(body * 0.6, inner * 0.4) if link else 0.0
    name = body - max(code, body * 0.45) - 1.5
    if guest.name:
        sheet.fitted(guest.name, (x + EDGE, y + BAND + EDGE - 1, inner, name), width * 0.26, "B", middle=True)
    else:
        _line(sheet, x + EDGE, y + BAND + EDGE + name - 2, inner)
    below = y + BAND + EDGE + name + 1.5
    beside = inner - code - (2 if code else 0)
    rest = y + height - EDGE - below
    if guest.organisation:
        sheet.fitted(guest.organisation, (x + EDGE, below, beside, rest * 0.62), width * 0.15)
    sheet.set_text_color(*GREY)
    note = rest * 0.3
    sheet.fitted(event, (x + EDGE, y + height - EDGE - note + 1, beside, note), 6.5)
    sheet.set_text_color(0)
    if link:
        _code(sheet, link, x + width - EDGE - code + 1, y + height - EDGE - code + 1, code)


def _line(sheet: Sheet, x: float, y: float, width: float) -> None:
    """Leave room to write a name."""
    sheet.set_line_width(0.3)
    sheet.set_draw_color(*GREY)
    sheet.line(x, y, x + width, y)


def _code(sheet: Sheet, link: str, x: float, y: float, size: float) -> None:
    """Draw a code as areas: sharp at any size. The modules of a row that touch are one area."""
    code = segno.make(link, micro=False, error="l")
    module = size / (len(code.matrix) + 2 * QUIET - 4)  # half of the quiet zone is the badge's own edge
    sheet.set_fill_color(0)
    left, top = x + (QUIET - 2) * module, y + (QUIET - 2) * module
    boxes = []
    for number, row in enumerate(code.matrix):
        at = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                # A hair more than the row, so that no line shines through between two.
                boxes.append((left + at * module, top + number * module, length * module, module * 1.03))
            at += length
    sheet.areas(boxes)


BADGES = Paper(
    name="badges",
    title=_("Badges"),
    summary=_("In the colour of the side, with name, organisation, and the code for the check-in."),
    section=Section.PARTICIPATIONS,
    options=("language", "format", "coming", "groups", "people", "unnamed"),
    personal=True,
    find=guests,
    write=write,
)
