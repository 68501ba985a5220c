"""PDF documents in a font that has the letters of Europe, and is embedded: they look the same everywhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from flask import current_app
from flask_babel import gettext
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, WrapMode, XPos, YPos

MARGIN = 20  # millimetres
FONT = "DejaVu"
FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
POINT = 25.4 / 72  # millimetres
LEADING = 1.2  # of the size of the letters

_UNIT = 100  # points: the size at which texts are measured
_SMALLER = 0.94  # how a text is made to fit, step by step
_BROKEN = 0.6  # of the largest size: below it a word may go on in the next line
_UNSEEN = {
    "Cc",
    "Cf",
    "Cs",
    "Cn",
}  # controls, marks of the direction and of words, halves of signs, what isn't one
FRAME = "□"


class Sheet(FPDF):
    """Pages on which texts are placed. ``make assets`` installs the font."""

    def __init__(
        self,
        title: str,
        language: str,
        *,
        page: str | tuple[float, float] = "A4",
        margin: float = MARGIN,
        foot: float = MARGIN,
    ) -> None:
        """Take title, code of the language, paper, and margins; with 0 at the foot no page is broken."""
        super().__init__(format=page)
        folder = Path(str(current_app.static_folder)) / "fonts"
        for style, file in FACES.items():
            self.add_font(FONT, style, folder / file)
        self._known: frozenset[int] = frozenset.intersection(
            *(frozenset(getattr(font, "cmap", ())) for font in self.fonts.values())
        )
        # Until a font is set, fpdf takes every sign that isn't Western for a mistake.
        self.set_font(FONT)
        self.set_margin(margin)
        self.set_auto_page_break(auto=foot > 0, margin=foot)
        self.set_title(title)
        self.set_lang(language)
        self._fits: dict[tuple[str, float, float, tuple[float, str]], tuple[float, list[str]]] = {}
        self._widths: dict[tuple[str, str], float] = {}

    def normalize_text(self, text: str) -> str:
        """Leave out what nobody sees, and draw a frame for a sign that the font lacks: it can be written in by hand."""
        known = self._known
        signs = (
            sign if sign == "\n" or ord(sign) in known else FRAME
            for sign in text
            if sign == "\n" or unicodedata.category(sign) not in _UNSEEN
        )
        written: str = super().normalize_text("".join(signs))
        return written

    def fitted(
        self,
        text: str,
        box: tuple[float, float, float, float],
        most: float,
        style: str = "",
        align: str = "L",
        *,
        middle: bool = False,
    ) -> None:
        """Write a text into a box (left, top, width, height), in ``most`` points or as small as it needs to be.

        It wraps, and words stay whole as long as they can be read. Nothing is cut. It stands on top, or in the middle.
        """
        left, top, width, height = box
        size, lines = self._fit(self.normalize_text(text), width, height, (most, style))
        step = size * POINT * LEADING
        y = top + ((height - len(lines) * step) / 2 if middle else 0)
        self.set_font(FONT, style, size)
        inner, self.c_margin = self.c_margin, 0
        for number, line in enumerate(lines):
            self.set_xy(left, y + number * step)
            self.cell(width, step, line, align=align)
        self.c_margin = inner

    def wrapped(self, text: str, width: float, size: float, style: str = "") -> list[str]:
        """Give the lines into which a text falls at a size; a word that has no room is broken."""
        self.set_font(FONT, style, _UNIT)
        return self._wrapped(self.normalize_text(text), width * _UNIT / size, may_break=True) or [""]

    def areas(self, boxes: Iterable[tuple[float, float, float, float]]) -> None:
        """Fill many boxes (left, top, width, height) at once: a hundred times ``rect`` would take its time."""
        k, height = self.k, self.h
        paths = (f"{x * k:.3f} {(height - y) * k:.3f} {w * k:.3f} {-h * k:.3f} re" for x, y, w, h in boxes)
        self._out("\n".join((*paths, "f")))

    def _fit(
        self, text: str, width: float, height: float, kind: tuple[float, str]
    ) -> tuple[float, list[str]]:
        """Find the largest size at which a text has room, and the lines into which it falls; measured once."""
        key = text, width, height, kind
        if key not in self._fits:
            most, style = kind
            size = most
            self.set_font(FONT, style, _UNIT)
            while True:
                lines = self._wrapped(text, width * _UNIT / size, may_break=size < most * _BROKEN)
                if lines is not None and len(lines) * size * POINT * LEADING <= height + 0.01:
                    break
                size *= _SMALLER
            self._fits[key] = size, lines
        return self._fits[key]

    def _wrapped(self, text: str, width: float, *, may_break: bool) -> list[str] | None:
        """Let a text fall into lines, in the font that is set; None where a word has no room and mustn't be broken."""
        lines = []
        for paragraph in text.split("\n"):
            line = ""
            for word in paragraph.split():
                longer = f"{line} {word}" if line else word
                if self._width(longer) <= width:
                    line = longer
                    continue
                if line:
                    lines.append(line)
                line = word
                while self._width(line) > width:
                    if not may_break:
                        return None
                    fits = next(
                        (at for at in range(len(line) - 1, 0, -1) if self._width(line[:at]) <= width), 1
                    )
                    if len(line) == 1:
                        break
                    lines.append(line[:fits])
                    line = line[fits:]
            lines.append(line)
        return lines

    def _width(self, text: str) -> float:
        key = self.font_style, text
        if key not in self._widths:
            self._widths[key] = self.get_string_width(text, normalized=True)
        return self._widths[key]

    def at(self, x: float, y: float, text: str, size: float, style: str = "", align: str = "L") -> None:
        """Write one line from, to or around a point of its upper edge."""
        self.set_font(FONT, style, size)
        width = self.get_string_width(text) + 2 * self.c_margin
        self.set_xy(x - {"L": 0, "R": width, "C": width / 2}[align], y)
        self.cell(width, size * POINT * LEADING, text, align=Align.C)


