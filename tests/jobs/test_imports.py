"""What is left of imports that nobody ended, and of forms that nobody sent, goes by itself."""

from __future__ import annotations

import os

from app.core import clock, queue
from app.core.db import db
from app.core.files import folder
from app.jobs import imports
from tests import factories as make


def test_old_files_go_and_those_that_a_record_names_stay(app, database):
    office = make.office("LAG")
    folder().mkdir(parents=True, exist_ok=True)
    scan = folder() / "kept_sep_scan.pdf"
    orphan, fresh = folder() / "left_sep_scan.pdf", folder() / "fresh_sep_scan.pdf"
    parties = (make.organisation(office, "Firma"), make.organisation(office, "Verein"))
    make.contract(office, *parties, scan=scan.name)
    db.session.commit()
    old = clock.now().timestamp() - 3 * 24 * 3600
    for path in (scan, orphan, fresh):
        path.write_bytes(b"x")
    for path in (scan, orphan):
        os.utime(path, (old, old))
    imports.tidy()
    assert (scan.exists(), orphan.exists(), fresh.exists()) == (True, False, True)
    assert "imports.tidy" in queue.HOURLY
