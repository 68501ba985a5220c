"""Downloads that were written down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from app.models.receipts import Receipt


def since(moment: datetime) -> Select[Receipt]:
    """Downloads from a moment on, the latest first."""
    return select(Receipt).where(Receipt.created_at >= moment).order_by(Receipt.id.desc())
