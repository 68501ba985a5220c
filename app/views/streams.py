"""Files that are sent while they are read, with the receipt begun before the first byte and ended after the last."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from flask import Flask, Response, current_app
from flask_babel import force_locale, get_locale
from werkzeug.datastructures import Headers
from werkzeug.local import LocalProxy

from app.access import Scope, current, opened
from app.core import clock
from app.core.db import db
from app.core.streaming import Apart
from app.models.newsletters import Newsletter
from app.models.receipts import FileStatus
from app.reports.exports.base import Layout
from app.reports.exports.people import Batch
from app.services import receipts

Read = Callable[[], Iterator[Batch]]


@dataclass(frozen=True)
class File:
    """A file that is about to leave: how it's laid out, what is read for it, and what the receipt says of it."""

    newsletter: Newsletter
    layout: Layout
    read: Read
    title: str
    purpose: str
    filters: str


def send(file: File) -> Response:
    """Begin the receipt, and send the file. Who reads, and in which language, is settled now."""
    receipt = receipts.begin(
        file.newsletter,
        file.layout.content,
        title=file.title,
        fmt=file.layout.name,
        filters=file.filters,
        purpose=file.purpose,
    )
    db.session.commit()
    sending = _Sending(
        receipt.id, receipt.office_id, file.layout, file.read, current(), str(get_locale() or "de")
    )
    app = cast("LocalProxy[Flask]", current_app)._get_current_object()  # noqa: SLF001 - as documented
    headers = Headers({"Cache-Control": "no-store"})
    # A list and a blocklist are told apart after they were saved, too.
    name = f"{file.title}_{file.layout.title}_{clock.today():%Y-%m-%d}.{file.layout.suffix}"
    headers.add("Content-Disposition", "attachment", **_named(name))
    return Response(Apart(app, sending.blocks), content_type=file.layout.mimetype, headers=headers)


@dataclass
class _Sending:
    """One file on its way. It runs when the request is over, and commits each piece of its receipt."""

    receipt_id: int
    office_id: int
    layout: Layout
    read: Read
    scope: Scope
    locale: str
    rows: int = 0

    def blocks(self) -> Iterator[bytes]:
        """Yield the file. What breaks off stays in the receipt as it is: it has left the house nevertheless."""
        digest = hashlib.sha256()
        status = FileStatus.BROKEN_OFF
        with force_locale(self.locale), opened(self.scope):
            try:
                for block in self.layout.write(self._noted()):
                    digest.update(block)
                    yield block
                status = FileStatus.COMPLETE
            finally:
                db.session.rollback()
                receipts.end(self.receipt_id, status, digest.hexdigest())
                db.session.commit()

    def _noted(self) -> Iterator[Sequence[Any]]:
        """Write down whose rows come next, before they come."""
        for batch in self.read():
            self.rows += len(batch.rows)
            receipts.note(self.receipt_id, self.office_id, batch.keys, self.rows)
            db.session.commit()
            yield batch.rows


def _named(name: str) -> dict[str, str]:
    """Give a file's name as a header can hold it (RFC 6266), and a plain one for old programs."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return {"filename": plain, "filename*": f"UTF-8''{quote(name)}"}
