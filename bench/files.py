"""Workbooks and CSV beside what others need for the same rows: 12 columns of contacts, fetch included.

    python bench/files.py                        # 100,000 contacts on SQLite and PostgreSQL
    python bench/files.py 1000000 ours           # a million, without the peers

Each runs in a process of its own, on the same rows, in turn with the others: what counts are the ratios. Ours reads in
the scope of an office manager, and makes the file as a list's download does; the peers have no scope.
Peers are installed by requirements.txt beside this file; one that is missing is left out.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import processes  # noqa: E402 - found by the path above
from data import empty  # noqa: E402
from processes import Process  # noqa: E402

QUICK = 100_000
BATCH = 10_000
TIMES, SLOW = 4, 3
NAMES = (
    "id", "last_name", "first_name", "title", "salutation", "street", "postal_code", "city", "language",
    "do_not_email", "created_at", "notes",
)  # fmt: skip
EXCEL = ("fetch", "ours_xlsx", "xlsxwriter_rows", "rustpy", "django_import_export")
CSV = {
    "sqlite": ("ours_csv", "sqlite_shell", "csv_writer"),
    "postgresql": ("ours_csv", "bare_copy", "csv_writer"),
}
WORDS = {
    "fetch": "Fetch alone",
    "ours_xlsx": "**Marktbüro, xlsx**",
    "xlsxwriter_rows": "XlsxWriter, constant_memory, write_row",
    "rustpy": "rustpy-xlsxwriter",
    "django_import_export": "django-import-export",
    "ours_csv": "**Marktbüro, CSV**",
    "sqlite_shell": "sqlite3 shell, CSV",
    "bare_copy": "bare COPY",
    "csv_writer": "csv.writer, same tuples",
}


def application(folder: Path, url: str) -> Any:
    """Make the application on a database."""
    from app import create_app

    return create_app(
        DATA_DIR=folder, UPLOAD_FOLDER=str(folder / "files"), SQLALCHEMY_DATABASE_URI=url, SECRET_KEY="x" * 40,
        SERVER_NAME="localhost", DEMO=False,
    )  # fmt: skip


@contextmanager
def working_as(username: str, folder: Path, url: str) -> Iterator[None]:
    """Work within the rights of somebody, in German."""
    from flask_babel import force_locale

    from app.access import everything, of_staff, opened
    from app.core.db import db
    from app.models.users import Staff

    with application(folder, url).app_context():
        with everything("bench"):
            person = db.session.query(Staff.id).filter_by(username=username).scalar()
        db.session.rollback()
        with opened(of_staff(person)), force_locale("de"):
            yield


def fill(folder: Path, url: str, rows: int) -> None:
    """Make an office with so many contacts, and its manager."""
    from flask_migrate import upgrade

    from app.access import Role, everything
    from app.core import clock
    from app.core.db import db
    from app.models.contacts import Contact, Salutation
    from app.models.languages import Language
    from app.services import users
    from tests import factories as make

    names, towns = ("Müller", "Schmidt & Sohn", "Jäger", "Weiß", "Çelik"), ("Müncheberg", "Köln", "Jena")
    with application(folder, url).app_context(), everything("bench"):
        upgrade()
        users.keep_roles()
        office = make.office("LAG", parent=make.office("Servicestelle"))
        make.staff(Role.OFFICE_MANAGER, offices=(office,), username="manager")
        db.session.commit()
        same = {
            "office_id": office.id, "version": 1, "created_at": clock.now(), "created_by": "bench", "search": "",
            "changed_at": clock.now(), "changed_by": "bench", "do_not_phone": False, "do_not_mail": False,
        }  # fmt: skip
        with db.engine.begin() as connection:
            for start in range(1, rows + 1, BATCH):
                people = [
                    {
                        **same, "id": key, "last_name": f"{names[key % 5]} {key}", "first_name": "Jörg",
                        "title": "Dr." if key % 9 == 0 else None, "salutation": tuple(Salutation)[key % 3],
                        "street": f"Große Straße {key % 200}", "postal_code": f"{key % 99_999:05}",
                        "city": towns[key % 3], "language": tuple(Language)[key % 2], "do_not_email": key % 7 == 0,
                        "notes": f"Kam {key % 31}-mal; will <bald> wieder kommen.",
                    }
                    for key in range(start, min(start + BATCH, rows + 1))
                ]  # fmt: skip
                connection.execute(Contact.__table__.insert(), people)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


class Source:
    """The rows, as ours and the peers read them."""

    names = NAMES

    def __init__(self, url: str) -> None:
        self.url = url
        self.sql = f"SELECT {', '.join(NAMES)} FROM contact ORDER BY id"  # noqa: S608 - of our own names

    def query(self) -> Any:
        """Ask for the columns of a list."""
        from app.core.db import db
        from app.models.contacts import Contact

        return db.session.query(*(getattr(Contact, name) for name in NAMES)).order_by(Contact.id)

    def batches(self) -> Iterator[Sequence[Any]]:
        """Read tuples in batches."""
        from app.core.pieces import ROWS_AT_ONCE, batches

        yield from batches(self.query().yield_per(ROWS_AT_ONCE), ROWS_AT_ONCE)

    @staticmethod
    def plain(row: Any) -> list[Any]:
        """Give a row as writers of workbooks take it: closed sets by their values."""
        return [getattr(value, "value", value) for value in row]


def columns() -> list[Any]:
    """Declare the columns of our files."""
    from operator import itemgetter

    from app.core.excel import Column, Kind

    kinds = {"id": Kind.INTEGER, "do_not_email": Kind.BOOLEAN, "created_at": Kind.DATETIME}
    return [Column(name, itemgetter(index), kinds.get(name, Kind.TEXT)) for index, name in enumerate(NAMES)]


def fetch(source: Source) -> Iterator[bytes]:
    """Read, and write nothing."""
    for _batch in source.batches():
        yield b"-"


def ours_xlsx(source: Source) -> Iterator[bytes]:
    """Make the workbook of a list."""
    from app.core.spliced import workbook

    yield from workbook(columns(), source.batches(), title="Kontakte", locale="de")


def ours_csv(source: Source) -> Iterator[bytes]:
    """Make the CSV of a list."""
    from app.access.copying import copyable
    from app.core import delimited
    from app.core.copies import copied

    direct = copyable(source.query().statement)
    if direct is not None:
        yield from copied(columns(), direct.batches(), direct.numbers)
    else:
        yield from delimited.lines(columns(), source.batches(), delimited.EXCEL)


def measure(what: str, folder: Path, url: str) -> None:
    """Make a file and throw it away, whenever it's asked for; answer with seconds and memory."""
    from app.core.db import db

    out = processes.quiet()
    blocks = globals().get(what) or importlib.import_module(f"peers.{what}").blocks

    def made(_line: str) -> dict[str, float]:
        before = peak(anew=True)
        one = once(blocks(Source(url)))
        return {**one, "memory": (peak() - before) / 1024, "whole": peak() / 1024}

    with working_as("manager", folder, url):
        # Imports and compiled statements aren't what is measured.
        db.session.execute(Source(url).query().limit(1).statement).all()
        processes.answer(made, out)


