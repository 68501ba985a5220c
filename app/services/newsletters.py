"""Newsletters: what people are told before they subscribe, version by version."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.db import db
from app.models.newsletters import NewsletterText


def number(text: NewsletterText) -> None:
    """Make a new text the next version of its kind and language, counted from 1."""
    before = select(func.max(NewsletterText.edition)).where(
        NewsletterText.newsletter_id == text.newsletter.id,
        NewsletterText.kind == text.kind,
        NewsletterText.language == text.language,
    )
    with db.session.no_autoflush:
        text.edition = (db.session.scalar(before) or 0) + 1
