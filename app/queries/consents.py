"""The consent log in numbers: no address is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, case, distinct, func, select
from sqlalchemy.orm import aliased

from app.models.newsletters import Newsletter
from app.models.subscribers import Consent, ConsentChannel, ConsentStep, Subscription

ASKED = (ConsentStep.REQUESTED, ConsentStep.RECORDED, ConsentStep.IMPORTED)
SAID_YES = (ConsentStep.CONFIRMED, ConsentStep.IMPORTED)
ENDED = (ConsentStep.WITHDRAWN, ConsentStep.MOVED, ConsentStep.LAPSED)


def asked_by_month(bounds: Sequence[datetime], newsletter: str | None) -> Select[int, int, int]:
    """How many subscriptions were asked for between two bounds, and how many of these were confirmed since.

    By the place of the first bound: when a month begins here, the database doesn't know.
    """
    ask, counts = _asked()
    month = _place(ask.at, bounds)
    query = select(month, *counts).where(ask.at >= bounds[0], ask.at < bounds[-1]).group_by(month)
    found: Select[int, int, int] = _of(query, ask, newsletter)
    return found


def asked_by_source(
    bounds: Sequence[datetime], newsletter: str | None
) -> Select[ConsentChannel, str | None, int, int]:
    """The same by the way on which they were asked for, and the page, the most frequent first."""
    ask, counts = _asked()
    query = (
        select(ask.channel, ask.source_url, *counts)
        .where(ask.at >= bounds[0], ask.at < bounds[-1])
        .group_by(ask.channel, ask.source_url)
        .order_by(counts[0].desc(), ask.channel, ask.source_url)
    )
    found: Select[ConsentChannel, str | None, int, int] = _of(query, ask, newsletter)
    return found


def changes(bounds: Sequence[datetime], newsletter: str | None) -> Select[int, ConsentStep, int]:
    """How many subscriptions began to count, or stopped, between two bounds; -1 is before the first.

    A second confirmation of somebody who had confirmed is none, nor is the end of what never counted: so the sum of
    all is how many count.
    """
    log = _counted(bounds, newsletter)
    month = _place(log.c.at, bounds)
    began = log.c.step.in_(SAID_YES) & (log.c.before.is_(None) | log.c.before.in_(ENDED))
    return select(month, log.c.step, func.count()).where(began | _stopped(log)).group_by(month, log.c.step)


def ended_by_source(
    bounds: Sequence[datetime], newsletter: str | None
) -> Select[ConsentChannel, str | None, int]:
    """How many subscriptions stopped to count between the bounds, by the way on which they were last asked for."""
    log, ask, last = _counted(bounds, newsletter), aliased(Consent), aliased(Consent)
    before = (
        select(func.max(last.id))
        .where(last.subscription_id == log.c.subscription_id, last.id < log.c.id, last.step.in_(ASKED))
        .scalar_subquery()
    )
    return (
        select(ask.channel, ask.source_url, func.count())
        .join_from(log, ask, ask.id == before)
        .where(_stopped(log), log.c.at >= bounds[0])
        .group_by(ask.channel, ask.source_url)
    )


def _counted(bounds: Sequence[datetime], newsletter: str | None) -> Any:
    """Give the steps that begin or end what counts, each with the one before it."""
    return _of(
        select(
            Consent.id,
            Consent.subscription_id,
            Consent.at,
            Consent.step,
            func.lag(Consent.step, type_=Consent.step.type)
            .over(partition_by=Consent.subscription_id, order_by=Consent.id)
            .label("before"),
        ).where(Consent.step.in_((*SAID_YES, *ENDED)), Consent.at < bounds[-1]),
        Consent,
        newsletter,
    ).subquery()


def _stopped(log: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = log.c.step.in_(ENDED) & log.c.before.in_(SAID_YES)
    return found


def _asked() -> tuple[Any, tuple[ColumnElement[int], ColumnElement[int]]]:
    ask, answer = aliased(Consent), aliased(Consent)
    answered = (
        select(answer.id)
        .where(answer.subscription_id == ask.subscription_id, answer.id >= ask.id, answer.step.in_(SAID_YES))
        .exists()
    )
    whose = ask.subscription_id
    return ask, (func.count(distinct(whose)), func.count(distinct(case((answered, whose)))))


def _of(query: Any, log: Any, newsletter: str | None) -> Any:
    """Keep to the steps of a newsletter, by its name; None is all. Of ``_asked`` only the first words count."""
    if log is not Consent:
        query = query.where(log.step.in_(ASKED))
    if newsletter is None:
        return query
    ours = select(Subscription.id).join(Subscription.newsletter).where(Newsletter.name == newsletter)
    return query.where(log.subscription_id.in_(ours))


def _place(at: Any, bounds: Sequence[datetime]) -> ColumnElement[int]:
    """Give the place of the bound at or before a moment; -1 before the first."""
    return case(
        (at < bounds[0], -1), *((at < end, place) for place, (_start, end) in enumerate(pairwise(bounds)))
    )
