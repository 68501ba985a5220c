"""The sheet of a contract: what is the same on a filled form and on one to be written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import get_locale, gettext

from app.core.pdf import FONT, Sheet
from app.labels import label
from app.reports.papers.base import GREY

MARGIN = 18.0
RIGHT = 210.0 - MARGIN
WIDTH = RIGHT - MARGIN
TOP, FOOT = 14.0, 18.0
STAMP = (54.0, 34.0)
SIGNATURES = 3  # in a row
PALE = (240, 243, 247)


class ContractSheet(Sheet):
    """Contracts, each on its own sheets, with their numbers on each of them."""

    def __init__(self, title: str) -> None:
        """Take the title of the file."""
        super().__init__(title, str(get_locale() or "de"), margin=MARGIN, foot=FOOT)
        self.c_margin = 0
        self.set_top_margin(TOP)
        self._parts: list[tuple[str, list[int]]] = []

    def begin(self, number: int | None, event: str, office: str) -> None:
        """Begin a contract on a new sheet: what it is, of which event, and that money is taboo."""
        named = gettext("Contract no. %(number)s", number=number) if number else gettext("Contract")
        self._parts.append((named, []))
        self.add_page()
        top = self.y
        room = WIDTH - 52
        self.set_text_color(*GREY)
        self.fitted(office, (MARGIN, top, room, 5), 9)
        self.set_text_color(0)
        self.fitted(gettext("Contract"), (MARGIN, top + 5, room, 10), 22, "B")
        self.fitted(event, (MARGIN, top + 15, room, 9), 10)
        self.set_draw_color(0)
        self.set_line_width(0.5)
        self.rect(RIGHT - 46, top, 46, 22)
        self.fitted(gettext("No."), (RIGHT - 43, top + 2, 12, 5), 9)
        if number:
            self.fitted(str(number), (RIGHT - 44, top + 5, 42, 15), 34, "B", "C", middle=True)
        taboo = gettext(
            "Money is taboo. What is agreed are contributions without any payment: time, knowledge, goods, rooms, "
            "contacts. Their equivalent value is an estimate and no claim."
        )
        self.set_fill_color(*PALE)
        self.rect(MARGIN, top + 25, WIDTH, 11, style="F")
        self.fitted(taboo, (MARGIN + 3, top + 26, WIDTH - 6, 9), 9, "B", middle=True)
        self.set_xy(MARGIN, top + 38)

    def add_page(self, *args: object, **more: object) -> None:
        """Note to which contract a page belongs."""
        super().add_page(*args, **more)  # type: ignore[arg-type]
        self._parts[-1][1].append(self.page)

    def heading(self, text: str, room: float = 20) -> None:
        """Begin a part, on the next page where it would stand alone."""
        self.need(room)
        self.ln(1.5)
        self.set_font(FONT, "B", 11)
        self.cell(WIDTH, 6, text)
        self.set_draw_color(*GREY)
        self.set_line_width(0.2)
        self.line(MARGIN, self.y + 6.2, RIGHT, self.y + 6.2)
        self.set_xy(MARGIN, self.y + 7.5)

    def need(self, room: float) -> None:
        """Go on with the next page where this one has less room."""
        if self.will_page_break(room):
            self.add_page()

    def blank(self, name: str, left: float, width: float, y: float, value: str = "") -> None:
        """Write the name of something, small, and above it what it is, or a line to write on."""
        if value:
            self.fitted(value, (left, y, width, 6), 10, middle=True)
        self.set_draw_color(*GREY)
        self.set_line_width(0.2)
        self.line(left, y + 6.5, left + width, y + 6.5)
        self.set_text_color(*GREY)
        self.fitted(name, (left, y + 6.9, width, 3.2), 7)
        self.set_text_color(0)

    def tick(self, name: str, left: float, y: float, size: float = 8) -> float:
        """Draw a box to tick, with its name; give where the next may stand."""
        self.set_draw_color(0)
        self.set_line_width(0.25)
        self.rect(left, y + 0.6, 3, 3)
        self.at(left + 4.2, y + 0.5, name, size)
        return left + 8.5 + self.get_string_width(name)

    def close(self, facts: Sequence[tuple[str, str]], signatures: Sequence[str], stamped: str = "") -> None:
        """End a contract: what else was agreed, who witnessed it, the stamp, and a line for each who signs."""
        rows = -(-len(signatures) // SIGNATURES)
        first = min(rows, 1)
        self.heading(gettext("Signing"), 10 + STAMP[1] + 24 * first)
        top, room = self.y, WIDTH - STAMP[0] - 6
        half = (room - 5) / 2
        for place, (name, value) in enumerate(facts):
            x = MARGIN + place % 2 * (half + 5)
            self.blank(name, x, half, top + place // 2 * 12, value)
        self.set_draw_color(*GREY)
        self.set_dash_pattern(dash=1.5, gap=1.5)
        self.rect(RIGHT - STAMP[0], top, *STAMP)
        self.set_dash_pattern()
        self.set_text_color(*GREY)
        said = gettext("Stamp of the notary")
        self.fitted(f"{said}\n{stamped}".strip(), (RIGHT - STAMP[0] + 2, top + 1.5, STAMP[0] - 4, 8), 7)
        self.set_text_color(0)
        self.set_xy(MARGIN, top + STAMP[1])
        self._sign(signatures)

    def _sign(self, signatures: Sequence[str]) -> None:
        width = (WIDTH - 5 * (SIGNATURES - 1)) / SIGNATURES
        for start in range(0, len(signatures), SIGNATURES):
            self.need(24)
            top = self.y + 4
            for place, name in enumerate(signatures[start : start + SIGNATURES]):
                x = MARGIN + place * (width + 5)
                self.blank(gettext("Date and signature"), x, width, top)
                self.fitted(name, (x, top + 10.2, width, 9.5), 8)
            self.set_xy(MARGIN, top + 20)

    def finish(self, target: str) -> None:
        """Write at the foot of each page which one it is of which contract, and put out the file."""
        self.set_auto_page_break(auto=False)
        for name, pages in self._parts:
            for number, page in enumerate(pages, start=1):
                self.page, self.current_font_is_set_on_page = page, False
                self.set_text_color(*GREY)
                of = gettext("Page %(number)s of %(all)s", number=number, all=len(pages))
                self.at(RIGHT, 297 - 13, f"{name} · {of}", 8, align="R")
        self.page = len(self.pages)
        self.output(target)


def facts(place: str = "", due: str = "", broker: str = "", notary: str = "") -> tuple[tuple[str, str], ...]:
    """Give what stands beside the stamp, by its names."""
    values = {"place": place, "due_on": due, "broker": broker, "notary": notary}
    return tuple((str(label("Contract", name)), value) for name, value in values.items())
