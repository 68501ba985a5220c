"""The least that a list needs: SQL written by hand, sent by the driver, rows fetched; for all offices, without a page.

A page is found by keys in the order of an index, then its rows are read with their office, addresses and positions. A
search counts up to a cap, and sorts what it found; on SQLite it goes by the index of pieces of words, as ours does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine

SIZE, CAP = 25, 10_001
SORTED = (
    "first_name", "city", "salutation", "title", "language", "street", "postal_code", "country", "lawful_basis",
    "source", "do_not_email", "do_not_phone", "do_not_mail", "tags", "changed_at",
)  # fmt: skip

ROWS = (
    "SELECT c.id, c.last_name, c.first_name, c.city, o.name FROM ({page}) page JOIN contact c ON c.id = page.id"
    " JOIN office o ON o.id = c.office_id ORDER BY {order}"
)
CHANNELS = (
    "SELECT contact_id, kind, value FROM contact_channel WHERE contact_id IN ({keys}) ORDER BY rank, id"
)
POSITIONS = (
    'SELECT p.contact_id, p."primary", p.since, g.name FROM contact_position p'
    " JOIN organisation g ON g.id = p.organisation_id WHERE p.contact_id IN ({keys}) ORDER BY p.rank, p.id"
)
BY_OFFICE = "SELECT c.id FROM office o JOIN contact c ON c.office_id = o.id"


def walk(order: str, start: int = 0, size: int = SIZE, *, where: str = "", of: str = "") -> str:
    """Find a page by going through an index in its order."""
    return f"{of or 'SELECT c.id FROM contact c'} {where} ORDER BY {order} LIMIT {size} OFFSET {start}"  # noqa: S608 - of our own words


class Pages:
    """The lists, for bench/asked.py."""

    def __init__(self, world: Any) -> None:
        engine = create_engine(world.url)
        self.connection = engine.raw_connection()
        self.cursor = self.connection.cursor()
        self.sqlite = engine.dialect.name == "sqlite"
        if self.sqlite:
            self.cursor.execute("PRAGMA cache_size=-32000")
        first, down = "c.last_name, c.id", "c.{0} DESC, c.id DESC"
        far = world.deep * SIZE
        self.pages = {
            "list": (walk(first), first),
            "100 rows": (walk(first, size=100), first),
            "next": (walk(first, SIZE), first),
            "far": (walk(first, far), first),
            "far, next": (walk(first, far + SIZE), first),
            "filter": (walk(first, where="WHERE c.language = 'en'"), first),
            "sort by last_name": (walk(down.format("last_name")), down.format("last_name")),
            **{f"sort by {name}": (walk(down.format(name)), down.format(name)) for name in SORTED},
            "sort by office": (
                walk("o.name DESC, o.id DESC, c.id DESC", of=BY_OFFICE),
                "o.name DESC, o.id DESC, c.id DESC",
            ),
        }
        words = {
            "many": "mueller",
            "few": "hagreuter",
            "none": "xqzxqz",
            "ter": "ter",
            "sch": "sch",
            "ung": "ung",
        }
        self.words = {f"search, {name}": word for name, word in words.items()}

    def knows(self, name: str) -> bool:
        """Whether there is such a list."""
        return name in self.pages or name in self.words

    def ask(self, name: str) -> None:
        """Find the rows, and read them with their parts."""
        if name in self.words:
            page, order = self._search(self.words[name]), "c.last_name, c.id"
        else:
            page, order = self.pages[name]
        rows = self._all(ROWS.format(page=page, order=order))
        keys = ", ".join(str(row[0]) for row in rows)
        if keys:
            self._all(CHANNELS.format(keys=keys))
            self._all(POSITIONS.format(keys=keys))

    def _search(self, word: str) -> str:
        """Count up to the cap. What is beyond is found in order; what is less is sorted."""
        of, where = "contact c", f"c.search LIKE '%{word}%'"
        if self.sqlite:
            of = "fts_contact JOIN contact c ON c.id = fts_contact.rowid"
            pieces = " ".join(f'"{word[at : at + 3]}"' for at in range(len(word) - 2))
            where += f" AND fts_contact MATCH '{pieces}'"
        found = f"SELECT c.id, c.last_name FROM {of} WHERE {where} LIMIT {CAP}"  # noqa: S608
        ((count,),) = self._all(f"SELECT count(*) FROM ({found}) found")  # noqa: S608
        if count == CAP:
            return walk("c.last_name, c.id", where=f"WHERE c.search LIKE '%{word}%'")
        return f"SELECT id FROM ({found}) hits ORDER BY last_name, id LIMIT {SIZE}"  # noqa: S608

    def _all(self, statement: str) -> list[Any]:
        self.cursor.execute(statement)
        return list(self.cursor.fetchall())

    @staticmethod
    def count(_name: str) -> int:
        """Statements aren't what is compared here."""
        return 0

    @staticmethod
    def sql(_name: str) -> None:
        """It's all SQL."""
