"""What a rehearsal keeps as it goes on: its steps, what the desks were told, and the mails that have come."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select

from app.core import spool
from app.core.values import format_decimal
from app.rehearsal.scenario import Scenario
from app.rehearsal.stage import Stage
from app.rehearsal.visitor import Visitor

PATIENCE = 120  # seconds until mails must be there

_LINK = re.compile(r"https?://\S+/report/\S+")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Step:
    """What was to come, what came, and how many seconds it took; ``good`` is whether that's the same."""

    title: str
    expected: str
    found: str
    seconds: float
    good: bool


class Mailbox:
    """The mails that lie in the spool folder, each read once."""

    def __init__(self, stage: Stage) -> None:
        """Take the installation."""
        self._stage = stage
        self._read: set[str] = set()
        self._recipients: set[str] = set()
        self._links: dict[tuple[str, int], str] = {}

    def recipients(self) -> set[str]:
        """Give everybody who was written to."""
        self._look()
        return self._recipients

    def links(self) -> dict[tuple[str, int], str]:
        """Give the links with which parties report, by the address and the number of the contract."""
        self._look()
        return self._links

    def _look(self) -> None:
        for name in set(spool.names(self._stage.spool)) - self._read:
            message = spool.read(self._stage.spool, name)
            if message is None:
                continue
            self._read.add(name)
            to = str(message["To"].addresses[0].addr_spec)
            self._recipients.add(to)
            body = message.get_body(("plain",))
            link = _LINK.search(body.get_content()) if body else None
            if link:
                self._links[to, int(_NUMBER.findall(message["Subject"])[-1])] = link[0]


@dataclass
class Rehearsal:
    """An evening as it goes on. ``tell`` hears each step when it's done."""

    stage: Stage
    scenario: Scenario
    language: str
    tell: Callable[[Step], None]
    steps: list[Step] = field(default_factory=list)
    #: The number that each contract of the scenario has got.
    numbers: dict[int, int] = field(default_factory=dict)
    #: The address of the hall's screen.
    screen: str = ""

    def __post_init__(self) -> None:
        """Have a mailbox, and nobody signed in."""
        self.mailbox = Mailbox(self.stage)
        self._staff: dict[int, Visitor] = {}

    def window(self) -> Visitor:
        """Open a browser window of somebody without an account."""
        return Visitor(self.stage.address, self.language)

    def staff(self, account: int) -> Visitor:
        """Give the window of the account with this number, signed in."""
        if account not in self._staff:
            self._staff[account] = self.window()
            self._staff[account].sign_in(self.stage.accounts[account])
        return self._staff[account]

    def path(self, page: str, *more: object) -> str:
        """Give the address of one of the event's pages."""
        return "/".join(map(str, (f"/{page}", self.stage.event, *more)))

    def ask(self, statement: Select[Any]) -> Any:
        """Give the one value that a statement asks for."""
        with self.stage.reading() as session:
            return session.scalar(statement)

    def note(self, title: str, expected: object, found: object, seconds: float = 0.0) -> None:
        """Tell a step in which the same has to come as was expected."""
        self._told(Step(title, str(expected), str(found), seconds, good=str(expected) == str(found)))

    def within(self, title: str, limit: float, seconds: float) -> None:
        """Tell a step that mustn't take longer than so many seconds."""
        words = (
            gettext("at most %(number)s s", number=spoken(limit)),
            gettext("%(number)s s", number=spoken(seconds)),
        )
        self._told(Step(title, *words, 0.0, good=seconds <= limit))

    @property
    def good(self) -> bool:
        """Whether everything came as it was expected."""
        return bool(self.steps) and all(step.good for step in self.steps)

    def _told(self, step: Step) -> None:
        self.steps.append(step)
        self.tell(step)


def spoken(seconds: float) -> str:
    """Write seconds in the language of the report; what never came takes for ever."""
    return format_decimal(Decimal(str(round(seconds, 1))), places=1) if isfinite(seconds) else "∞"


@contextmanager
def timed() -> Iterator[Callable[[], float]]:
    """Measure a block: the function gives its seconds so far, and once it has ended, all of them."""
    begin = time.monotonic()
    ended: list[float] = []
    yield lambda: (ended[0] if ended else time.monotonic()) - begin
    ended.append(time.monotonic())


def wait(look: Callable[[], int], wanted: int) -> int:
    """Look until there are as many as wanted, or the time is over; give how many there are."""
    end = time.monotonic() + PATIENCE
    while (found := look()) < wanted and time.monotonic() < end:
        time.sleep(0.1)
    return found
