"""A worker of the whole product as a process of its own, for test_killed.py to kill in the middle of a download.

Leases are short. With ``hang`` it stops for good after so many rows of a download, and goes on saying that it lives.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import timedelta
from pathlib import Path

from app import create_app
from app.core import holding, progress, queue
from app.jobs import downloads, heart

LEASE = 2  # seconds


def main() -> None:
    given = json.loads(sys.argv[1])
    hang = given.pop("hang")
    holding.LEASE = timedelta(seconds=LEASE)
    heart.BEAT = 0.2
    progress.EVERY = 1

    class Hanging(heart.Heart):
        def step(self, rows: int) -> None:
            super().step(rows)
            if hang and self._rows >= hang:
                time.sleep(600)

    downloads.Heart = Hanging
    logging.basicConfig(level=logging.INFO)
    given["DATA_DIR"] = Path(given["DATA_DIR"])
    queue.work(create_app(**given, DOWNLOAD_LEASE=LEASE, WORKERS=2, TESTING=True))


if __name__ == "__main__":
    main()
