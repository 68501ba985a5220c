"""Reports of rows: each is a declaration, and all come about in the same way."""

from __future__ import annotations

from app.reports.tables import market, office, people, years

REPORTS = (*years.REPORTS, *market.REPORTS, *people.REPORTS, *office.REPORTS)
