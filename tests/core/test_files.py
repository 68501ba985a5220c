"""A file goes with the record or the column that named it, and not before that is for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.files import folder, sweep
from tests import factories as make


@pytest.fixture
def material(database):
    made = make.material(make.office("Servicestelle"))
    made.versions[0].file = stored("old.pdf")
    database.commit()
    return made


def stored(name):
    (folder() / name).write_bytes(b"%PDF-1.4")
    return name


def test_the_file_of_a_deleted_record_is_deleted(database, material):
    database.delete(material)
    database.flush()
    assert (folder() / "old.pdf").exists()
    database.commit()
    assert not (folder() / "old.pdf").exists()


def test_a_file_that_another_took_the_place_of_is_deleted(database, material):
    material.versions[0].file = stored("new.pdf")
    database.commit()
    assert [(folder() / name).exists() for name in ("old.pdf", "new.pdf")] == [False, True]


def test_a_file_stays_when_the_change_is_taken_back(database, material):
    material.versions[0].file = None
    database.flush()
    database.rollback()
    database.commit()
    assert (folder() / "old.pdf").exists()


def test_what_no_record_names_goes_after_a_while(database, material):
    """A form that was refused keeps its file for the next attempt; nobody waits for it for ever."""
    stored("lost.pdf")
    assert sweep(clock.now() - timedelta(days=1)) == 0
    assert sweep(clock.now() + timedelta(seconds=1)) >= 1
    assert [(folder() / name).exists() for name in ("old.pdf", "lost.pdf")] == [True, False]
