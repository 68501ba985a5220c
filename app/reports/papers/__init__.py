"""The papers of an event: what is printed before the doors open, and at the contract desk."""

from __future__ import annotations

from app.reports.papers.badges import BADGES
from app.reports.papers.base import Asked, Coming, Format, Group, Guest, Paper, guests
from app.reports.papers.blank import BLANK
from app.reports.papers.contracts import FILLED, print_forms
from app.reports.papers.people import LIST
from app.reports.papers.signs import SIGNS

PAPERS: dict[str, Paper] = {paper.name: paper for paper in (LIST, BADGES, SIGNS, BLANK, FILLED)}

__all__ = ["PAPERS", "Asked", "Coming", "Format", "Group", "Guest", "Paper", "guests", "print_forms"]
