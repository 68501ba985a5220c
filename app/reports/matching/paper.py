"""The sheets of a matching as a PDF: a page for each organisation."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from flask_babel import get_locale, gettext

from app.core import progress
from app.core.pdf import FONT, Document
from app.models.events import Event
from app.reports.matching import Sheet, Suggestion, Talk
from app.reports.matching.scoring import Entry, Party

BRIEF = 70  # letters of a title where it stands for a talk: eight of them leave room for suggestions
HEAD = 40  # millimetres that a heading needs with what follows


class Sheets(Document):
    """A page for each organisation, which is handed out alone: what its foot says is the event, not a number."""

    def footer(self) -> None:
        """Name the event."""
        self.set_y(-15)
        self.set_font(FONT, "", 8)
        self.cell(0, 5, str(self.title))


def write(sheets: Sequence[Sheet], event: Event, target: Path) -> int:
    """Write the sheets, in the language of who asks; give how many there are."""
    document = Sheets(str(event), str(get_locale() or "de"), titled=not sheets)
    for sheet in progress.counted(sheets):
        _sheet(document, sheet)
    if not sheets:
        document.paragraph(gettext("Nobody takes part yet."))
    document.output(str(target))
    return len(sheets)


def _sheet(document: Document, sheet: Sheet) -> None:
    document.begin(sheet.party.name)
    document.paragraph(str(sheet.party.side))
    if sheet.talks:
        document.heading(gettext("Your talks"))
    for number, talk in sheet.talks:
        place = gettext("Round %(round)s, table %(table)s", round=number, table=talk.table)
        document.strong(f"{place}: {_named(talk.partner(sheet.party))}")
        document.paragraph(subject(talk))
    if document.will_page_break(HEAD):
        return  # many talks with long names, which say what it would say
    document.heading(gettext("What you could talk about"))
    for one in sheet.suggestions:
        who, what, why = _named(one.other.party), exchange(one), f"{one.level}: {'; '.join(one.reasons)}"
        if not document.fits(who, what, why):
            break  # the best stand first; a second page would get lost
        document.strong(who)
        document.paragraph(what, after=0)
        document.paragraph(why)
    if not sheet.suggestions:
        document.paragraph(gettext("Nothing was found. Please ask a broker: they know everybody."))


def subject(talk: Talk) -> str:
    """Say what a talk could be about."""
    if talk.about is None:
        return gettext("No match was found: get to know each other.")
    return exchange(talk.about, most=BRIEF)


def exchange(one: Suggestion, most: int = 200) -> str:
    """Say who could give what to whom, from the offer to the need; titles are cut to ``most`` letters."""
    offer, need = (one.own, one.other) if one.own.offered else (one.other, one.own)
    return f"{_spoken(offer, most)} → {_spoken(need, most)}"


def _spoken(entry: Entry, most: int) -> str:
    return gettext("“%(title)s”", title=textwrap.shorten(entry.title, most, placeholder=" …"))


def _named(party: Party) -> str:
    return f"{party.name} ({party.city})" if party.city else party.name
