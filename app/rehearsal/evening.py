"""The evening: people arrive, three desks enter contracts at once, the hall follows, and the gong sounds."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from html import unescape
from math import inf
from typing import Self

from flask_babel import gettext
from sqlalchemy import func, select

from app.models.categories import Side
from app.models.contracts import Contract
from app.models.organisations import Organisation
from app.models.participations import Participant, Participation
from app.models.results import EventResult
from app.rehearsal.scenario import DESKS, EXPECTED, Deal
from app.rehearsal.steps import Rehearsal, timed
from app.rehearsal.visitor import SHOWN, Answer, Visitor

PHONES = 2  # at the door
LOOKS = 1.0  # seconds between two looks of the hall's screen, as its script has it
TWICE = 4  # each fourth contract of a desk is sent once more, as if the answer had got lost
UNCHANGED = 304

_EXPECTED_GUEST = re.compile(
    r'<strong>([^<]+)</strong>(?:(?!</li>).)*?action="(/checkin/\d+/in/\d+)"', re.DOTALL
)
_SHOWN = re.compile(r'screen-main"><dt>[^<]*</dt><dd>([^<]*)</dd>')


# --- the door -------------------------------------------------------------------------------------------------
def check_in(at: Rehearsal) -> None:
    """Everybody comes."""
    with timed() as seconds:
        arrive(at)
    there = (Participation.event_id == at.stage.event, Participant.checked_in_at.is_not(None))
    found = at.ask(select(func.count(Participant.id)).join(Participant.participation).where(*there))
    at.note(gettext("People who are checked in"), EXPECTED.people, found, seconds())


def arrive(at: Rehearsal, later: Collection[str] = ()) -> None:
    """Two phones check in who comes, and those whom nobody expected; but for some people, who come later."""
    phones = [at.staff(1 + number) for number in range(PHONES)]
    text = phones[0].get(at.path("checkin")).text
    listed = {unescape(name): path for name, path in _EXPECTED_GUEST.findall(text)}
    arriving = [listed[name] for guest in at.scenario.guests for name in guest.people if name not in later]
    keys = organisations(at)
    unexpected = [(name, str(keys[guest.name])) for guest in at.scenario.guests for name in guest.walk_ins]

    def work(number: int) -> None:
        for path in arriving[number::PHONES]:
            phones[number].post(path, {})
        for name, key in unexpected[number::PHONES]:
            phones[number].post(at.path("checkin", "walk-in"), {"name": name, "organisation": key})

    with ThreadPoolExecutor(PHONES) as pool:
        list(pool.map(work, range(PHONES)))


def organisations(at: Rehearsal) -> dict[str, int]:
    """Give the keys of those who take part, by name."""
    with at.stage.reading() as session:
        found = (
            select(Organisation.name, Organisation.id)
            .join(Participation, Participation.organisation_id == Organisation.id)
            .where(Participation.event_id == at.stage.event)
        )
        return dict(session.execute(found).all())


# --- the desks, and the hall ----------------------------------------------------------------------------------
class Hall:
    """The screen in the hall: it looks once a second, and remembers when it first showed which number."""

    def __init__(self, visitor: Visitor, address: str, wanted: int, follows: float) -> None:
        """Take a window of somebody who isn't signed in, the number that it shows in the end, and how late at most."""
        self._visitor, self._address, self._wanted, self._follows = visitor, address, wanted, follows
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hall", daemon=True)
        self.seen: list[tuple[float, int]] = []
        self.failed: Exception | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        # The last contract may be shown as late as that, and is missed if it's later.
        end = time.monotonic() + self._follows + LOOKS
        while self._thread.is_alive() and time.monotonic() < end and self._last < self._wanted:
            time.sleep(0.05)
        self._stop.set()
        self._thread.join()

    @property
    def _last(self) -> int:
        return self.seen[-1][1] if self.seen else 0

    def _run(self) -> None:
        mark = ""
        try:
            while not self._stop.wait(LOOKS):
                headers = {"If_None_Match": mark} if mark else {}
                answer = self._visitor.get(f"{self._address}/now", expect=(SHOWN, UNCHANGED), **headers)
                if answer.status == SHOWN:
                    mark = str(answer.headers["ETag"])
                    self.seen.append((time.monotonic(), number_on(answer)))
        except Exception as error:  # noqa: BLE001 - it belongs to who plays the evening, not to this thread
            self.failed = error

    def slowest(self, saved: list[float]) -> float:
        """Give how many seconds the screen needed at most to show what was saved at these moments."""
        if self.failed:
            raise self.failed
        return max(waits(saved, self.seen), default=0.0)


