"""How many right partners the matching finds, beside plainer ways, and how long its pages take.

    python bench/matching.py            # 500 offers and 500 needs on SQLite
    python bench/matching.py 200        # 200 and 200

Two lists of labelled pairs are read: tests/matching/pairs.txt, by which the weights were chosen, and held_out.txt, by
which none was. Both were written by one person for this purpose; real marketplaces are untidier. The peers get the
same categories. rapidfuzz is what the search for likely duplicates uses.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
TIMES = 5
SEED = 2026


def application(folder: Path) -> Any:
    """Make the application on a database in a file."""
    from app import create_app

    return create_app(
        DATA_DIR=folder, UPLOAD_FOLDER=str(folder / "files"), SECRET_KEY="x" * 40, SESSION_TYPE="cachelib",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'bench.sqlite'}", WTF_CSRF_ENABLED=False,
        SERVER_NAME="localhost", DEMO=False,
    )  # fmt: skip


# --- how many are found ---------------------------------------------------------------------------------------
def suggested(found: list[Any]) -> tuple[float, float]:
    """Give the shares of offers and of needs whose partner the page suggests among the first five."""
    from tests.matching.labelled import FIRST, matching_of

    made = matching_of(found)
    hits = [
        [other in [one.other for one in made.suggestions(own.party)[:FIRST]] for own, other in ends]
        for ends in (
            [(pair.offer, pair.need) for pair in found],
            [(pair.need, pair.offer) for pair in found],
        )
    ]
    return statistics.mean(hits[0]), statistics.mean(hits[1])


def fuzzy(found: list[Any], scorer: Any) -> Any:
    """Compare titles with rapidfuzz, the same categories added."""
    from rapidfuzz import process, utils

    from app.core.text import fold
    from tests.matching.labelled import by_words

    titles = [
        [fold(one.title) for one in side] for side in zip(*((p.offer, p.need) for p in found), strict=True)
    ]
    table = process.cdist(*titles, scorer=scorer, processor=utils.default_process) / 100
    return table + (by_words(found) - by_words(found, category=False))


def recalls() -> None:
    """Print the table of recalls."""
    from rapidfuzz import fuzz

    from tests.matching.labelled import by_text, by_words, pairs, recall

    ways: dict[str, Callable[[list[Any]], tuple[float, float]]] = {
        "as suggested": suggested,
        "pieces, no category": lambda found: recall(by_text(found)),
        "plain words": lambda found: recall(by_words(found)),
        "rapidfuzz token_set": lambda found: recall(fuzzy(found, fuzz.token_set_ratio)),
        "rapidfuzz partial": lambda found: recall(fuzzy(found, fuzz.partial_token_set_ratio)),
    }
    print("The right partner is among the first five, in percent of offers / of needs")
    lists = {name: pairs(name) for name in ("pairs", "held_out")}
    heads = [f"{name} ({len(found)})" for name, found in lists.items()]
    print(f"{'':22}" + "".join(f"{head:>18}" for head in heads) + f"{'not hard':>18}{'not hard':>18}")
    for name, way in ways.items():
        easy = [[pair for pair in found if not pair.hard] for found in lists.values()]
        cells = [way(found) for found in (*lists.values(), *easy)]
        print(f"{name:22}" + "".join(f"{100 * one:12.1f} /{100 * other:4.0f}" for one, other in cells))


# --- how long it takes ----------------------------------------------------------------------------------------
def fill(app: Any, count: int) -> tuple[int, str]:
    """Make an event with so many companies' offers and nonprofits' needs; give its key and a person's."""
    from flask_migrate import upgrade

    from app.access import Role, everything
    from app.core.db import db
    from app.models.categories import Side
    from app.models.offers import Direction
    from app.models.participations import ParticipationStatus
    from app.services import users
    from tests import factories as make
    from tests.matching.labelled import pairs

    chance = random.Random(SEED)  # noqa: S311 - made-up data
    with app.app_context(), everything("bench"):
        upgrade()
        users.keep_roles()
        office = make.office("Servicestelle")
        person = make.staff(Role.REGIONAL_OFFICE, offices=(office,))
        event = make.event(office)
        known = [*pairs("pairs"), *pairs("held_out")]
        with db.session.no_autoflush:
            for number in range(count):
                pair = chance.choice(known)
                for entry, side in ((pair.offer, Side.COMPANY), (pair.need, Side.NONPROFIT)):
                    more = chance.choice(known)
                    party = make.organisation(
                        office, f"{side.value} {number}", city=f"Ort {number % 9}", postal_code="15344"
                    )
                    make.participation(event, party, side=side, status=ParticipationStatus.CONFIRMED)
                    make.offer(
                        event, party, title=entry.title, text=more.offer.title, category=entry.category,
                        direction=Direction.OFFER if entry.offered else Direction.NEED,
                    )  # fmt: skip
        db.session.commit()
        return event.id, person.get_id()


def pages(count: int) -> None:
    """Print how long each page takes, and how often that is what reading the rows takes."""
    from app.access import everything

    with tempfile.TemporaryDirectory() as name:
        app = application(Path(name))
        event, person = fill(app, count)
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = person, True
        client.get("/account/")
        print(f"\n{count} offers, {count} needs, {2 * count} organisations, median of {TIMES}")

        def read() -> None:
            from app.core.db import db
            from app.queries import matching

            with app.app_context(), everything("bench"):
                for statement in (matching.organisations(event), matching.open_offers(event)):
                    db.session.execute(statement).all()

        rows = measured(read)[1]
        print(f"{'':22}{'first, s':>12}{'later, s':>12}{'of it CPU, s':>14}{'times the rows':>16}")
        print(f"{'rows alone':22}{'':12}{rows:12.3f}{'':14}{1:16.0f}")
        for end in ("", "/plan", "/unmatched", "/sheets", "/paper"):
            address = f"/matching/{event}{end}"
            first, later, cpu = measured(
                lambda address=address: client.get(address).close(), 1 if end == "/paper" else TIMES
            )
            print(f"{end or '/':22}{first:12.2f}{later:12.2f}{cpu:14.2f}{later / rows:16.0f}")


def measured(work: Callable[[], None], times: int = TIMES) -> tuple[float, float, float]:
    """Give how many seconds something takes the first time, and in the middle of some, and of the processor."""
    taken, busy = [], []
    for _time in range(times):
        start, before = time.perf_counter(), time.process_time()
        work()
        taken.append(time.perf_counter() - start)
        busy.append(time.process_time() - before)
    return taken[0], statistics.median(taken), statistics.median(busy)


def main() -> None:
    """Print both."""
    with tempfile.TemporaryDirectory() as name, application(Path(name)).test_request_context():
        recalls()
    pages(int(sys.argv[1]) if len(sys.argv) > 1 else 500)


if __name__ == "__main__":
    main()
