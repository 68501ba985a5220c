"""How long the first byte of a file of subscribers takes, how much memory the file, and how long all of it.

    python bench/exports.py                          # 100,000 subscribers on SQLite
    python bench/exports.py 1000000 postgresql+psycopg://postgres@127.0.0.1:5432/bench
    python bench/exports.py sizes                    # a hundred thousand rows and a million, see sizes.md

The peer is the least that can be done: csv.writer over one cursor of the driver, without scope, receipt, topics and
personal links. Each runs in a process of its own, on the same rows, in the same run; what counts are the ratios.
The database must be empty; it's left as it is.

With "sizes", files of a list and of subscribers are made of few and of many rows on both databases: what is compared is
how soon they begin and how much memory they take.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
BATCH = 10_000
LAYOUTS = ("xlsx", "csv")
SIZES = (100_000, 1_000_000)


def application(folder: Path, url: str) -> Any:
    """Make the application on a database. Forms need no token here."""
    from app import create_app

    return create_app(
        DATA_DIR=folder, UPLOAD_FOLDER=str(folder / "files"), SQLALCHEMY_DATABASE_URI=url, SECRET_KEY="x" * 40,
        WTF_CSRF_ENABLED=False, SERVER_NAME="localhost", DEMO=False,
    )  # fmt: skip


def fill(folder: Path, url: str, rows: int) -> None:
    """Make an office, an editor, and a newsletter with so many who confirmed."""
    from flask_migrate import upgrade

    from app.access import Role, everything
    from app.core import clock
    from app.core.db import db
    from app.models.subscribers import Subscriber, Subscription
    from app.services import users
    from tests import factories as make

    with application(folder, url).app_context(), everything("bench"):
        upgrade()
        users.keep_roles()
        office = make.office("Servicestelle")
        letter = make.newsletter(office)
        make.staff(Role.NEWSLETTER_EDITOR, offices=(office,), username="editor")
        db.session.commit()
        row = {
            "office_id": office.id, "version": 1, "created_at": clock.now(), "created_by": "bench",
            "changed_at": clock.now(), "changed_by": "bench",
        }  # fmt: skip
        person = {**row, "language": "DE", "delivery": "ok", "bounces": 0, "search": ""}
        with db.engine.begin() as connection:
            for start in range(1, rows + 1, BATCH):
                keys = range(start, min(start + BATCH, rows + 1))
                people = [
                    {
                        **person, "id": key, "uuid": str(uuid.uuid4()), "email": f"person{key}@example.org",
                        "first_name": "Jörg", "last_name": f"Müller {key}", "language": "de",
                    }
                    for key in keys
                ]  # fmt: skip
                lines = [
                    {
                        **row,
                        "id": key,
                        "subscriber_id": key,
                        "newsletter_id": letter.id,
                        "status": "confirmed",
                    }
                    for key in keys
                ]
                connection.execute(Subscriber.__table__.insert(), people)
                connection.execute(Subscription.__table__.insert(), lines)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def ours(folder: Path, url: str, layout: str = "csv") -> Iterator[bytes]:
    """Take the file as an editor does, and yield it as it comes."""
    from app.access import everything
    from app.core.db import db
    from app.models.newsletters import Newsletter
    from app.models.users import Staff

    app = application(folder, url)
    client = app.test_client()
    with app.app_context(), everything("bench"):
        editor = db.session.query(Staff).filter_by(username="editor").one().get_id()
        address = f"/exports/{db.session.query(Newsletter.id).scalar()}"
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = editor, True
    client.get("/account/")
    yield b""
    answer = client.post(address, data={"layout": layout, "purpose": "bench"})
    yield from answer.iter_encoded()
    answer.close()


def peer(folder: Path, url: str) -> Iterator[bytes]:
    """Do the same with one cursor and csv.writer."""
    import sqlalchemy as sa

    app = application(folder, url)
    from app.core.db import db

    with app.app_context(), db.engine.connect() as connection:
        yield b""
        statement = sa.text(
            "SELECT p.email, p.first_name, p.last_name, p.language, p.uuid FROM subscription s JOIN subscriber p"
            " ON p.id = s.subscriber_id WHERE s.newsletter_id = 1 AND s.status = 'confirmed'"
        )
        rows = connection.execution_options(stream_results=True, max_row_buffer=2000).execute(statement)
        for batch in rows.partitions(2000):
            buffer = io.StringIO()
            csv.writer(buffer, delimiter=";").writerows(batch)
            yield buffer.getvalue().encode()


def peak(*, anew: bool = False) -> int:
    """Give the most memory that this process has held, in kB, as Linux counts it; ``anew`` lets it begin now."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def measured(blocks: Iterator[bytes]) -> dict[str, float]:
    """Read a file to its end. The first block is empty: with it, everything is ready."""
    next(blocks)
    before = peak(anew=True)
    start = time.perf_counter()
    next(blocks)
    first = time.perf_counter() - start
    # Ours begins with the headings alone.
    next(blocks)
    rows = time.perf_counter() - start
    for _block in blocks:
        pass
    total = time.perf_counter() - start
    return {
        "first": first,
        "rows": rows,
        "total": total,
        "memory": (peak() - before) / 1024,
        "whole": peak() / 1024,
    }


