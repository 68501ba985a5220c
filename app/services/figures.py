"""Choose among figures that disagree."""

from __future__ import annotations

from datetime import datetime

from app.models.figures import Figure


def note_choice(figure: Figure, *, by: str, at: datetime) -> None:
    """Keep who chose a figure for the reports and when (UTC); a choice that is taken back leaves no trace."""
    if figure.chosen and figure.chosen_at is None:
        figure.chosen_by, figure.chosen_at = by, at
    elif not figure.chosen:
        figure.chosen_by = figure.chosen_at = None
