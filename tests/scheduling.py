"""Which tests run in one process, on which database, and which begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import pytest
from xdist.scheduler import LoadScopeScheduling

DATABASE = re.compile(r"\[(?:.*-)?(sqlite|postgresql)(?:-.*)?\]$")
# What takes half a minute or more. Begun late, it would be waited for while the other processes have nothing left.
LONGEST = (
    "tests/browser/",
    "tests/rehearsal/",
    "tests/views/test_leaks.py",
    "tests/test_access.py",
    "tests/views/test_addresses.py",
    "tests/views/test_dashboard.py",
    "tests/test_migrations.py",
    "tests/reports/test_tables.py",
    "tests/views/test_threads.py",
    "tests/views/test_lists.py",
    "tests/views/test_far_pages.py",
    "tests/api/test_lists.py",
    "tests/generator/",
)

# These open every page, once for both; and these play an evening, or work through it. The other tests with a browser
# take as long as each of them.
WALK = ("tests/browser/test_accessible.py", "tests/browser/test_weight.py")
EVENING = (
    "tests/browser/test_evening.py",
    "tests/browser/test_jobs.py",
    "tests/browser/test_registration.py",
    "tests/browser/test_rehearsal.py",
)

# What these files, or tests whose names begin so, ask is decided above the database: in pages, forms, tokens, headers
# and the number of statements. Each of these tests runs on one of the databases, in turn. What a database decides
# (rules, scope, searches, sorting, locks) is asked on all.
ABOVE = (
    "tests/api/test_access.py",
    "tests/api/test_writing.py",
    "tests/reports/test_certificate.py",
    "tests/reports/test_marketplaces.py",
    "tests/reports/test_matching.py",
    "tests/reports/test_papers.py",
    "tests/reports/test_results.py",
    "tests/test_languages.py",
    "tests/test_security.py",
    "tests/views/test_adding.py",
    "tests/views/test_addresses.py",
    "tests/views/test_bounces.py",
    "tests/views/test_choices.py",
    "tests/views/test_cockpit.py",
    "tests/views/test_dashboard.py",
    "tests/views/test_deciding.py",
    "tests/views/test_downloads.py",
    "tests/views/test_evening.py",
    "tests/views/test_exports.py::test_libreoffice_",
    "tests/views/test_exports_broken.py",
    "tests/views/test_finding.py",
    "tests/views/test_followups.py",
    "tests/views/test_forms.py",
    "tests/views/test_gaps.py",
    "tests/views/test_groups.py",
    "tests/views/test_heads.py",
    "tests/views/test_imports.py",
    "tests/views/test_inputs.py",
    "tests/views/test_keeping.py",
    "tests/views/test_leaks.py::test_a_new_record_",
    "tests/views/test_leaks.py::test_a_posted_key_",
    "tests/views/test_leaks.py::test_a_row_of_a_form_",
    "tests/views/test_lists.py::test_a_list_of_25_rows_",
    "tests/views/test_lists.py::test_a_page_of_a_record_",
    "tests/views/test_matching.py",
    "tests/views/test_my_downloads.py",
    "tests/views/test_next.py",
    "tests/views/test_outbox.py",
    "tests/views/test_own_data.py",
    "tests/views/test_pages.py",
    "tests/views/test_papers.py",
    "tests/views/test_register.py",
    "tests/views/test_reporting.py",
    "tests/views/test_reports.py",
    "tests/views/test_results.py",
    "tests/views/test_rows.py",
    "tests/views/test_saved_views.py",
    "tests/views/test_schedules.py",
    "tests/views/test_showing.py",
    "tests/views/test_signup.py",
    "tests/views/test_templates.py",
    "tests/views/test_users.py",
    "tests/views/test_working.py",
)


class ByFileAndDatabase(LoadScopeScheduling):
    """A file's tests on one database stay together, since its rows are made once; and those with a browser, in three.

    pytest-xdist 3.8 has ``--dist loadgroup`` for this, but pytest 9.2 never sees the groups: each test would go to
    whichever process is free, and the slowest files would be prepared in all of them.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith("tests/browser/"):
            return "walk" if file in WALK else "evening" if file in EVENING else "browser"
        return f"{file}@{database_of(nodeid)}"


def scheduler(config: Any, log: Any) -> ByFileAndDatabase:
    """Hand the files out in the order of ``longest_first``, which xdist would replace by their number of tests."""
    config.option.loadscopereorder = False
    return ByFileAndDatabase(config, log)


def database_of(nodeid: str) -> str:
    """Give the database on which a test runs, or nothing."""
    found = DATABASE.search(nodeid)
    return found[1] if found else ""


def longest_first(nodeid: str) -> int:
    """Give a test's place among all; those of a file keep theirs."""
    return next((place for place, file in enumerate(LONGEST) if nodeid.startswith(file)), len(LONGEST))


def asked_elsewhere(item: pytest.Item, kinds: Sequence[str]) -> bool:
    """Whether a test of ``ABOVE`` has its turn on another of the databases than the one that it names."""
    nodeid = item.nodeid
    found = DATABASE.search(nodeid)
    if not found or not nodeid.startswith(ABOVE) or item.get_closest_marker("each_database"):
        return False
    case = nodeid[: found.start(1)] + nodeid[found.end(1) :]
    return kinds[crc32(case.encode()) % len(kinds)] != found[1]
