"""A list as a person reads it: its headings, the cells of its rows, what it says beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Listed:
    """A page of a list."""

    status: int
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    #: "1–25 of 40"
    count: str = ""
    links: dict[str, str] = field(default_factory=dict)
    #: The key of each row, out of the link in its first cell.
    keys: list[str] = field(default_factory=list)

    @property
    def first(self) -> list[str]:
        """The first cell of each row."""
        return [row[0] for row in self.rows]


class _Reader(HTMLParser):
    def __init__(self, page: Listed) -> None:
        super().__init__()
        self.page = page
        self.text, self.kind, self.rel = "", "", {}

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        if tag == "tr":
            self.page.rows.append([])
        if tag in {"td", "th"} or "alert" in classes or "count" in classes:
            self.text = ""
            self.kind = tag if tag in {"td", "th"} else classes[0]
            if {"check", "row-edit"} & set(classes):
                self.kind = ""
        if tag == "a" and self.page.rows and not self.page.rows[-1] and self.kind == "td":
            self.page.keys.append(attributes["href"].rpartition("/")[2])
        if tag == "a" and "rel" in attributes:
            self.page.links[attributes["rel"]] = attributes["href"]
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        text = self.text.strip()
        if tag == "td" and self.kind == "td":
            self.page.rows[-1].append(text)
        elif tag == "th" and self.kind == "th":
            self.page.headings.append(text.rstrip(" ▲▼"))
        elif tag == "div" and self.kind == "alert":
            self.page.alerts.append(text)
        elif tag == "span" and self.kind == "count":
            self.page.count = text
        else:
            return
        self.kind = ""


def read(answer: Any) -> Listed:
    """Read the list of a page."""
    page = Listed(answer.status_code)
    _Reader(page).feed(answer.text)
    page.rows = [row for row in page.rows if row]
    return page