def waits(saved: list[float], seen: list[tuple[float, int]]) -> list[float]:
    """Give the times from each save to the first sight of a number that counts it; infinite without one."""
    return [
        next((at for at, shown in seen if shown >= number), inf) - moment
        for number, moment in enumerate(sorted(saved), 1)
    ]


def number_on(answer: Answer) -> int:
    """Read the big number of the screen."""
    found = _SHOWN.search(answer.text)
    return int(found[1]) if found else -1


def agree(at: Rehearsal) -> None:
    """Three desks enter their contracts at once; now and then one sends the same once more."""
    lead = at.staff(0)
    lead.post(at.path("hall", "open"), {})
    at.screen = lead.get(at.path("hall")).field("address")
    desks = [at.staff(1 + number) for number in range(DESKS)]
    keys = organisations(at)
    saved: list[float] = []
    told: dict[int, set[int]] = {}

    def work(desk: int) -> None:
        for place, deal in enumerate(at.scenario.share(desk)):
            fields = {"entry_key": uuid.uuid4().hex, "language": at.language, **entry(deal, keys)}
            for again in range(1 + (place % TWICE == 0)):
                answer = desks[desk].post(at.path("desk"), fields, expect=(SHOWN,), Accept="application/json")
                told.setdefault(deal.number, set()).add(answer.json()["number"])
                if not again:
                    saved.append(time.monotonic())

    screen = Hall(at.window(), at.screen, len(at.scenario.deals), at.scenario.follows)
    with screen as hall, timed() as seconds, ThreadPoolExecutor(DESKS) as pool:
        list(pool.map(work, range(DESKS)))
    at.numbers = {number: min(given) for number, given in told.items()}
    of_event = select(Contract.number).where(Contract.event_id == at.stage.event)
    with at.stage.reading() as session:
        numbers = list(session.scalars(of_event))
    at.note(gettext("Contracts at three desks at once"), EXPECTED.contracts, len(numbers), seconds())
    wrong = len(numbers) - len(set(numbers) & set(range(1, EXPECTED.contracts + 1)))
    missing = len(set(range(1, EXPECTED.contracts + 1)) - set(numbers))
    doubled = sum(len(given) > 1 for given in told.values())
    at.note(gettext("Numbers that are missing, or given twice"), 0, wrong + missing + doubled)
    at.within(gettext("The hall’s screen follows"), at.scenario.follows, hall.slowest(saved))


def entry(deal: Deal, keys: dict[str, int]) -> dict[str, str]:
    """Give what is typed at the desk, by the names of the fields."""
    fields = {f"parties-{place}": str(keys[party.name]) for place, party in enumerate(deal.parties)}
    for number, line in enumerate(deal.lines):
        written = {
            "category": line.category.value,
            "text": line.text,
            "hours": str(line.hours or ""),
            "value": str(line.value or ""),
            "giver": str(line.giver),
            "receiver": str(line.receiver),
        }
        fields |= {f"lines-{number}-{name}": typed for name, typed in written.items()}
    return fields


# --- the gong -------------------------------------------------------------------------------------------------
def sound_the_gong(at: Rehearsal) -> None:
    """The count is frozen: the screen, and what is kept, say the same."""
    lead = at.staff(0)
    with timed() as seconds:
        after = lead.get(at.path("hall")).field("after")
        lead.post(at.path("hall", "gong"), {"after": after})
    with at.stage.reading() as session:
        frozen = (
            session.scalars(select(EventResult).where(EventResult.event_id == at.stage.event)).one().content
        )
    at.note(gettext("Contracts that the gong freezes"), EXPECTED.contracts, frozen["contracts"], seconds())
    at.note(
        gettext("Contracts on the hall’s screen"), EXPECTED.contracts, number_on(at.window().get(at.screen))
    )
    sides = frozen["organisations"]
    at.note(gettext("Companies that came"), EXPECTED.companies, sides[Side.COMPANY.value])
    at.note(gettext("Nonprofits that came"), EXPECTED.nonprofits, sides[Side.NONPROFIT.value])
    at.note(gettext("People who came"), EXPECTED.people, frozen["people"])
    at.note(gettext("Equivalent value in euros"), at.scenario.value, int(Decimal(frozen["value"]["number"])))