def once(blocks: Iterator[bytes]) -> dict[str, float]:
    """Read a file to its end."""
    start, first, size = time.perf_counter(), 0.0, 0
    for block in blocks:
        first = first or time.perf_counter() - start
        size += len(block)
    return {"seconds": time.perf_counter() - start, "first": first, "size": size}


def peak(*, anew: bool = False) -> int:
    """Give the most memory that this process has held, in kB, as Linux counts it; ``anew`` lets it begin now."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def run(database: str, rows: int, *, alone: bool) -> dict[str, dict[str, float]]:
    """Fill a database, and have files made of it in turn, some times: others may use the machine, so the best counts.

    What is slow anyway is made once. The memory is that of the first time.
    """
    asked = [*EXCEL, *CSV[database]]
    if alone:
        asked = [one for one in asked if one == "fetch" or one.startswith("ours")]
    with tempfile.TemporaryDirectory() as name, empty(database, Path(name)) as url, ExitStack() as stack:
        fill(Path(name), url, rows)
        started = [one for what in asked if (one := stack.enter_context(child(what, name, url)))]
        found = {process.key: process.ask("first") for process in started}
        for _time in range(TIMES - 1):
            for process in started:
                known = found[process.key]
                if known["seconds"] < SLOW:
                    again = process.ask("again")
                    if again["seconds"] < known["seconds"]:
                        known |= {name: again[name] for name in ("seconds", "first")}
        for what, one in found.items():
            print(f"  {what:24}{one['seconds']:8.2f} s", flush=True)
        return found


@contextmanager
def child(what: str, folder: str, url: str) -> Iterator[Process | None]:
    """Start a process of its own; None where it can't run here."""
    process = Process(what, WORDS[what], [__file__, "--measure", what, folder, url])
    try:
        yield process if process.ready() else None
    finally:
        process.end()


def made_alone(what: str, folder: str, url: str) -> dict[str, float] | None:
    """Measure one of them once; None where it can't run here."""
    with child(what, folder, url) as process:
        found: dict[str, float] | None = process.ask("first") if process else None
    return found


def table(database: str, found: dict[str, dict[str, float]], rows: int) -> str:
    """Write the measurements of a database as Markdown, with the time of each as a multiple of ours of its kind."""
    lines = [
        f"| {database}, {rows:,} × {len(NAMES)} | s | × ours | first byte, ms | memory, MB |",
        "|---|--:|--:|--:|--:|",
    ]
    for what, one in found.items():
        ours = found.get("ours_csv" if what in CSV[database] else "ours_xlsx", one)
        lines.append(
            f"| {WORDS[what]} | {one['seconds']:.2f} | {one['seconds'] / ours['seconds']:.2f}"
            f" | {one['first'] * 1000:.0f} | {one['memory']:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure on both databases, and print the tables."""
    rows = next((int(one) for one in sys.argv[1:] if one.isdecimal()), QUICK)
    found = {}
    for database in CSV:
        print(f"{database}, {rows:,} contacts", flush=True)
        found[database] = run(database, rows, alone="ours" in sys.argv)
    print("\n\n".join(table(database, one, rows) for database, one in found.items()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
    else:
        main()
