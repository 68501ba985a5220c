"""Address labels: 24 on a sheet of A4, each 70 by 37 millimetres, as they are sold everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_babel import get_locale

from app.access import Verb
from app.core.pdf import Sheet
from app.core.values import countries, display, spoken
from app.models.contacts import Salutation
from app.reports.base import Asked, Report

if TYPE_CHECKING:
    from app.reports.tables.base import Result

_ACROSS, _DOWN = 3, 8
_WIDTH, _HEIGHT, _TOP = 70, 37, 0.5  # millimetres
_PAD = 6
_SIZE = 10  # points


def write(target: Path, result: Result, _asked: Asked, report: Report) -> int:
    """Print a label for each row; give their number."""
    document = Sheet(str(report.title), spoken(str(get_locale())), margin=0, foot=0)
    count = 0
    for filled in result.filled(Verb.EXPORT):
        for row in filled.rows():
            place = count % (_ACROSS * _DOWN)
            if place == 0:
                document.add_page()
            down, across = divmod(place, _ACROSS)
            box = (
                across * _WIDTH + _PAD,
                _TOP + down * _HEIGHT + _PAD,
                _WIDTH - 2 * _PAD,
                _HEIGHT - 2 * _PAD,
            )
            document.fitted(address(row), box, _SIZE, middle=True)
            count += 1
    if not count:
        document.add_page()
    document.output(str(target))
    return count


def address(row: Any) -> str:
    """Write an address as the post wants it: organisation, name, street, town, and the country abroad."""
    name = " ".join(filter(None, (row.title, row.first_name, row.last_name)))
    salutation = display(row.salutation) if row.salutation in {Salutation.MS, Salutation.MR} else ""
    lines = [
        row.organisation,
        f"{salutation} {name}" if salutation else name,
        row.street,
        " ".join(filter(None, (row.postal_code, row.city))),
        abroad(row),
    ]
    return "\n".join(line for line in lines if line)


def abroad(row: Any) -> str | None:
    """Name the country in capitals, where it isn't Germany."""
    return None if row.country in {None, "DE"} else countries().get(row.country, row.country).upper()