def sizes() -> None:
    """Make files of few and of many rows, print how they compare, and write it down."""
    import files
    from data import empty
    from growing import LIST, SUBSCRIBERS, grow

    lines = [
        "| file | database | rows | first byte, ms | s | memory, MB | whole process, MB | memory, × fewer rows |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for database in files.CSV:
        for kind, made, tables in (("list", files.fill, LIST), ("subscribers", fill, SUBSCRIBERS)):
            with tempfile.TemporaryDirectory() as name, empty(database, Path(name)) as url:
                made(Path(name), url, SIZES[0])
                few: dict[str, float] = {}
                for rows in SIZES:
                    grow(application, Path(name), url, tables, rows)
                    for layout in LAYOUTS:
                        one = (
                            files.made_alone(f"ours_{layout}", name, url)
                            if kind == "list"
                            else child(layout, name, url)
                        )
                        if one is None:
                            continue
                        few.setdefault(layout, one["memory"])
                        numbers = (
                            f"{rows:,}",
                            f"{one['first'] * 1000:.0f}",
                            f"{one['seconds']:.1f}",
                            f"{one['memory']:.1f}",
                            f"{one['whole']:.0f}",
                            f"{one['memory'] / few[layout]:.2f}",
                        )
                        line = f"| {kind}, {layout} | {database} | {' | '.join(numbers)} |"
                        print(line, flush=True)
                        lines.append(line)
    (HERE / "sizes.md").write_text("\n".join(lines) + "\n", "utf-8")


def child(layout: str, folder: str, url: str) -> dict[str, float]:
    """Measure a file of subscribers in a process of its own."""
    command = [sys.executable, __file__, "--measure", "ours", folder, url, layout]
    answer = subprocess.run(command, check=True, capture_output=True, env=os.environ)  # noqa: S603
    found: dict[str, float] = json.loads(answer.stdout)
    return {**found, "seconds": found["total"]}


def main() -> None:
    """Fill a database, measure both, print the ratios."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder / 'bench.sqlite'}"  # noqa: PLR2004
        fill(folder, url, rows)
        found = {}
        for what in ("peer", "ours"):
            command = [sys.executable, __file__, "--measure", what, name, url]
            answer = subprocess.run(command, check=True, capture_output=True, env=os.environ)  # noqa: S603
            found[what] = json.loads(answer.stdout)
        print(f"{rows:,} subscribers, {url.partition(':')[0]}")
        print(f"{'':12}{'first byte, s':>15}{'first rows, s':>15}{'all, s':>10}{'memory, MB':>12}")
        for what, one in found.items():
            print(
                f"{what:12}{one['first']:15.3f}{one['rows']:15.3f}{one['total']:10.1f}{one['memory']:12.1f}"
            )
        ratios = [found["ours"][key] / max(found["peer"][key], 0.001) for key in ("first", "rows", "total")]
        print(f"{'ours / peer':12}{ratios[0]:15.1f}{ratios[1]:15.1f}{ratios[2]:10.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        blocks = {"ours": ours, "peer": peer}[sys.argv[2]](Path(sys.argv[3]), *sys.argv[4:])
        print(json.dumps(measured(blocks)))
    elif sys.argv[1:2] == ["sizes"]:
        sizes()
    else:
        main()
