"""Which tests run in one process: those that share what is slow to make."""

from __future__ import annotations

import re
from typing import Any

from xdist.scheduler import LoadScopeScheduling

DATABASE = re.compile(r"\[(?:.*-)?(sqlite|postgresql)(?:-.*)?\]$")


class ByFileAndDatabase(LoadScopeScheduling):
    """A file's tests on one database stay together, since its rows are made once; and all browsers, one at a time.

    pytest-xdist 3.8 has ``--dist loadgroup`` for this, but pytest 9.2 never sees the groups: each test would go to
    whichever process is free, and the slowest files would be prepared in all of them.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith("tests/browser/"):
            return "browser"
        database = DATABASE.search(nodeid)
        return f"{file}@{database[1]}" if database else file


def scheduler(config: Any, log: Any) -> ByFileAndDatabase:
    return ByFileAndDatabase(config, log)
