"""Fifty people who are signed in and click once in five seconds, on data that ``flask generate`` has made.

    locust -f bench/locustfile.py --headless -u 50 -r 4 -t 10m --reset-stats -H http://127.0.0.1:8000

BENCH_PASSWORD is the password of its two accounts. They all come from one address: start the server with
MARKTBUERO_LOGIN_LIMIT="1000 per minute".
"""

from __future__ import annotations

import itertools
import os
import random
import re
from urllib.parse import urlsplit

from locust import HttpUser, constant_pacing, task

ACCOUNTS = itertools.cycle(("agency", "reader"))
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
RECORD = re.compile(r'href="(?:https?://[^/"]+)?/contacts/show/(\d+)')
WORDS = ("müller", "hagreuter", "schmidt berlin", "ter", "krüger", "xqzxqz", "010")
chance = random.Random(2006)  # noqa: S311 - which page somebody looks at is no secret


class Person(HttpUser):
    """Somebody who looks for people and reads."""

    wait_time = constant_pacing(5)

    def on_start(self) -> None:
        """Sign in as a browser does."""
        page = self.client.get("/login/", name="sign in")
        token = TOKEN.search(page.text)
        account = {"username": next(ACCOUNTS), "password": os.environ["BENCH_PASSWORD"]}
        self.client.post(
            "/login/", {**account, "csrf_token": token[1] if token else ""}, name="sign in"
        ).close()
        self.known = self._click("/contacts/list/", "sign in")

    def _click(self, address: str, name: str | None = None) -> list[str]:
        """Open a page, and give the contacts on it. Who is sent to the sign-in has got no page."""
        with self.client.get(address, name=name or address, catch_response=True) as answer:
            if urlsplit(answer.url).path == "/login/":
                answer.failure("nobody is signed in")
            return sorted(set(RECORD.findall(answer.text or "")))

    @task(4)
    def read_the_list(self) -> None:
        """Open the list of contacts."""
        self.known = self._click("/contacts/list/") or self.known

    @task(2)
    def turn_over(self) -> None:
        """Go to one of the next pages."""
        self._click(
            f"/contacts/list/?page_ContactView={chance.randrange(1, 5)}", "/contacts/list/, next pages"
        )

    @task(4)
    def search(self) -> None:
        """Search the list."""
        self._click(f"/contacts/list/?q={chance.choice(WORDS)}", "/contacts/list/, searched")

    @task(2)
    def sort(self) -> None:
        """Sort by a heading."""
        column = chance.choice(("last_name", "first_name", "city"))
        self._click(
            f"/contacts/list/?_oc_ContactView={column}&_od_ContactView=desc", "/contacts/list/, sorted"
        )

    @task(4)
    def show(self) -> None:
        """Open a contact that was seen in the list."""
        if self.known:
            self._click(f"/contacts/show/{chance.choice(self.known)}", "/contacts/show/")

    @task(2)
    def find(self) -> None:
        """Search everything."""
        self._click(f"/search/box?q={chance.choice(WORDS)}", "/search/box")

    @task(1)
    def look_around(self) -> None:
        """Look at another list that both may read."""
        kind = chance.choice(("organisations", "contracts"))
        self._click(f"/{kind}/list/", f"/{kind}/list/")

    @task(1)
    def come_back(self) -> None:
        """Go to the start page."""
        self._click("/", "/")
