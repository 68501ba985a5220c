"""The paragraph for the press: what is known, with its reservations, in sentences. What nobody knows isn't written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import babel.dates
from flask_babel import force_locale, gettext, ngettext

from app.core.values import Qualifier, formatting_locale
from app.models.events import Event
from app.models.figures import AGREED, Measure, Unit
from app.reports.results.facts import Line, Result

_QUOTES = re.compile('[„“”"»«]')
_SAYS: dict[tuple[Measure, Unit], Callable[[int, str], str]] = {
    (Measure.COMPANIES, Unit.ORGANISATIONS): lambda n, number: ngettext(
        "%(number)s company", "%(number)s companies", n, number=number
    ),
    (Measure.COMPANIES, Unit.REPRESENTATIVES): lambda n, number: ngettext(
        "%(number)s representative of companies",
        "%(number)s representatives of companies",
        n,
        number=number,
    ),
    (Measure.COMPANIES, Unit.PEOPLE): lambda n, number: ngettext(
        "%(number)s person from companies", "%(number)s people from companies", n, number=number
    ),
    (Measure.COMPANIES, Unit.UNCLEAR): lambda n, number: ngettext(
        "%(number)s participation by companies",
        "%(number)s participations by companies",
        n,
        number=number,
    ),
    (Measure.NONPROFITS, Unit.ORGANISATIONS): lambda n, number: ngettext(
        "%(number)s nonprofit organisation", "%(number)s nonprofit organisations", n, number=number
    ),
    (Measure.NONPROFITS, Unit.REPRESENTATIVES): lambda n, number: ngettext(
        "%(number)s representative of nonprofit organisations",
        "%(number)s representatives of nonprofit organisations",
        n,
        number=number,
    ),
    (Measure.NONPROFITS, Unit.PEOPLE): lambda n, number: ngettext(
        "%(number)s person from nonprofit organisations",
        "%(number)s people from nonprofit organisations",
        n,
        number=number,
    ),
    (Measure.NONPROFITS, Unit.UNCLEAR): lambda n, number: ngettext(
        "%(number)s participation by nonprofit organisations",
        "%(number)s participations by nonprofit organisations",
        n,
        number=number,
    ),
    (Measure.PARTICIPANTS, Unit.PEOPLE): lambda n, number: ngettext(
        "In all, %(number)s person took part.", "In all, %(number)s people took part.", n, number=number
    ),
    (Measure.PARTICIPANTS, Unit.ORGANISATIONS): lambda n, number: ngettext(
        "In all, %(number)s organisation took part.",
        "In all, %(number)s organisations took part.",
        n,
        number=number,
    ),
    (Measure.PARTICIPANTS, Unit.UNCLEAR): lambda n, number: ngettext(
        "In all, there was %(number)s participation.",
        "In all, there were %(number)s participations.",
        n,
        number=number,
    ),
    (Measure.VALUE, Unit.EUROS): lambda n, number: ngettext(
        "%(number)s euro", "%(number)s euros", n, number=number
    ),
    (Measure.HOURS, Unit.HOURS): lambda n, number: ngettext(
        "%(number)s hour", "%(number)s hours", n, number=number
    ),
}
# Measures that can't be taken for anything else.
_ALWAYS = {Measure.VALUE: Unit.EUROS, Measure.HOURS: Unit.HOURS}


def paragraph(result: Result, language: str) -> str:
    """Write the paragraph in a language; "" where nothing is known."""
    with force_locale(language):
        sentences = list(_sentences(result)) if result.lines else []
        if not sentences:
            return ""
        where = _dateline(result.event)
        if any(result.line(one) for one in AGREED):
            sentences.append(_taboo())
        text = " ".join(sentences)
        return f"{where} – {text}" if where else text


def _dateline(event: Event) -> str:
    day = event.starts_on
    written = babel.dates.format_date(day, "long", locale=formatting_locale()) if day else None
    return ", ".join(part for part in (event.city, written) if part)


def _sentences(result: Result) -> Iterator[str]:
    """Give a sentence for each thing that is known. The first one names the event."""
    name, contracts = _name(result.event), result.line(Measure.CONTRACTS)
    both = (result.line(Measure.COMPANIES), result.line(Measure.NONPROFITS))
    sides = [one for one in both if one and one.quantity.number]
    if sides:
        yield _who(name, sides)
    if contracts is not None:
        yield _contracts(contracts, None if sides else name)
    elif not sides:
        yield gettext("%(event)s took place.", event=name)
    for measure, say in ((Measure.PARTICIPANTS, _said), (Measure.VALUE, _value), (Measure.HOURS, _hours)):
        line = result.line(measure)
        if line is not None:
            yield say(line)


def _who(name: str, sides: list[Line]) -> str:
    texts = [_said(one) for one in sides]
    if len(texts) == 1:
        return gettext("%(event)s counted %(first)s.", event=name, first=texts[0])
    if any(one.unit is Unit.UNCLEAR for one in sides):
        return gettext(
            "%(event)s counted %(first)s and %(second)s.", event=name, first=texts[0], second=texts[1]
        )
    return gettext(
        "%(event)s brought together %(first)s and %(second)s.", event=name, first=texts[0], second=texts[1]
    )


def _contracts(line: Line, name: str | None) -> str:
    n, number = _number(line)
    if name is None:
        return ngettext(
            "In the end, %(number)s contract was made.",
            "In the end, %(number)s contracts were made.",
            n,
            number=number,
        )
    return ngettext(
        "At %(event)s, %(number)s contract was made.",
        "At %(event)s, %(number)s contracts were made.",
        n,
        number=number,
        event=name,
    )


def _value(line: Line) -> str:
    worth, counted = _said(line), line.counted
    if counted is None or not counted.partial or counted.known is None:
        return gettext("What was agreed is estimated to be worth %(value)s.", value=worth)
    return ngettext(
        "For %(known)s of %(all)s contributions there is an estimate of what it is worth: %(value)s.",
        "For %(known)s of %(all)s contributions there is an estimate of what they are worth together: %(value)s.",
        counted.known,
        known=counted.known,
        all=counted.all,
        value=worth,
    )


def _hours(line: Line) -> str:
    hours, counted = _said(line), line.counted
    if counted is None or not counted.partial or counted.known is None:
        return gettext("The parties have promised %(hours)s for it.", hours=hours)
    return ngettext(
        "For %(known)s of %(all)s contributions it is agreed how long it takes: %(hours)s.",
        "For %(known)s of %(all)s contributions it is agreed how long they take together: %(hours)s.",
        counted.known,
        known=counted.known,
        all=counted.all,
        hours=hours,
    )


def _taboo() -> str:
    return gettext(
        "No money changes hands: what counts is helping hands, know-how, materials, rooms and contacts."
    )


def _said(line: Line) -> str:
    """Say a number with what one of it is; what is unclear is said so that it may be either."""
    unit = _ALWAYS.get(line.measure, line.unit)
    say = _SAYS.get((line.measure, unit))
    if say is None:
        people = unit is Unit.REPRESENTATIVES and line.measure is Measure.PARTICIPANTS
        say = _SAYS[line.measure, Unit.PEOPLE if people else Unit.UNCLEAR]
    return say(*_number(line))


def _number(line: Line) -> tuple[int, str]:
    """Give what decides singular or plural, and the number as it's written."""
    number = line.quantity.number
    places = 2 if line.measure is Measure.VALUE and number % 1 else None
    alone = number == 1 and line.quantity.qualifier in {Qualifier.EXACT, Qualifier.ABOUT}
    return (1 if alone else 2), line.quantity.text(places=places)


def _name(event: Event) -> str:
    """Name the event in quotation marks; what stands in such marks itself gets single ones."""
    marks = gettext("\u2018 \u2019").split()
    found = iter(range(len(event.whole_title)))
    title = _QUOTES.sub(lambda _mark: marks[next(found) % 2], event.whole_title)
    return gettext("“%(title)s”", title=title)
