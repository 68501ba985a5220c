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
from app.services.downloads.tidying import sweep, tidy

__all__ = [
    "MOST_ATTEMPTS",
    "Asked",
    "Lease",
    "Made",
    "ask",
    "cancel",
    "claim",
    "fail",
    "finish",
    "may_fetch",
    "put_off",
    "remove",
    "renew",
    "retry",
    "see",
    "sweep",
    "tidy",
    "withdraw",
]
