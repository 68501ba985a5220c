"""Table signs: a sheet that is folded in the middle and read from both sides of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _

from app.access import Section
from app.core.pdf import Sheet
from app.reports.papers.base import (
    COLOURS,
    GREY,
    Asked,
    Group,
    Paper,
    name_of,
    organisations_of,
    when_and_where,
)

WIDTH, HALF = 210.0, 148.5
EDGE, BAND = 15.0, 14.0


@dataclass(frozen=True)
class Sign:
    """What stands on a table: a name, and what it is."""

    text: str
    note: str
    group: Group | None = None


def signs(asked: Asked) -> list[Sign]:
    """Give the signs: of organisations, of trading corners, and those that were typed."""
    named = organisations_of(asked) if asked.organisations else ()
    found = [Sign(name_of(one.organisation), str(one.side), Group(one.side.value)) for one in named]
    if asked.corners:
        found += [Sign(corner.name, gettext("Trading corner")) for corner in asked.event.corners]
    return [*found, *(Sign(text, "") for text in asked.signs)]


def write(asked: Asked, found: Sequence[Sign], target: Path) -> None:
    """Print a sheet for each sign."""
    title = f"{gettext('Table signs')} – {asked.event}"
    sheet = Sheet(title, str(get_locale() or "de"), margin=0, foot=0)
    event = when_and_where(asked.event)
    for sign in found:
        sheet.add_page()
        _half(sheet, sign, event)
        with sheet.rotation(180, WIDTH / 2, HALF):
            _half(sheet, sign, event)
        sheet.set_draw_color(200)
        sheet.set_line_width(0.1)
        sheet.set_dash_pattern(dash=3, gap=3)
        sheet.line(0, HALF, WIDTH, HALF)
        sheet.set_dash_pattern()
    sheet.output(str(target))


def _half(sheet: Sheet, sign: Sign, event: str) -> None:
    """Write the lower half, which stands upright once the sheet is folded."""
    inner = WIDTH - 2 * EDGE
    bottom = 2 * HALF - BAND
    sheet.set_fill_color(*(COLOURS[sign.group] if sign.group else GREY))
    sheet.rect(0, bottom, WIDTH, BAND, style="F")
    sheet.set_text_color(255)
    sheet.fitted(sign.note, (EDGE, bottom, inner, BAND), 18, "B", "C", middle=True)
    sheet.set_text_color(0)
    sheet.fitted(
        sign.text, (EDGE, HALF + EDGE, inner, HALF - BAND - 2 * EDGE - 12), 72, "B", "C", middle=True
    )
    sheet.set_text_color(*GREY)
    sheet.fitted(event, (EDGE, bottom - 12, inner, 8), 11, "", "C", middle=True)
    sheet.set_text_color(0)


SIGNS = Paper(
    name="signs",
    title=_("Table signs"),
    summary=_("A sheet for each organisation, trading corner or word of yours, to be folded in the middle."),
    section=Section.PARTICIPATIONS,
    options=("language", "coming", "groups", "organisations", "corners", "signs"),
    personal=False,
    find=signs,
    write=write,
    most=300,
)
