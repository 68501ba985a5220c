"""A file whose line breaks stays marked as such: asked of the real server, by a socket that goes away."""

from __future__ import annotations

import socket
import struct
import time
import uuid
from urllib.parse import urlencode

import pytest
from sqlalchemy import insert

import config
from app.access import Role
from app.core import clock
from app.core.serving import serving
from app.models.receipts import FileStatus, Receipt, ReceiptEntry
from app.models.subscribers import Subscriber, Subscription
from run import AHEAD
from tests import factories as make

ROWS = 12_000  # six megabytes
PATIENCE = 30  # seconds


@pytest.fixture
def letter(database):
    letter = make.newsletter(make.office("LAG", parent=make.office("Servicestelle")))
    row = {
        "office_id": letter.office_id, "version": 1, "created_at": clock.now(), "created_by": "",
        "changed_at": clock.now(), "changed_by": "",
    }  # fmt: skip
    person = {
        **row,
        "language": "de",
        "delivery": "ok",
        "bounces": 0,
        "search": "",
        "first_name": "Jörg" * 30,
    }
    keys = range(1, ROWS + 1)
    people = [
        {**person, "id": key, "uuid": str(uuid.uuid4()), "email": f"p{key}@example.org"} for key in keys
    ]
    lines = [
        {**row, "id": key, "subscriber_id": key, "newsletter_id": letter.id, "status": "confirmed"}
        for key in keys
    ]
    database.execute(insert(Subscriber.__table__), people)
    database.execute(insert(Subscription.__table__), lines)
    return letter


@pytest.fixture
def server(app):
    """The embedded server, as run.py sets it up."""
    with serving(app, outbuf_high_watermark=AHEAD, threads=2) as port:
        yield port


def test_a_line_that_breaks_leaves_a_receipt_that_says_so(client, letter, database, server):
    make.sign_in(client, make.staff(Role.NEWSLETTER_EDITOR, offices=(letter.office,)))
    database.commit()
    cookie = client.get_cookie(config.SESSION_COOKIE_NAME).value
    body = urlencode({"layout": "listmonk", "purpose": "Mai"})
    head = (
        f"POST /exports/{letter.id} HTTP/1.1\r\nHost: localhost\r\nCookie: {config.SESSION_COOKIE_NAME}={cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    with socket.create_connection(("127.0.0.1", server), timeout=PATIENCE) as line:
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 200")
        # No goodbye: as if the cable had been pulled.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    receipt = _ended(database)
    assert receipt.status is FileStatus.BROKEN_OFF
    assert 0 < receipt.rows < ROWS
    assert database.query(ReceiptEntry).count() == receipt.rows
    assert receipt.sha256


def _ended(database):
    """Wait until the server has noticed."""
    for _attempt in range(PATIENCE * 10):
        database.rollback()
        receipt = database.query(Receipt).one()
        if receipt.status is not FileStatus.BEGUN:
            return receipt
        time.sleep(0.1)
    return receipt
