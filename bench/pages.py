"""Pages at the size of a country, beside Django's admin, on the same rows.

    python bench/pages.py                                     # 100,000 contacts on both databases, made for it
    python bench/pages.py sqlite:////data/marktbuero.sqlite   # one that `flask generate` has filled

Writes the table into pages.md and pages.json. Each runs in a process of its own and answers in it, without a network,
in the same run: what counts are the ratios. "SQL alone" is what the statements of our page take when the driver sends
them again and fetches the rows. Ours is asked as the agency, which sees all offices, and as the reader of the smallest
one. Django's admin keeps accounts and sessions in tables of its own, which it adds to the database.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

QUICK = 100_000
TIMES, PATIENCE = 7, 1.0  # at most so many tries, and no more after so many seconds
AGENCY, READER = "agency", "reader"
SIZE = 25
DEEP = 10_000  # the page of a million contacts that is far behind
OK = 200
MUELLER = quote("müller")

#: What is asked of ours; of the list of contacts first.
PAGES = {
    "list": "/contacts/list/",
    "100 rows": "/contacts/list/?psize_ContactView=100",
    "page 10,000": "/contacts/list/?page_ContactView={deep}",
    "search, many": f"/contacts/list/?q={MUELLER}",
    "search, three letters": "/contacts/list/?q=ter",
    "search, few": "/contacts/list/?q=hagreuter",
    "search, none": "/contacts/list/?q=xqzxqz",
    "filter": "/contacts/list/?_flt_0_language=en",
    **{
        f"sort by {column}": f"/contacts/list/?_oc_ContactView={column}&_od_ContactView=desc"
        for column in ("last_name", "first_name", "city", "office")
    },
    "search, many, sorted": f"/contacts/list/?q={MUELLER}&_oc_ContactView=city",
    "add": "/contacts/add",
    "edit": "/contacts/edit/{contact}",
    "show": "/contacts/show/{contact}",
    "show an organisation": "/organisations/show/{organisation}",
    "organisations": "/organisations/list/",
    "subscribers": "/subscribers/list/",
    "contracts": "/contracts/list/",
    "global search": f"/search/box?q={MUELLER}",
    "start": "/",
}
WHO = {
    "ours": "Marktbüro, agency",
    "reader": "Marktbüro, reader",
    "tuned": "Django admin, tuned",
    "django": "Django admin",
}


def application(folder: Path, url: str) -> Any:
    """Make the application on a database."""
    from app import create_app

    return create_app(
        DATA_DIR=folder, UPLOAD_FOLDER=str(folder / "files"), SQLALCHEMY_DATABASE_URI=url, SECRET_KEY="x" * 40,
        SERVER_NAME="localhost", DEMO=False, RATELIMIT_ENABLED=False,
    )  # fmt: skip


def fill(folder: Path, url: str) -> None:
    """Make the data."""
    app = application(folder, url)
    for arguments in (["init"], ["generate", "--contacts", str(QUICK)]):
        done = app.test_cli_runner().invoke(args=arguments)
        if done.exit_code:
            raise RuntimeError(done.output)


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
        found = []
        for _time in range(3):
            begin = time.perf_counter()
            for statement, parameters in self.sent:
                if statement.lstrip().startswith(("SELECT", "WITH")):
                    cursor.execute(statement, parameters)
                    cursor.fetchall()
            found.append(time.perf_counter() - begin)
        connection.rollback()
        connection.close()
        return min(found) * 1000


def best(ask: Callable[[], Any]) -> float:
    """Ask some times, and give the milliseconds of the best one; what is slow is asked less often."""
    ask()
    begin, found = time.perf_counter(), []
    while len(found) < TIMES and (not found or time.perf_counter() - begin < PATIENCE):
        start = time.perf_counter()
        ask()
        found.append(time.perf_counter() - start)
    return min(found) * 1000


def ours(folder: Path, url: str, who: str) -> Iterator[tuple[str, dict[str, float]]]:
    """Ask our pages."""
    from app.access import everything
    from app.core.db import db
    from app.models.contacts import Contact
    from app.models.organisations import Organisation
    from app.models.users import Staff

    app = application(folder, url)
    with app.app_context(), everything("bench"):
        person = db.session.query(Staff).filter_by(username=who).one()
        key, home = person.get_id(), person.memberships[0].office_id
        mine = {} if who == AGENCY else {"office_id": home}
        first = {
            name: db.session.query(db.func.min(model.id)).filter_by(**mine).scalar()
            for name, model in (("contact", Contact), ("organisation", Organisation))
        }
        deep = _deep(db.session.query(db.func.max(Contact.id)).scalar())
        statements = Statements(db.engine)
        db.session.rollback()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["locale"] = key, True, "de"
    for name, pattern in PAGES.items():
        ask = partial(client.get, pattern.format(deep=deep, **first))
        if ask().status_code != OK:
            continue  # a reader edits nothing
        ms = best(ask)
        statements.sent.clear()
        ask()
        count = len(statements.sent)
        yield name, {"ms": ms, "statements": count, "sql": statements.again()}


def django(_folder: Path, url: str, *, tuned: bool) -> Iterator[tuple[str, dict[str, float]]]:
    """Ask Django's admin."""
    from peers import django_pages
    from sqlalchemy import create_engine, text

    with create_engine(url).connect() as connection:
        deep = _deep(connection.scalar(text("SELECT max(id) FROM contact")))
    for name, ask, count in django_pages.asked(url, deep, 1, tuned=tuned):
        if ask().status_code == OK:
            yield name, {"ms": best(ask), "statements": count()}


