"""The proof of consent as a file: each step of each subscription, with what the person was told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.delimited import EXCEL, mailbox
from app.core.excel import Column
from app.labels import actor, label
from app.models.receipts import FileContent
from app.models.subscribers import Consent, ConsentChannel, ConsentStep
from app.queries import exports
from app.queries.subscribers import origins
from app.reports.exports.base import csv_layout, xlsx_layout
from app.reports.exports.people import Batch, pieces

#: Subscriptions have several steps.
SIZE = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A step in plain values: the rows of the log needn't stay in memory until the file is written."""

    at: str
    step: ConsentStep
    email: str
    uuid: str
    channel: ConsentChannel
    source_url: str | None
    wording: str | None
    texts: tuple[str | None, ...]
    basis: str | None
    actor: str
    ip: str | None


def read(newsletter_id: int) -> Iterator[Batch]:
    """Read the log of a newsletter, subscription by subscription."""
    told = (selectinload(Consent.consent_text), selectinload(Consent.privacy_text))
    for rows in pieces(exports.steps(newsletter_id), SIZE):
        people = {row.id: row for row in rows}
        places: dict[int, str] = dict(db.session.execute(origins(list(people))).all())
        found = db.session.scalars(exports.proof(list(people)).options(*told))
        yield Batch(list(people), [_step(one, people[one.subscription_id], places) for one in found])


def _step(consent: Consent, person: Any, places: Mapping[int, str]) -> Step:
    texts = (consent.consent_text, consent.privacy_text)
    return Step(
        # ISO 8601: it's to be compared with the logs of other programs.
        at=f"{consent.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        step=consent.step,
        email=person.email,
        uuid=person.uuid,
        channel=consent.channel,
        source_url=consent.source_url,
        wording=consent.wording,
        texts=tuple(
            value for text in texts for value in ((str(text), text.sha256) if text else (None, None))
        ),
        basis=consent.basis,
        actor=consent.actor,
        ip=places.get(consent.id),
    )


def _columns(email: Callable[[Step], str]) -> tuple[Column, ...]:
    return (
        Column(_("Time (UTC)"), lambda step: step.at, width=22),
        Column(label("Consent", "step"), lambda step: step.step),
        Column(label("Subscriber", "email"), email, width=36),
        Column(label("Subscriber", "uuid"), lambda step: step.uuid, width=38),
        Column(label("Consent", "channel"), lambda step: step.channel),
        Column(label("Consent", "source_url"), lambda step: step.source_url),
        Column(label("Consent", "wording"), lambda step: step.wording),
        Column(_("Wording, version"), lambda step: step.texts[0]),
        Column(_("Wording, SHA-256"), lambda step: step.texts[1]),
        Column(_("Privacy notice, version"), lambda step: step.texts[2]),
        Column(_("Privacy notice, SHA-256"), lambda step: step.texts[3]),
        Column(label("Consent", "basis"), lambda step: step.basis),
        Column(label("Consent", "actor"), lambda step: actor(step.actor)),
        Column(label("ConsentOrigin", "ip"), lambda step: step.ip),
    )


XLSX = xlsx_layout(
    "xlsx", "Excel", _("Proof of consent"), _columns(lambda step: step.email), content=FileContent.PROOF
)
CSV = csv_layout(
    "csv",
    _("CSV for Excel"),
    _columns(lambda step: mailbox(step.email)),
    EXCEL,
    content=FileContent.PROOF,
)
