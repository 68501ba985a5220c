"""Marketplaces compared: what each one reported, side by side, with totals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.core.db import db
from app.queries import events
from app.reports.base import Parameter, Report
from app.reports.marketplaces import workbook
from app.reports.marketplaces.comparison import build

_YEAR_DIGITS = 4
_FIRST_YEAR = 1000


def read_year(text: str) -> int | None:
    """Read a year from an address: four digits, or nothing for all. Raises ValueError for anything else."""
    if not text:
        return None
    if len(text) != _YEAR_DIGITS or not (text.isascii() and text.isdecimal()) or int(text) < _FIRST_YEAR:
        message = f"not a year: {text!r}"
        raise ValueError(message)
    return int(text)


REPORT = Report(
    name="marketplaces",
    title=_("Marketplaces compared"),
    summary=_("Each marketplace that was held, with what it reported, totals and the value per contract."),
    build=build,
    write=workbook.write,
    section=Section.FIGURES,
    parameters=(
        Parameter(
            "year", _("Year"), _("all years"), read_year, lambda: db.session.scalars(events.years()).all()
        ),
    ),
)
