"""Where the disk is full for files that are given at once, people are told so, and nothing is half done."""

from __future__ import annotations

import resource
import signal
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from app.access import Role
from app.core.db import db
from app.models.receipts import Receipt
from tests import factories as make


@contextmanager
def no_room():
    """Let the kernel refuse what goes beyond the first few bytes of a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize(
    "address",
    [
        "/contacts/export/xlsx",
        "/contacts/export/csv",
        "/reports/contacts/export",
        "/reports/letters/export.pdf",
    ],
)
def test_a_file_that_finds_no_room_is_said_in_the_persons_language(client, database, address):
    office = make.office("LAG")
    make.contact(office, "Muster")
    make.sign_in(client, make.staff(Role.OFFICE_MANAGER, offices=(office,)), "de")
    db.session.commit()
    with no_room():
        answer = client.get(address)
    assert answer.status_code == 507
    assert "Der Datenträger des Servers ist voll. Es wurde nichts gespeichert." in answer.text
    assert db.session.scalars(select(Receipt)).all() == []
    given = client.get(address)
    given.close()
    assert given.status_code == 200
