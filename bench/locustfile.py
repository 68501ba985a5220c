"""Fifty people who are signed in and click once in five seconds, on data that ``flask generate`` has made.

    locust -f bench/locustfile.py --headless -u 50 -r 5 -t 10m --reset-stats -H http://127.0.0.1:8000

BENCH_PASSWORD is the password of its two accounts. They all come from one address: start the server with
MARKTBUERO_LOGIN_LIMIT="1000 per minute".
"""

from __future__ import annotations

import itertools
import os
import random
import re

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
        name, password = next(ACCOUNTS), os.environ["BENCH_PASSWORD"]
        form = {"username": name, "password": password, "csrf_token": token[1] if token else ""}
        with self.client.post("/login/", form, name="sign in", catch_response=True) as answer:
            if answer.url.endswith("/login/"):
                answer.failure(f"{name} isn't let in")
        self.known = self._records("/contacts/list/")

    def _records(self, address: str, name: str | None = None) -> list[str]:
        page = self.client.get(address, name=name or address)
        return sorted(set(RECORD.findall(page.text)))

    @task(4)
    def read_the_list(self) -> None:
        """Open the list of contacts."""
        self.known = self._records("/contacts/list/") or self.known

    @task(2)
    def turn_over(self) -> None:
        """Go to one of the next pages."""
        page = chance.randrange(1, 5)
        self.client.get(f"/contacts/list/?page_ContactView={page}", name="/contacts/list/ next")

    @task(4)
    def search(self) -> None:
        """Search the list."""
        self._records(f"/contacts/list/?q={chance.choice(WORDS)}", "/contacts/list/ search")

    @task(2)
    def sort(self) -> None:
        """Sort by a heading."""
        column = chance.choice(("last_name", "first_name", "city"))
        self.client.get(
            f"/contacts/list/?_oc_ContactView={column}&_od_ContactView=desc", name="/contacts/list/ sort"
        )

    @task(4)
    def show(self) -> None:
        """Open a contact that was seen in the list."""
        if self.known:
            self.client.get(f"/contacts/show/{chance.choice(self.known)}", name="/contacts/show/")

    @task(2)
    def find(self) -> None:
        """Search everything."""
        self.client.get(f"/search/box?q={chance.choice(WORDS)}", name="/search/box")

    @task(1)
    def others(self) -> None:
        """Look at another list."""
        kind = chance.choice(("organisations", "contracts", "subscribers"))
        self.client.get(f"/{kind}/list/", name=f"/{kind}/list/")

    @task(1)
    def start(self) -> None:
        """Go to the start page."""
        self.client.get("/", name="start")