def _deep(contacts: int) -> int:
    return min(DEEP, contacts // SIZE - 1)


MEASURED: dict[str, Callable[[Path, str], Iterator[tuple[str, dict[str, float]]]]] = {
    "ours": partial(ours, who=AGENCY),
    "reader": partial(ours, who=READER),
    "tuned": partial(django, tuned=True),
    "django": partial(django, tuned=False),
}


def compare(folder: Path, url: str) -> dict[str, dict[str, dict[str, float]]]:
    """Ask each in a process of its own."""
    found = {}
    for what in MEASURED:
        command = [sys.executable, __file__, "--measure", what, str(folder), url]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own
        if done.returncode:
            print(f"{WHO[what]} is left out: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        else:
            found[what] = json.loads(done.stdout)
    return found


def lines(kind: str, found: dict[str, dict[str, dict[str, float]]]) -> Iterator[str]:
    """Write the table of one database."""
    yield f"| {kind}, ms (statements) | {' | '.join(WHO[what] for what in found)} | SQL alone | × tuned |"
    yield f"|---|{'--:|' * (len(found) + 2)}"
    for name in PAGES:
        cells = []
        for each in found.values():
            one = each.get(name)
            cells.append(f"{one['ms']:.1f} ({one['statements']})" if one else "–")
        mine, peer = found["ours"].get(name), found.get("tuned", {}).get(name)
        sql = f"{mine['sql']:.1f}" if mine else "–"
        ratio = f"{mine['ms'] / peer['ms']:.2f}" if mine and peer else "–"
        yield f"| {name} | {' | '.join(cells)} | {sql} | {ratio} |"
    yield ""


def main() -> None:
    """Measure on each database, and write it down."""
    from tests.conftest import new_database

    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with new_database() as server:
            made = [f"sqlite:///{folder / 'bench.sqlite'}", server]
            for url in sys.argv[1:] or made:
                if url in made:
                    fill(folder, url)
                results[url.partition(":")[0].partition("+")[0]] = compare(folder, url)
    text = "\n".join(line for kind, found in results.items() for line in lines(kind, found))
    print(text)
    (HERE / "pages.md").write_text(text, encoding="utf-8")
    (HERE / "pages.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(dict(MEASURED[sys.argv[2]](Path(sys.argv[3]), sys.argv[4]))))
    else:
        main()
