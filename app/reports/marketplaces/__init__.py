"""Marketplaces compared: what each one reported, side by side, with totals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.access import Section
from app.core.db import db
from app.queries import events
from app.reports.base import Parameter, Report, read_year
from app.reports.marketplaces import workbook
from app.reports.marketplaces.comparison import build

REPORT = Report(
    name="marketplaces",
    title=_("Marketplaces compared"),
    summary=_("Each marketplace that was held, with what it reported, totals and the value per contract."),
    build=build,
    write=workbook.write,
    tables=workbook.tables,
    section=Section.FIGURES,
    parameters=(
        Parameter(
            "year", _("Year"), _("all years"), read_year, lambda: db.session.scalars(events.years()).all()
        ),
    ),
)
