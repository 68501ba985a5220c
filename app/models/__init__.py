"""Floor 1: the typed models. Importing this package makes every table known."""

from __future__ import annotations

from app.models import (
    activities,
    contracts,
    downloads,
    figures,
    history,
    imports,
    lists,
    materials,
    news,
    offers,
    participations,
    receipts,
    registrations,
    results,
    schedules,
    series,
    subscribers,
    templates,
    users,
)

__all__ = [
    "activities",
    "contracts",
    "downloads",
    "figures",
    "history",
    "imports",
    "lists",
    "materials",
    "news",
    "offers",
    "participations",
    "receipts",
    "registrations",
    "results",
    "schedules",
    "series",
    "subscribers",
    "templates",
    "users",
]
