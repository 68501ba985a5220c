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
from app.models.counting import Corner, Direction
from app.reports.results.facts import Line, Result
from app.reports.results.press import paragraph

SIZE, STEP = 9, 5  # points, millimetres
_NUMBERS = (50, 40, 80)
_PARTS = (62, 28, 45, 35)


def print_result(result: Result, at: datetime, target: Path) -> None:
    """Print the sheet in the language that is in force. ``at`` says of when it is."""
    language = spoken(str(get_locale()))
    document = Document(f"{gettext('Result')}: {result.event}", language)
    for name, value in result.about():
        document.fact(name, value)
    document.fact(gettext("Printed"), display(at))
    document.heading(gettext("Numbers"))
    heads = (str(label("Figure", "measure")), gettext("Result"), str(label("Figure", "source")))
    _table(document, _NUMBERS, (heads, *map(_number, result.lines)))
    count = result.count
    if count.directions:
        document.heading(gettext("Give and take"))
        headings = _headings(gettext("Who gives"), gettext("Contributions"))
        _table(document, _PARTS, (headings, *map(_direction, count.directions)))
    if count.corners:
        document.heading(gettext("Trading corners"))
        headings = _headings(gettext("Trading corner"), gettext("Contracts"))
        _table(document, _PARTS, (headings, *map(_corner, count.corners)))
    document.heading(gettext("For the press"))
    document.paragraph(paragraph(result, language))
    document.heading(gettext("What was counted"))
    for text in result.definitions():
        document.paragraph(text, after=1)
    document.output(str(target))


def _number(line: Line) -> tuple[str, ...]:
    # The gong's own source says the day.
    day = "" if line.counted else display(line.as_of)
    source = ", ".join(part for part in (line.source, day) if part)
    return (str(line.measure), "\n".join(part for part in (line.reading, line.remark) if part), source)


def _headings(first: str, second: str) -> tuple[str, ...]:
    return first, second, gettext("Equivalent value"), gettext("Hours")


def _direction(one: Direction) -> tuple[str, ...]:
    return one.title, str(one.contributions), *_sums(one)


def _corner(one: Corner) -> tuple[str, ...]:
    return one.title, str(one.contracts), *_sums(one)


def _sums(one: Direction | Corner) -> tuple[str, str]:
    """Write value and hours; what nobody knows is a dash."""
    return one.value.text("€"), one.hours.text()


def _table(document: Document, widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
    document.set_font(FONT, "", SIZE)
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
