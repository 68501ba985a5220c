"""A process that answers for one of those compared: it reads “first list”, “again list”, and says how long it took.

    python bench/asked.py agency FOLDER URL CONTACT,ORGANISATION

All are started at once, and asked in turn, page by page: what others do on the machine meanwhile strikes them alike.
No network lies between; a page is asked as its framework's own test client does it.
"""

from __future__ import annotations

import html
import importlib
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import processes  # noqa: E402 - found by the path above

OK = 200
FIRST, AGAIN = "first", "again"
BEFORE_IT, FOLLOWED = "far", "far, next"
NEXT = re.compile(r'rel="next"[^>]* href="([^"]+)"')
MOST, PATIENCE = 5, 0.025  # at most so many tries in a turn, and no more after so many seconds


@dataclass(frozen=True)
class World:
    """What is asked of: where the data are, keys of records, and which page is far behind, counted from 0."""

    folder: Path
    url: str
    contact: int
    organisation: int
    deep: int


class Asked(Protocol):
    """One of those compared."""

    def knows(self, name: str) -> bool:
        """Whether it has such a page, and may see it."""

    def ask(self, name: str) -> None:
        """Get the page."""

    def count(self, name: str) -> int:
        """Count the statements of the page."""

    def sql(self, name: str) -> float | None:
        """Give the milliseconds that the page's statements take alone."""


class Statements:
    """The statements that an engine is sent, to be counted and to be sent again."""

    def __init__(self, engine: Any) -> None:
        from sqlalchemy import event

        self.engine = engine
        self.sent: list[tuple[str, Any]] = []
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        self.sent.append((statement, parameters))

    def again(self) -> float:
        """Send those that read again, rows fetched; give milliseconds, the best of some."""
        connection = self.engine.raw_connection()
        cursor = connection.cursor()

        def send() -> None:
            for statement, parameters in sent:
                cursor.execute(statement, parameters)
                cursor.fetchall()

        sent = [one for one in self.sent if one[0].lstrip().startswith(("SELECT", "WITH"))]
        taken = best(send)
        connection.rollback()
        connection.close()
        return taken


class Ours:
    """Our pages, as one of the two who look at generated data."""

    def __init__(self, world: World, *, who: str) -> None:
        from pages import address_of

        from app import create_app
        from app.access import everything
        from app.core.db import db
        from app.models.contacts import Contact
        from app.models.organisations import Organisation
        from app.models.users import Staff

        app = create_app(
            DATA_DIR=world.folder, UPLOAD_FOLDER=str(world.folder / "files"), SQLALCHEMY_DATABASE_URI=world.url,
            SECRET_KEY="x" * 40, SERVER_NAME="localhost", DEMO=False, RATELIMIT_ENABLED=False,
        )  # fmt: skip
        keys = {"contact": world.contact, "organisation": world.organisation, "deep": world.deep}
        with app.app_context(), everything("bench"):
            person = db.session.query(Staff).filter_by(username=who).one()
            key, home = person.get_id(), person.memberships[0].office_id
            if who == "reader":
                for name, model in (("contact", Contact), ("organisation", Organisation)):
                    keys[name] = db.session.query(db.func.min(model.id)).filter_by(office_id=home).scalar()
            self.statements = Statements(db.engine)
            db.session.rollback()
        self.found: dict[str, str] = {}
        self.address_of = partial(address_of, keys=keys)
        self.client = app.test_client()
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["locale"] = key, True, "de"

    def address(self, name: str) -> str:
        """Give the address of a page; the one behind the page far behind is where its link leads."""
        if name not in self.found:
            self.found[name] = self.address_of(name)
            if name == FOLLOWED:
                link = NEXT.search(self.client.get(self.address_of(BEFORE_IT)).text)
                self.found[name] = html.unescape(link[1]) if link else self.found[name]
        return self.found[name]

    def knows(self, name: str) -> bool:
        """Whether this person may see it."""
        return bool(self.client.get(self.address(name)).status_code == OK)

    def ask(self, name: str) -> None:
        """Get the page."""
        self.client.get(self.address(name)).close()

    def count(self, name: str) -> int:
        """Count its statements."""
        self.statements.sent.clear()
        self.ask(name)
        return len(self.statements.sent)

    def sql(self, _name: str) -> float | None:
        """Send the statements of the page that was counted again."""
        return self.statements.again()


def peer(world: World, *, module: str, **options: Any) -> Asked:
    """Give one of the peers."""
    found: Asked = importlib.import_module(f"peers.{module}").Pages(world, **options)
    return found


WHO: dict[str, Callable[[World], Asked]] = {
    "agency": partial(Ours, who="agency"),
    "reader": partial(Ours, who="reader"),
    "tuned": partial(peer, module="django_pages", tuned=True),
    "django": partial(peer, module="django_pages", tuned=False),
    "fab": partial(peer, module="fab_pages"),
    "sql": partial(peer, module="plain_sql"),
}


def best(ask: Callable[[], Any]) -> float:
    """Ask some times, and give the milliseconds of the best one; what is slow is asked once."""
    begin, found = time.perf_counter(), []
    while len(found) < MOST and (not found or time.perf_counter() - begin < PATIENCE):
        start = time.perf_counter()
        ask()
        found.append(time.perf_counter() - start)
    return min(found) * 1000


def answer(asked: Asked, name: str, *, first: bool) -> dict[str, Any] | None:
    """Measure a page; the first time, also count its statements. None where there is no such page."""
    if first and not asked.knows(name):
        return None
    if not first:
        return {"ms": best(partial(asked.ask, name))}
    return {
        "statements": asked.count(name),
        "sql": asked.sql(name),
        "ms": best(partial(asked.ask, name)),
    }


def main() -> None:
    """Answer until nobody asks any more."""
    out = processes.quiet()
    who, folder, url, numbers = sys.argv[1:]
    contact, organisation, deep = map(int, numbers.split(","))
    asked = WHO[who](World(Path(folder), url, contact, organisation, deep))

    def measure(line: str) -> dict[str, Any] | None:
        turn, name = line.split(" ", 1)
        return answer(asked, name, first=turn == FIRST)

    processes.answer(measure, out)


if __name__ == "__main__":
    main()
