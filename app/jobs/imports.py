"""Imports that a person has checked and wants, and what is left of those that nobody wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from flask import current_app
from flask_babel import force_locale

from app.access import Section, Verb, everything, of_staff, opened
from app.core import clock, files, queue
from app.core.db import db
from app.core.queue import every_hour, task
from app.core.values import spoken
from app.models.imports import Import, ImportStatus
from app.models.subscribers import Consent, ConsentChannel, ConsentStep, Subscription
from app.services import importing, subscribers


@task("imports.apply")
def apply(import_id: int, staff_id: int) -> None:
    """Write all rows of a file in one transaction, in the scope of who wants it, as far as it's theirs today.

    A second run finds it done. The mails to those who are asked are enqueued with the same commit.
    """
    with opened(of_staff(staff_id)) as scope:
        record = db.session.get(Import, import_id)
        if record is None or record.status is not ImportStatus.RUNNING:
            return
        if not (scope.may(Verb.WRITE, Section.SUBSCRIBERS) and scope.writes(record.office_id)):
            return
        now = clock.now()
        event = subscribers.Event(now, scope.actor, ConsentChannel.IMPORT)
        with force_locale(spoken(record.office.language.value)):
            asked = importing.apply(record, partial(_step, event), now)
        for key in asked:
            queue.after_commit("subscriptions.ask", key)
        db.session.commit()


@every_hour("imports.tidy")
def tidy() -> None:
    """Delete files that nobody needs any more: those of imports that were left, and uploads that no form sent."""
    config = current_app.config
    with everything("Marktbüro"):
        importing.expire(clock.now() - timedelta(days=config["IMPORT_DAYS"]))
        db.session.commit()
        files.sweep(clock.now() - timedelta(days=config["UPLOAD_DAYS"]))


def _step(
    event: subscribers.Event, lines: Sequence[Subscription], step: ConsentStep, basis: str
) -> list[Consent]:
    """Take a step of subscriptions, with what proves it."""
    return subscribers.take_all(lines, step, replace(event, basis=basis))
