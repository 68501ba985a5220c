"""What is asked about organisations."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_

from app.models.contacts import Position
from app.models.organisations import Organisation


def staffed(on: date) -> ColumnElement[bool]:
    """Whether somebody has a position at an organisation on a day, as far as it can be seen."""
    return Organisation.positions.any(
        or_(Position.since.is_(None), Position.since <= on)
        & or_(Position.until.is_(None), Position.until >= on)
    )
