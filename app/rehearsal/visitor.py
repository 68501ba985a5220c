"""Somebody with a browser: opens pages and sends forms over HTTP, with cookies and the token of the forms."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from app.rehearsal.stage import Account

PATIENCE = 60  # seconds, for each answer
SHOWN, MOVED = 200, 302

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class UnexpectedError(Exception):
    """A page answered otherwise than it should; the message says which and how."""


@dataclass(frozen=True)
class Answer:
    """What came back. ``location`` is where the page leads on to."""

    status: int
    body: bytes
    headers: Message

    @property
    def text(self) -> str:
        """A page, as text."""
        return self.body.decode(errors="replace")

    @property
    def location(self) -> str:
        """Where it leads on to; "" for a page."""
        return str(self.headers.get("Location", ""))

    def json(self) -> Any:
        """Read what is given to scripts."""
        return json.loads(self.text)

    def field(self, name: str) -> str:
        """Give the value of a field, by its name or its id."""
        found = re.search(rf'<input[^>]* (?:name|id)="{re.escape(name)}"[^>]*>', self.text)
        value = re.search(r' value="([^"]*)"', found[0]) if found else None
        if value is None:
            raise UnexpectedError(f"{name}: {self.status}")
        return unescape(value[1])


class _Stay(HTTPRedirectHandler):
    """Where a page leads on to is looked at, not followed."""

    def redirect_request(self, *_args: Any) -> None:
        return None


class Visitor:
    """A browser window of its own. ``language`` is what the browser asks for."""

    def __init__(self, address: str, language: str) -> None:
        """Take the address of the installation."""
        self.address, self.language = address, language
        self.token = ""
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _Stay())

    def get(self, path: str, *, expect: tuple[int, ...] = (SHOWN,), **headers: str) -> Answer:
        """Open a page. Raises UnexpectedError where it answers otherwise."""
        return self._send(path, None, headers, expect)

    def post(
        self, path: str, fields: Mapping[str, str], *, expect: tuple[int, ...] = (MOVED,), **headers: str
    ) -> Answer:
        """Send a form, with the token of who is signed in. Raises UnexpectedError where it answers otherwise."""
        token = {"csrf_token": self.token} if self.token else {}
        return self._send(path, urlencode({**fields, **token}).encode(), headers, expect)

    def sign_in(self, account: Account) -> None:
        """Sign in as staff do."""
        self.token = self._token("/login/")
        answer = self.post("/login/", {"username": account.username, "password": account.password})
        if "/login" in answer.location:
            raise UnexpectedError(f"/login/: {account.username}")
        self.token = self._token("/account/")

    def _token(self, path: str) -> str:
        found = _TOKEN.search(self.get(path).text)
        if found is None:
            raise UnexpectedError(f"{path}: csrf_token")
        return unescape(found[1])

    def _send(
        self, path: str, body: bytes | None, headers: Mapping[str, str], expect: tuple[int, ...]
    ) -> Answer:
        url = urljoin(self.address, path)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = Request(url, body, {"Accept-Language": self.language, **named})  # noqa: S310 - our own server
        try:
            with self._opener.open(asked, timeout=PATIENCE) as got:
                answer = Answer(got.status, got.read(), got.headers)
        except HTTPError as error:
            with error:
                answer = Answer(error.code, error.read(), error.headers)
        if answer.status not in expect:
            raise UnexpectedError(f"{url.partition('?')[0]}: {answer.status}")
        return answer
