"""Read pages as a person does: their texts, and where they can be opened."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from flask import Flask

from app.models.contracts import Contract
from app.models.events import Event

SPOKEN = {"placeholder", "title", "aria-label", "alt", "data-confirm"}
SILENT = {"script", "style", "template", "code"}


class Texts(HTMLParser):
    """Collect the text nodes of a page, and the attributes that are read out or shown."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._silent += tag in SILENT
        self.found += [value.strip() for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(data.strip())


def texts(html: str) -> list[str]:
    return Texts(html).found


def views(app: Flask) -> Iterator[Any]:
    """Give the generated views."""
    for view in app.extensions["appbuilder"].baseviews:
        if hasattr(view, "show_template") and hasattr(view, "section"):
            yield view


def beside(base: str, key: int | None) -> Iterator[str]:
    """Give the addresses of pages beside a record."""
    if key is not None:
        yield from (
            f"{page}/{key}{end}"
            for page, end in {
                "/events": (("/event-registration", ""), ("/register", "")),
                "/registrations": (("/decide", ""), ("/decide", "?organisation=new")),
            }.get(base, ())
        )


def addresses(app: Flask, rows: dict[type, int]) -> Iterator[str]:
    """Give the address of every page that a person can open; ``rows`` names a record of each model."""
    yield from (
        "/",
        "/account/",
        "/rest-api/",
        "/office/",
        "/search/?q=ma",
        "/reports/",
        "/reports/marketplaces",
        "/roles/list/",
        "/outbox/",
        "/downloads/",
        "/schedules/",
        "/schedules/new/contracts",
    )
    if Event in rows:
        yield f"/papers/{rows[Event]}"
        yield from (
            f"/papers/{rows[Event]}/{name}" for name in ("list", "badges", "signs", "blank", "contracts")
        )
    if Contract in rows:
        yield f"/contract-forms/{rows[Contract]}"
        yield from (f"/matching/{rows[Event]}{end}" for end in ("", "/plan", "/unmatched", "/sheets"))
    for view in views(app):
        base, key = view.route_base, rows.get(view.datamodel.obj)
        yield f"{base}/list/"
        yield from beside(base, key)
        if view.add_columns:
            yield f"{base}/add"
        if key is not None:
            yield f"{base}/show/{key}"
            if view.edit_columns:
                yield f"{base}/edit/{key}"
