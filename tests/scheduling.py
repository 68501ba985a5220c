"""Which tests run in one process: those that share what is slow to make. And which begin: those that take longest."""

from __future__ import annotations

import re
from typing import Any

from xdist.scheduler import LoadScopeScheduling

DATABASE = re.compile(r"\[(?:.*-)?(sqlite|postgresql)(?:-.*)?\]$")
# What takes a minute or more. Begun late, it would be waited for while the other processes have nothing left.
LONGEST = (
    "tests/browser/",
    "tests/views/test_leaks.py",
    "tests/test_access.py",
    "tests/views/test_addresses.py",
    "tests/views/test_dashboard.py",
)


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
    """Hand the files out in the order of ``longest_first``, which xdist would replace by their number of tests."""
    config.option.loadscopereorder = False
    return ByFileAndDatabase(config, log)


def longest_first(nodeid: str) -> int:
    """Give a test's place among all; those of a file keep theirs."""
    return next((place for place, file in enumerate(LONGEST) if nodeid.startswith(file)), len(LONGEST))
