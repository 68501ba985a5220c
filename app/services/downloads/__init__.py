"""Downloads that are made in the background: what their person does, and what the workers do with them."""

from __future__ import annotations

from app.services.downloads.asking import Asked, ask, cancel, may_fetch, remove, retry, see, withdraw
from app.services.downloads.leasing import (
    MOST_ATTEMPTS,
    Lease,
    Made,
    claim,
    fail,
    finish,
    put_off,
    renew,
)
from app.services.downloads.noting import made, note
from app.services.downloads.scheduling import (
    Wanted,
    allowed,
    change,
    reasons,
    run_one,
    schedule,
    switch,
)
from app.services.downloads.tidying import expire, sweep, tidy

__all__ = [
    "MOST_ATTEMPTS",
    "Asked",
    "Lease",
    "Made",
    "Wanted",
    "allowed",
    "ask",
    "cancel",
    "change",
    "claim",
    "expire",
    "fail",
    "finish",
    "made",
    "may_fetch",
    "note",
    "put_off",
    "reasons",
    "remove",
    "renew",
    "retry",
    "run_one",
    "schedule",
    "see",
    "sweep",
    "switch",
    "tidy",
    "withdraw",
]
