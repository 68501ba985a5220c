"""The result sheet as a PDF: one page that can be handed round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flask_babel import get_locale, gettext
from fpdf.enums import TableBordersLayout, TextEmphasis
from fpdf.fonts import FontFace

from app.core.pdf import FONT, Document
from app.core.values import display, spoken
from app.labels import label
from app.models.counting import Corner, Direction, Sum
from app.reports.results.facts import Line, Result
from app.reports.results.press import paragraph

SIZE, STEP = 9, 5  # points, millimetres
GREY = (120, 126, 134)
_NUMBERS = (45, 70, 55)
_PARTS = (57, 23, 52, 38)


def print_result(result: Result, at: datetime, target: Path) -> None:
    """Print the sheet in the language that is in force. ``at`` says of when it is."""
    language = spoken(str(get_locale()))
    document = Document(f"{gettext('Result')}: {result.event}", language)
    for name, value in result.about():
        document.fact(name, value)
    document.fact(gettext("Printed"), display(at))
    document.heading(gettext("Numbers"))
    heads = (str(label("Figure", "measure")), gettext("Result"), str(label("Figure", "source")))
    _table(document, _NUMBERS, (heads, *(_number(one, result) for one in result.lines)))
    document.heading(gettext("For the press"))
    document.paragraph(paragraph(result, language))
    count = result.count
    if count.directions:
        document.heading(gettext("Give and take"))
        headings = _headings(gettext("Who gives"), gettext("Contributions"))
        _table(document, _PARTS, (headings, *map(_direction, count.directions)))
    if count.corners:
        document.heading(gettext("Trading corners"))
        headings = _headings(gettext("Trading corner"), gettext("Contracts"))
        _table(document, _PARTS, (headings, *map(_corner, count.corners)))
    document.heading(gettext("What the numbers mean"))
    for text in result.definitions():
        document.paragraph(text, after=1)
    document.output(str(target))


def _number(line: Line, result: Result) -> tuple[str, ...]:
    """Write a measure. What the gong has counted has its source above the table."""
    source = ", ".join(part for part in (line.source, display(line.as_of)) if part)
    if line.counted is not None and result.frozen is not None:
        source = str(result.frozen.kind)
    return str(line.measure), " · ".join(part for part in (line.reading, line.remark) if part), source


def _headings(first: str, second: str) -> tuple[str, ...]:
    return first, second, gettext("Equivalent value"), gettext("Hours")


def _direction(one: Direction) -> tuple[str, ...]:
    return one.title, str(one.contributions), *_sums(one)


def _corner(one: Corner) -> tuple[str, ...]:
    return one.title, str(one.contracts), *_sums(one)


def _sums(one: Direction | Corner) -> tuple[str, str]:
    """Write value and hours, each with the number of those that are known; what nobody knows is a dash."""
    return _sum(one.value, "€"), _sum(one.hours)


def _sum(one: Sum, unit: str = "") -> str:
    known = gettext("known for %(number)s", number=one.known)
    return f"{one.text(unit)} ({known})" if one.known else one.text()


def _table(document: Document, widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
    document.set_font(FONT, "", SIZE)
    document.set_draw_color(*GREY)
    document.set_line_width(0.1)
    with document.table(
        rows,
        width=sum(widths),
        col_widths=tuple(widths),
        align="LEFT",
        text_align="LEFT",
        line_height=STEP,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis=TextEmphasis.B),
        padding=(0.8, 1, 0.8, 0),
    ):
        document.ln(0)
    document.ln(2)
