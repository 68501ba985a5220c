"""Downloads that are made in the background: a person's own, and the next one for a worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from app.models.downloads import ACTIVE, Download, DownloadState

SHOWN = 200  # nobody looks through more


def listed() -> Select[Download]:
    """The person's downloads, the latest first."""
    return select(Download).order_by(Download.id.desc()).limit(SHOWN)


def active() -> Select[int]:
    """How many there are to wait for."""
    return select(func.count(Download.id)).where(Download.state.in_(ACTIVE))


def same(report: str, fmt: str, sheet: str, language: str, chosen: int | None) -> Select[Download]:
    """The person's that wait or run, and look the same but for their parameters."""
    return (
        select(Download)
        .where(Download.state.in_(ACTIVE), Download.report == report, Download.fmt == fmt)
        .where(
            Download.sheet == sheet,
            Download.language == language,
            Download.chosen.is_not_distinct_from(chosen),
        )
        .order_by(Download.id)
    )


def unseen() -> Select[DownloadState, int]:
    """How many have ended since the person looked last, by how: ready or failed."""
    ended = Download.state.in_({DownloadState.READY, DownloadState.FAILED})
    counted = select(Download.state, func.count(Download.id)).where(ended, Download.seen.is_(False))
    return counted.group_by(Download.state)


def due(now: datetime) -> ColumnElement[bool]:
    """Whether a download can be taken: it waits, not to be tried later; or it ran, and its worker is gone."""
    waits = Download.state.in_(ACTIVE)
    return and_(waits, or_(Download.lease_until.is_(None), Download.lease_until <= now))


def waiting(now: datetime) -> Select[int]:
    """How many can be taken."""
    return select(func.count(Download.id)).where(due(now))


def held(key: int, attempt: int) -> Select[datetime | None]:
    """Until when a download is held at an attempt; nothing where that has ended, or another has begun."""
    running = Download.state == DownloadState.RUNNING
    return select(Download.lease_until).where(Download.id == key, Download.attempts == attempt, running)


def next_ones(now: datetime) -> Select[int, int]:
    """Key and attempts of those that can be taken: first of who has the fewest running, so that twenty block nobody."""
    other = aliased(Download)
    running = (
        select(func.count(other.id))
        .where(
            other.staff_id == Download.staff_id,
            other.state == DownloadState.RUNNING,
            other.lease_until > now,
        )
        .correlate(Download)
        .scalar_subquery()
    )
    ended = (
        select(func.max(other.ended_at))
        .where(other.staff_id == Download.staff_id)
        .correlate(Download)
        .scalar_subquery()
    )
    # Of those with as many, whoever has waited longest since something of theirs was done.
    order = (running, func.coalesce(ended, Download.created_at), Download.id)
    return select(Download.id, Download.attempts).where(due(now)).order_by(*order).limit(20)


def over(now: datetime) -> Select[Download]:
    """Those whose file is kept no longer."""
    kept = Download.state == DownloadState.READY
    return select(Download).where(kept, Download.expires_at <= now).order_by(Download.id)


def old(before: datetime) -> Select[Download]:
    """Those that ended long ago, and of which nobody needs to know any more."""
    return (
        select(Download)
        .where(Download.state.not_in(ACTIVE | {DownloadState.READY}), Download.ended_at < before)
        .order_by(Download.id)
    )


def tokens() -> Select[str | None]:
    """The names of the files that are wanted."""
    wanted = Download.state.in_({DownloadState.READY, DownloadState.RUNNING})
    return select(Download.token).where(wanted, Download.token.is_not(None))
