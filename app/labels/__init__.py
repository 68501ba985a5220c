"""The name of everything, once: for lists, forms, search, Excel headings and API documents."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel.speaklater import LazyString

from app.labels.columns import LABELS
from app.labels.names import ACTORS, MODELS, SECTIONS, VERBS

__all__ = ["LABELS", "MODELS", "SECTIONS", "VERBS", "actor", "label", "labels"]


def label(model: str, column: str) -> LazyString:
    """Give the name of a model's column. A column without a name is a mistake, found at start: KeyError."""
    return LABELS.get(f"{model}.{column}") or LABELS[column]


def labels(model: str, columns: Iterable[str]) -> dict[str, LazyString]:
    """Give the names of columns; a new dict each time, because FAB writes into the one that it gets."""
    return {column: label(model, column) for column in columns}


def actor(kept: str) -> str:
    """Name who acted, as a row keeps it: a person by the name, a page by its title."""
    return str(ACTORS.get(kept, kept))
