"""Downloads that are made in the background: what a person asked for, how far it is, and where the file lies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import LongText, Moment, ShortText, Utc, one_of
from app.core.enums import Titled
from app.models.base import Personal


class DownloadState(Titled):
    """How far a download is."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Broken off")
    EXPIRED = "expired", _("Expired")


#: Which state may follow which. What runs goes back to waiting where the database was away, to be tried again.
#: What runs may be taken up by another worker, where its own is gone.
FOLLOWS: dict[DownloadState, frozenset[DownloadState]] = {
    DownloadState.WAITING: frozenset({DownloadState.RUNNING, DownloadState.FAILED, DownloadState.CANCELLED}),
    DownloadState.RUNNING: frozenset(
        {
            DownloadState.WAITING,
            DownloadState.RUNNING,
            DownloadState.READY,
            DownloadState.FAILED,
            DownloadState.CANCELLED,
        }
    ),
    DownloadState.READY: frozenset({DownloadState.EXPIRED, DownloadState.FAILED}),
    DownloadState.FAILED: frozenset({DownloadState.WAITING}),
    DownloadState.CANCELLED: frozenset({DownloadState.WAITING}),
    DownloadState.EXPIRED: frozenset({DownloadState.WAITING}),
}
#: States in which there is something to wait for.
ACTIVE = frozenset({DownloadState.WAITING, DownloadState.RUNNING})


class DownloadError(Titled):
    """Why a download failed, and what the person can do."""

    RIGHTS = "rights", _("You no longer have the right to take this out as a file.")
    ASKED = "asked", _("What was asked for no longer exists: please ask for it again.")
    OFFICE = "office", _("There is no office yet in which the download could be written down.")
    SPACE = (
        "space",
        _("The server has no room left for the file. Please tell the administrators, and try again."),
    )
    DATABASE = "database", _("The database was away or too busy, at several attempts. Please try again.")
    STOPPED = "stopped", _("The work was broken off at several attempts. Please try again.")
    MISSING = "missing", _("The file isn't there any more. Please try again.")
    BROKEN = "broken", _("The file couldn't be made. The administrators find the reason in the log.")


class Download(Personal):
    """A file that a person asked for; ``words`` say by what it's narrowed, one filter a line.

    ``report`` with ``parameters`` (as an address names them), ``fmt`` and ``sheet`` (of a .csv; "" for the first) say
    what it is, ``chosen`` the key of the office that the person had chosen to work in: no foreign key, since without
    its office the download would be of all of them. While it runs, ``worker`` holds it until ``lease_until``, and
    renews that; a download whose lease ran out is taken up by another. ``token`` is the name of the file, new at each
    attempt, so that a worker that was thought to be gone overwrites nothing.
    ``recipient_id`` is that of a schedule by which it's made, so that its owner learns what became of it.
    ``offices`` (none: all) and ``sections`` are what the file may hold, as the person's rights were when it was made.
    """

    __tablename__ = "download"
    __table_args__: Any = (sa.Index("ix_download_state", "state", "lease_until"),)

    title: Mapped[ShortText]
    words: Mapped[LongText] = mapped_column(default="")
    report: Mapped[str] = mapped_column(sa.String(60))
    parameters: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    fmt: Mapped[str] = mapped_column(sa.String(20))
    sheet: Mapped[str] = mapped_column(sa.String(60), default="")
    language: Mapped[str] = mapped_column(sa.String(10), default="de")
    chosen: Mapped[int | None]
    state: Mapped[DownloadState] = mapped_column(one_of(DownloadState), default=DownloadState.WAITING)
    error: Mapped[DownloadError | None] = mapped_column(one_of(DownloadError))
    rows: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int | None]
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    token: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    worker: Mapped[str | None] = mapped_column(sa.String(64))
    lease_until: Mapped[datetime | None] = mapped_column(Utc())
    attempts: Mapped[int] = mapped_column(default=0)
    offices: Mapped[list[int] | None] = mapped_column(sa.JSON(none_as_null=True))
    sections: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    recipient_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("report_recipient.id", ondelete="SET NULL"), index=True
    )
    seen: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    created_at: Mapped[Moment] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Utc())
    expires_at: Mapped[datetime | None] = mapped_column(Utc())

    def __str__(self) -> str:
        return self.title

    @property
    def active(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in ACTIVE

    @property
    def percent(self) -> int | None:
        """How far it is, as far as anybody knows how much it will be: a whole number up to 99 until it's ready."""
        if not self.expected or self.state is not DownloadState.RUNNING:
            return None
        return min(99, 100 * self.rows // self.expected)

    @property
    def may_retry(self) -> bool:
        """Whether it may be asked for once more."""
        return DownloadState.WAITING in FOLLOWS[self.state] and not self.active