class Document(Sheet):
    """A document of headings, facts and paragraphs, one below the other, with a number on each page."""

    def __init__(
        self,
        title: str,
        language: str,
        *,
        margin: float = MARGIN,
        titled: bool = True,
        page: str | tuple[float, float] = "A4",
    ) -> None:
        """Take the title and the code of the language. The title begins the first page, if it's ``titled``."""
        super().__init__(title, language, margin=margin, page=page)
        self.alias_nb_pages()
        if titled:
            self.begin(title)

    def begin(self, title: str) -> None:
        """Begin a page with a title of its own."""
        self.add_page()
        self._text(title, 18, "B", after=4)

    def footer(self) -> None:
        """Number the page."""
        self.set_y(-15)
        self.set_font(FONT, "", 8)
        text = gettext("Page %(number)s of %(all)s", number=self.page_no(), all="{nb}")
        self.cell(0, 5, text, align="R")

    def heading(self, text: str) -> None:
        """Begin a part; its heading doesn't stand alone at the end of a page."""
        if self.will_page_break(30):
            self.add_page()
        self.ln(4)
        self._text(text, 13, "B", after=2)

    def fact(self, name: str, value: str | None) -> None:
        """Write a name and what it is on one line; nothing where it isn't known."""
        if value:
            self.set_font(FONT, "B", 9)
            width = self.get_string_width(f"{name}: ") + 1
            if width > self.epw / 2:
                # fpdf looks for ever for a place in what is left of the line.
                self._text(f"{name}:", 9, "B", after=0)
            else:
                self.cell(width, 5, f"{name}: ")
            self.set_font(FONT, "", 9)
            self.multi_cell(
                0, 5, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=WrapMode.CHAR
            )

    def paragraph(self, text: str, *, after: float = 2) -> None:
        """Write a text, and leave some millimetres after it."""
        self._text(text, 9, "", after=after)

    def strong(self, text: str) -> None:
        """Write a line that stands out, close to what follows."""
        self._text(text, 9, "B", after=0)

    def fits(self, *texts: str) -> bool:
        """Whether paragraphs still have room on the page."""
        self.set_font(FONT, "", 9)
        lines = [
            cast("list[str]", self.multi_cell(0, 5, text, dry_run=True, output=MethodReturnValue.LINES))
            for text in texts
        ]
        return not self.will_page_break(5 * (sum(map(len, lines)) + 1))  # bold letters are wider

    def _text(self, text: str, size: int, style: str, *, after: float) -> None:
        self.set_font(FONT, style, size)
        self.multi_cell(0, size * 0.55, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(after)
