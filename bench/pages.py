"""Pages at the size of a country, beside Django's admin, plain Flask-AppBuilder and the bare SQL, on the same rows.

Each of those compared is a process of its own (bench/asked.py), and they are asked in turn, page by page: what counts
are the ratios. Ours is asked as the agency, which sees all offices, and as the reader of the smallest one. Peers keep
their accounts and sessions in tables of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from asked import AGAIN, FIRST
from processes import Process

ASKED = str(Path(__file__).with_name("asked.py"))

ROUNDS, SLOW = 4, 1_000  # what takes so many milliseconds isn't asked again
SIZE = 25
DEEP = 10_000  # the page of a million contacts that is far behind, counted from 1
MUELLER = quote("müller")
SORTS = (
    "last_name", "first_name", "city", "office", "salutation", "title", "language", "street", "postal_code", "country",
    "lawful_basis", "source", "do_not_email", "do_not_phone", "do_not_mail", "tags", "changed_at",
)  # fmt: skip
LETTERS = ("ter", "sch", "ung")

#: What is asked of ours; of the list of contacts first.
LISTS = {
    "list": "",
    "100 rows": "psize_ContactView=100",
    "next": "page_ContactView=1",
    "far": "page_ContactView={deep}",
    "far, next": "page_ContactView={after}",
    "search, many": f"q={MUELLER}",
    "search, many, sorted": f"q={MUELLER}&_oc_ContactView=city",
    "search, few": "q=hagreuter",
    "search, none": "q=xqzxqz",
    **{f"search, {word}": f"q={word}" for word in LETTERS},
    "filter": "_flt_0_language=en",
    **{f"sort by {name}": f"_oc_ContactView={name}&_od_ContactView=desc" for name in SORTS},
}
PAGES = {
    **{name: f"/contacts/list/?{query}" for name, query in LISTS.items()},
    "add": "/contacts/add",
    "edit": "/contacts/edit/{contact}",
    "show": "/contacts/show/{contact}",
    "show an organisation": "/organisations/show/{organisation}",
    "organisations": "/organisations/list/",
    "subscribers": "/subscribers/list/",
    "contracts": "/contracts/list/",
    "search box": f"/search/box?q={MUELLER}",
    "global search": f"/search/?q={MUELLER}",
    "start": "/",
}
WHO = {
    "agency": "Marktbüro, agency",
    "reader": "Marktbüro, reader",
    "tuned": "Django admin, tuned",
    "django": "Django admin",
    "fab": "FAB as it is",
    "sql": "SQL by hand",
}
#: What is as it comes is slow, and asked for a few pages only.
PLAIN = ("django", "fab")
ASKED_OF_PLAIN = ("list", "far", "sort by last_name", "search, few", "add")
Found = dict[str, dict[str, dict[str, float]]]


def address_of(name: str, keys: Mapping[str, int]) -> str:
    """Give the address of a page."""
    return PAGES[name].format(after=keys["deep"] + 1, **keys)


def deep(contacts: int) -> int:
    """Give the page that is far behind, counted from 0, so that one follows."""
    return min(DEEP, contacts // SIZE - 1) - 1


@contextmanager
def processes(who: list[str], arguments: list[str]) -> Iterator[list[Process]]:
    """Start those that can run."""
    started: list[Process] = []
    try:
        # Both of Django's prepare the same tables: one waits for the other.
        for some in ([one for one in who if one != "django"], [one for one in who if one == "django"]):
            new = [Process(one, WHO[one], [ASKED, one, *arguments]) for one in some]
            started += new
            for process in new:
                if not process.ready():
                    started.remove(process)
                    process.end()
        yield started
    finally:
        for process in started:
            process.end()


def compare(folder: Path, url: str, contacts: int, who: list[str] | None = None) -> Found:
    """Ask all for each page in turn, some rounds, and keep the best."""
    arguments = [str(folder), url, f"{contacts // 2},{contacts // 20},{deep(contacts)}"]
    with processes(who or list(WHO), arguments) as started:
        here = {process.key for process in started}
        found: Found = {one: {} for one in WHO if one in here}
        # What a process does for the first time is nobody's measurement.
        for process in started:
            process.ask(f"{FIRST} list")
        for turn in range(ROUNDS):
            for name in PAGES:
                for process in started:
                    known = found[process.key].get(name)
                    if (turn and known is None) or (process.key in PLAIN and name not in ASKED_OF_PLAIN):
                        continue
                    if known is None:
                        answer = process.ask(f"{FIRST} {name}")
                        if answer is not None:
                            found[process.key][name] = answer
                    elif known["ms"] < SLOW:
                        known["ms"] = min(known["ms"], (process.ask(f"{AGAIN} {name}") or known)["ms"])
    return found


def sizes(databases: Mapping[int, Any]) -> dict[int, float]:
    """Compare our list on databases of several sizes, asked in turn: milliseconds by contacts."""
    found: dict[int, float] = {}
    with ExitStack() as stack:
        started = {
            contacts: stack.enter_context(
                processes(["agency"], [str(one.folder), one.url, f"1,1,{deep(contacts)}"])
            )
            for contacts, one in databases.items()
        }
        for _turn in range(ROUNDS):
            for contacts, (process,) in started.items():
                answer = process.ask(f"{AGAIN} list")
                if answer is not None:
                    found[contacts] = min(found.get(contacts, answer["ms"]), answer["ms"])
    return found


def lines(kind: str, found: Found, contacts: int) -> Iterator[str]:
    """Write the table of one database."""
    peers = [who for who in found if who not in {"agency", "sql"}]
    heads = [
        WHO["agency"],
        "of it SQL",
        *(WHO[who] for who in peers),
        WHO["sql"],
        "× tuned",
        "× (2 SQL + 12)",
    ]
    yield f"| {kind}, {contacts:,} contacts: ms (statements) | {' | '.join(heads)} |"
    yield f"|---|{'--:|' * len(heads)}"
    for name in PAGES:
        mine = found["agency"].get(name)
        if mine is None:
            continue
        tuned, sql = (found.get(who, {}).get(name) for who in ("tuned", "sql"))
        cells = [_cell(mine), f"{mine['sql']:.1f}", *(_cell(found[who].get(name)) for who in peers)]
        cells.append(f"{sql['ms']:.1f}" if sql else "–")
        cells.append(f"{mine['ms'] / tuned['ms']:.2f}" if tuned else "–")
        cells.append(f"{mine['ms'] / allowed(sql):.2f}" if sql else "–")
        yield f"| {title(name, contacts)} | {' | '.join(cells)} |"


def title(name: str, contacts: int) -> str:
    """Say which page is far behind."""
    return name.replace("far", f"page {deep(contacts) + 1:,}")


def allowed(sql: Mapping[str, float]) -> float:
    """Give how many milliseconds a page may take whose bare SQL takes so long."""
    return 2 * sql["ms"] + 12


def _cell(one: Mapping[str, float] | None) -> str:
    return f"{one['ms']:.1f} ({one['statements']:.0f})" if one else "–"
