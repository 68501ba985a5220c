"""A country's worth of invented data, to see whether an installation is quick at that size: see ``command``."""

from __future__ import annotations

from collections.abc import Callable

from app.generator import deals, offices, people
from app.generator.loading import Loader, loading
from app.generator.plan import Chance, Size

__all__ = ["generate"]

TOLD = 100_000  # after so many contacts something is said again


def generate(size: Size, seed: int, tell: Callable[[str], None]) -> int:
    """Fill an empty database, all of it or nothing, and give the key of the smallest office.

    ``tell`` is given a line for each step.

    Expects the roles' rows. The same size and seed give the same rows, keys and moments included, whichever day it is.
    """
    chance = Chance(seed)
    with loading(tell) as loader:
        network = offices.make(loader, size, chance)
        _told(loader, tell, "offices and organisations")
        for count in people.make(loader, size, chance, network):
            if count % TOLD == 0 or count == size.contacts:
                _told(loader, tell, f"{count:,} contacts and subscribers")
        deals.make(loader, size, chance, network)
        _told(loader, tell, "events and contracts")
    return network.smallest


def _told(loader: Loader, tell: Callable[[str], None], what: str) -> None:
    tell(f"{what}: {loader.rows:,} rows so far")
