"""When something is offered or looked for, as far as its words say so: days, months, and parts of the day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from babel.dates import get_day_names, get_month_names
from flask_babel import lazy_gettext as _
from numpy.typing import NDArray

from app.core.text import fold
from app.core.values import formatting_locale

WEEK, YEAR = range(7), range(7, 19)
PARTS = {19: _("in the morning"), 20: _("in the afternoon"), 21: _("in the evening")}
COUNT = 22
# The beginnings of words, folded; "May" and "March" are other English words, too.
_BEGINNINGS = {
    "montag": (0,), "dienstag": (1,), "mittwoch": (2,), "donnerstag": (3,), "freitag": (4,), "samstag": (5,),
    "sonnabend": (5,), "sonntag": (6,), "wochenend": (5, 6), "weekend": (5, 6),
    "monday": (0,), "tuesday": (1,), "wednesday": (2,), "thursday": (3,), "friday": (4,), "saturday": (5,),
    "sunday": (6,),
    "januar": (7,), "februar": (8,), "maerz": (9,), "april": (10,), "juni": (12,), "juli": (13,), "august": (14,),
    "june": (12,), "july": (13,), "september": (15,), "oktober": (16,), "october": (16,), "november": (17,),
    "dezember": (18,), "december": (18,), "advent": (18,), "weihnacht": (18,), "christmas": (18,),
    "fruehling": (9, 10, 11), "fruehjahr": (9, 10, 11), "sommer": (12, 13, 14), "summer": (12, 13, 14),
    "herbst": (15, 16, 17), "autumn": (15, 16, 17),
}  # fmt: skip
_WHOLE = {
    "mai": (11,), "winter": (18, 7, 8),
    "vormittag": (19,), "vormittags": (19,), "morgens": (19,), "mornings": (19,), "nachmittag": (20,),
    "nachmittags": (20,),
    "afternoon": (20,), "afternoons": (20,), "abend": (21,), "abends": (21,), "evening": (21,), "evenings": (21,),
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"(?<!\d)(?:[012]?\d|3[01])\.\s?(0?[1-9]|1[0-2])\.(?!\d*\.\d)")


def told(texts: Sequence[str]) -> NDArray[np.float64]:
    """Give a row for each text, with a 1 for each time that it names."""
    found = np.zeros((len(texts), COUNT))
    for row, text in enumerate(texts):
        found[row, list(_times(text))] = 1
    return found


def names(times: Sequence[int]) -> list[str]:
    """Name times in the language of the person."""
    locale = formatting_locale()
    days, months = get_day_names("wide", locale=locale), get_month_names("wide", locale=locale)
    return [
        str(days[time] if time in WEEK else months[time - YEAR.start + 1] if time in YEAR else PARTS[time])
        for time in times
    ]


def _times(text: str) -> Iterator[int]:
    for word in _WORD.findall(fold(text)):
        yield from _WHOLE.get(word, ())
        for beginning, times in _BEGINNINGS.items():
            if word.startswith(beginning):
                yield from times
    for month in _DATE.findall(text):
        yield YEAR.start + int(month) - 1
