"""The participant list: who comes, by side and organisation, with a box to tick off each person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _
from fpdf.enums import XPos, YPos

from app.access import Section
from app.core import clock
from app.core.pdf import FONT, Document
from app.core.values import display
from app.labels import label
from app.models.participations import Participation
from app.reports.papers.base import (
    COLOURS,
    GREY,
    Asked,
    Group,
    Guest,
    Paper,
    guests,
    name_of,
    organisations_of,
    when_and_where,
)

MARGIN = 15
SIZE = 9  # points
STEP = 4.6  # the height of a line
GAP = 4.0  # between two columns
WIDTHS = (7.0, 68.0, 68.0, 37.0)  # box, organisation, person, status
Cells = tuple[str, str, str]


class GuestList(Document):
    """A table of guests, with its headings again on each page."""

    headings: Cells | None = None

    def header(self) -> None:
        """Repeat the headings."""
        if self.headings:
            self.row(self.headings, style="B")

    def group(self, group: Group, said: str, headings: Cells) -> None:
        """Begin a side: its colour, its name, how many come, and the headings."""
        self.headings = None
        if self.will_page_break(40):
            self.add_page()
        self.ln(4)
        self.set_fill_color(*COLOURS[group])
        self.rect(self.l_margin, self.y + 0.8, 4, 4, style="F")
        self.set_x(self.l_margin + 6)
        self.set_font(FONT, "B", 12)
        self.cell(self.get_string_width(str(group)) + 3, 6, str(group))
        self.set_font(FONT, "", 9)
        self.cell(0, 6.3, said, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)
        self.row(headings, style="B")
        self.headings = headings

    def row(self, cells: Cells, style: str = "", *, box: bool = False) -> None:
        """Write a row as high as its longest text needs, on the next page where this one has no room."""
        wrapped = [
            self.wrapped(text, width - GAP, SIZE, style)
            for text, width in zip(cells, WIDTHS[1:], strict=True)
        ]
        height = max(map(len, wrapped)) * STEP + 1.6
        if self.will_page_break(height):
            self.add_page()
        self.set_font(FONT, style, SIZE)
        x, y = self.l_margin, self.y
        if box:
            self.set_draw_color(0)
            self.set_line_width(0.25)
            self.rect(x + 0.6, y + 1.2, 3.4, 3.4)
        x += WIDTHS[0]
        for lines, width in zip(wrapped, WIDTHS[1:], strict=True):
            for number, line in enumerate(lines):
                self.set_xy(x, y + 0.8 + number * STEP)
                self.cell(width, STEP, line)
            x += width
        self.set_draw_color(*GREY)
        self.set_line_width(0.1)
        self.line(self.l_margin, y + height, self.l_margin + sum(WIDTHS), y + height)
        self.set_xy(self.l_margin, y + height)


def write(asked: Asked, _found: Sequence[Participation | Guest], target: Path) -> None:
    """Print the list."""
    sheet = GuestList(gettext("Participant list"), str(get_locale() or "de"), margin=MARGIN)
    sheet.paragraph(when_and_where(asked.event))
    printed = gettext("As of %(day)s: %(who)s", day=display(clock.today()), who=str(asked.coming))
    sheet.paragraph(printed)
    headings = tuple(str(label("Participation", name)) for name in ("organisation", "people", "status"))
    for side, members in groupby(organisations_of(asked), key=lambda one: one.side):
        rows = list(members)
        sheet.group(Group(side.value), _counted(rows), (headings[0], headings[1], headings[2]))
        for one in rows:
            for cells in _rows(one):
                sheet.row(cells, box=True)
    roles = [guest for guest in guests(asked) if guest.group is Group.ROLE]
    if roles:
        number = ngettext("%(num)s person", "%(num)s people", len(roles))
        sheet.group(Group.ROLE, number, ("", headings[1], str(label("EventPerson", "role"))))
        for guest in roles:
            sheet.row(("", guest.name, guest.role), box=True)
    sheet.headings = None
    sheet.output(str(target))


def _rows(one: Participation) -> Iterator[Cells]:
    """Give a row for each person, and one for all who are counted and not named; the organisation stands in each.

    A list is torn apart, and who stands at the door looks for the organisation.
    """
    name, status = name_of(one.organisation), display(one.status)
    for person in one.people:
        yield name, person.name, status
    more = _people(one)
    if more is None:
        yield name, gettext("nobody is named yet"), status
    elif more > len(one.people):
        left = more - len(one.people)
        yield name, ngettext("%(num)s person without a name", "%(num)s people without a name", left), status
    elif not one.people:
        yield name, ngettext("%(num)s person", "%(num)s people", 0), status


def _people(one: Participation) -> int | None:
    """Give how many people come; None where nobody knows."""
    return one.head_count if one.head_count is not None else len(one.people) or None


def _counted(rows: Sequence[Participation]) -> str:
    """Say how many organisations and people come; unknown isn't zero."""
    said = [ngettext("%(num)s organisation", "%(num)s organisations", len(rows))]
    known = [number for number in map(_people, rows) if number is not None]
    if known:
        said.append(ngettext("%(num)s person", "%(num)s people", sum(known)))
    text = ", ".join(said)
    if len(known) == len(rows):
        return text
    return f"{text} ({gettext('known of %(used)s of %(all)s', used=len(known), all=len(rows))})"


def _listed(asked: Asked) -> Sequence[Participation | Guest]:
    """Give what the list has lines for: each person, and each organisation of which nobody is named."""
    people = guests(asked)
    named = {guest.person.participation_id for guest in people if guest.person}
    return [*people, *(one for one in organisations_of(asked) if one.id not in named)]


LIST = Paper(
    name="list",
    title=_("Participant list"),
    summary=_("Who comes, by side and organisation, with a box to tick off each person."),
    section=Section.PARTICIPATIONS,
    options=("language", "coming", "groups"),
    personal=True,
    find=_listed,
    write=write,
    most=3000,
)
