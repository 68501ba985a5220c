"""A record's form as a browser sees it: read from the page, filled in, and sent back whole."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient

NO_FILE = (b"", "")  # what a browser sends for a file input without a file
VOID = {"input", "meta", "link", "br", "img"}


@dataclass
class Form:
    """What a browser would send, and what the page says is wrong, by the field at which it says so."""

    status: int = 200
    location: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    errors: dict[str, list[str]] = field(default_factory=dict)
    alerts: list[str] = field(default_factory=list)
    #: The table of both versions: label, stored, typed.
    conflict: list[tuple[str, ...]] = field(default_factory=list)
    #: What a select shows as chosen, by the name of the field.
    chosen: dict[str, list[str]] = field(default_factory=dict)
    html: str = ""


class _Reader(HTMLParser):
    """Collect the fields of the record's form; the <template> of further rows isn't part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        self.path: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.row: list[str] = []

    def inside(self, tag: str, **wanted: str) -> dict[str, str] | None:
        for name, attributes in reversed(self.path):
            if name == tag and all(value in attributes.get(key, "").split() for key, value in wanted.items()):
                return attributes
        return None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.path.append((tag, attributes))
        if tag in {"p", "div", "textarea", "option", "td", "th"}:
            self.text = ""
        if self.inside("template") is None and self.inside("form", **{"class": "record-form"}) is not None:
            self._field(tag, attributes)

    def _field(self, tag: str, attributes: dict[str, str]) -> None:
        name, kind = attributes.get("name", ""), attributes.get("type", "")
        if tag == "input" and name and kind == "file":
            self.form.files.add(name)
        elif tag == "input" and kind == "checkbox" and "checked" in attributes and name in self.form.fields:
            held = self.form.fields[name]
            self.form.fields[name] = [
                *(held if isinstance(held, list) else [held]),
                attributes.get("value", ""),
            ]
        elif tag == "input" and name and (kind != "checkbox" or "checked" in attributes):
            self.form.fields[name] = attributes.get("value", "")
        elif tag == "select" and name:
            self.form.fields[name] = [] if "multiple" in attributes else ""
        elif tag == "option" and (select := self.inside("select")) and "selected" in attributes:
            value, name = attributes.get("value", ""), select["name"]
            self.form.fields[name] = [*self.form.fields[name], value] if "multiple" in select else value

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        while self.path:
            name, attributes = self.path.pop()
            if name == tag:
                break
        else:
            return
        text, classes = self.text.strip(), attributes.get("class", "").split()
        if self.inside("template") is None:
            if tag == "textarea":
                # A browser leaves out the line feed right after the tag, and sends CR LF for the others.
                lines = self.text.replace("\r\n", "\n").removeprefix("\n").split("\n")
                self.form.fields[attributes["name"]] = "\r\n".join(lines)
            elif tag == "option" and "selected" in attributes:
                self.form.chosen.setdefault((self.inside("select") or {}).get("name", ""), []).append(text)
            elif tag == "p" and "error" in classes:
                around = self.inside("div", **{"class": "invalid-feedback"}) or {}
                place = around.get("id", "").removesuffix("-error")
                self.form.errors.setdefault(place, []).append(text)
            elif tag == "div" and "alert" in classes:
                self.form.alerts.append(text)
            elif tag in {"td", "th"} and self.inside("div", id="conflict"):
                self.row.append(text)
            elif tag == "tr" and self.row:
                self.form.conflict.append(tuple(self.row))
                self.row = []


def read(answer: Any) -> Form:
    """Read the form of a page."""
    reader = _Reader()
    reader.feed(answer.text)
    reader.form.status, reader.form.location = answer.status_code, answer.headers.get("Location", "")
    reader.form.conflict = reader.form.conflict[1:]
    reader.form.html = answer.text
    return reader.form


def opened(client: FlaskClient, url: str) -> Form:
    """Open a form."""
    return read(client.get(url))


def send(client: FlaskClient, url: str, form: Form | None = None, **changes: Any) -> Form:
    """Send a form as it stands but for some changes; None leaves a field out, as an unticked box is.

    The names of rows are written with "__" for "-": parties__0__side.
    """
    form = form or opened(client, url)
    data = {**form.fields, **{name.replace("__", "-"): value for name, value in changes.items()}}
    parts: list[tuple[str, Any]] = []
    for name in sorted(form.files - set(data)):
        parts.append((name, NO_FILE))
    for name, value in data.items():
        if name in form.files and not isinstance(value, tuple):
            # A file input and the hidden input of the file that it keeps have one name; both are sent.
            parts.append((name, NO_FILE))
        parts += [(name, one) for one in (value if isinstance(value, list) else [value]) if one is not None]
    body, kind = encoded(parts)
    return read(client.post(url, data=body, content_type=kind))


def encoded(parts: list[tuple[str, Any]]) -> tuple[bytes, str]:
    """Write multipart/form-data as browsers do; a file is (content, name).

    werkzeug's test client saves the line break of an empty value, and then a parser that reads in blocks takes
    the boundary for the value.
    """
    boundary = "----MarktbueroTests"
    body = io.BytesIO()
    for name, value in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, tuple):
            head += f'; filename="{value[1]}"\r\nContent-Type: application/octet-stream'
        content = value[0] if isinstance(value, tuple) else str(value).encode()
        body.write(f"{head}\r\n\r\n".encode() + content + b"\r\n")
    body.write(f"--{boundary}--\r\n".encode())
    return body.getvalue(), f"multipart/form-data; boundary={boundary}"


def contract_form(client, parties, *, count=2, **more):
    """Give a contract's form with parties, and one contribution of the first to the second."""
    form = opened(client, "/contracts/add")
    names = {}
    for index, party in enumerate(parties[:count]):
        names[f"parties-{index}-organisation"] = str(party.id)
        names[f"parties-{index}-side"] = "nonprofit" if index else "company"
    form.fields |= {
        **names,
        "contributions-0-giver": str(parties[0].id),
        "contributions-0-receiver": str(parties[1].id),
        "contributions-0-category": "hands",
        "contributions-0-text": "Zwei Tage streichen",
        "notes": "Nicht verlieren\r\nauch nicht die zweite Zeile",
        **more,
    }
    return form
