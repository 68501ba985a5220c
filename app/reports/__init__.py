"""Floor 4: what managers read and download; each report is a declaration."""

from __future__ import annotations

from app.reports import marketplaces, newsletters, tables
from app.reports.base import Report
from app.reports.overview import network

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (marketplaces.REPORT, *tables.REPORTS, newsletters.REPORT, network.REPORT)
}
