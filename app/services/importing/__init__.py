"""Bring subscribers and bounces in from a file: take it, look at its columns, check it, apply it; all rows or none.

What differs stays: a name on file isn't replaced by another one of a file, which may be older than what the
person wrote; a missing one is filled in. Nobody who has unsubscribed, is blocked or wants no e-mail comes in.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from flask_babel import gettext

from app.core import sheets
from app.core.clock import OFFICE_ZONE
from app.core.db import db
from app.core.excel import Column, open_workbook, write_table
from app.core.files import folder, remove_after_commit, sha256
from app.core.rules import Problem, RuleBrokenError
from app.models.imports import (
    FAULTS,
    Import,
    ImportConsent,
    ImportKind,
    ImportPreset,
    ImportStatus,
)
from app.queries import imports
from app.services.importing.applying import apply
from app.services.importing.columns import NEEDED, SEVERAL, Target, for_preset
from app.services.importing.judging import Verdict, judged

__all__ = ["apply", "check", "expire", "keep_preset", "opened", "presets", "take"]


def take(record: Import) -> None:
    """Take the file that ``record.file`` names: as a table in plain form.

    Raises RuleBrokenError, which says what is wrong with the file; it stays where it is.
    """
    if not record.file:
        raise RuleBrokenError([Problem("file", gettext("Please choose a file."))])
    source = folder() / Path(record.file).name
    if not source.is_file():  # the form was open for too long
        raise RuleBrokenError([Problem("file", gettext("Please choose the file again."))])
    plain = f"{uuid.uuid4()}_sep_table.csv"
    try:
        record.rows = sheets.take(source, folder() / plain)
    except sheets.UnreadableError as error:
        (folder() / plain).unlink(missing_ok=True)
        raise RuleBrokenError([Problem("file", str(error.message))]) from None
    record.file_name = record.file.partition("_sep_")[2][-200:]
    record.sha256 = sha256(source)
    record.status, record.file = ImportStatus.UPLOADED, plain
    remove_after_commit(source.name)


def opened(record: Import) -> sheets.Sheet:
    """Open the table of an import that isn't done."""
    return sheets.opened(folder() / str(record.file))


# --- Check ----------------------------------------------------------------------------------------------------
def check(record: Import, now: datetime, locale: str) -> None:
    """Say what would become of each row, and put the rows that have to be corrected into a file of their own.

    ``locale`` is the language of the person who is to correct them. Raises RuleBrokenError for columns or a
    consent that say too little.
    """
    problems = [*_column_problems(record), *_consent_problems(record, now)]
    if problems:
        raise RuleBrokenError(problems)
    counts: Counter[str] = Counter()
    wrong: list[Verdict] = []
    for batch in judged(record, now):
        counts.update(one.outcome.value for one in batch)
        wrong += [one for one in batch if one.outcome in FAULTS]
    record.counts, record.status = dict(counts), ImportStatus.CHECKED
    record.rejected = _give_back(record, wrong, locale) if wrong else None
    db.session.flush()


def _column_problems(record: Import) -> Iterable[Problem]:
    chosen = [target for target in record.columns if target]
    for target in NEEDED[record.kind]:
        if target.value not in chosen:
            text = gettext("Please say which column holds this: %(name)s.", name=target.title)
            yield Problem("", text)
    for target in Target:
        if target not in SEVERAL and chosen.count(target.value) > 1:
            yield Problem("", gettext("Two columns can't hold the same: %(name)s.", name=target.title))


def _consent_problems(record: Import, now: datetime) -> Iterable[Problem]:
    """Ask for a proof where nobody is asked: what, when, from where."""
    if record.kind is ImportKind.BOUNCES:
        return
    if record.consent is None:
        yield Problem("consent", gettext("Please say by which right these people are written to."))
    if record.consent is not ImportConsent.GIVEN:
        return
    if not record.basis:
        yield Problem("basis", gettext("Please say to what they agreed, and how."))
    if not record.source:
        yield Problem("source", gettext("Please say where the proof is kept."))
    if record.consented_on is None:
        yield Problem("consented_on", gettext("Please say when they agreed."))
    elif record.consented_on > now.astimezone(OFFICE_ZONE).date():
        yield Problem("consented_on", gettext("This day is still to come."))


def _give_back(record: Import, wrong: Sequence[Verdict], locale: str) -> str:
    """Write rows with their reason, and all that they hold, as text: nothing becomes a formula or a number."""
    name = f"{uuid.uuid4()}_sep_{Path(record.file_name).stem[-80:]}_errors.xlsx"
    with open_workbook(folder() / name, locale=locale, constant_memory=True) as book:
        headings = opened(record).headings
        columns = [
            Column(gettext("Row"), lambda one: str(one.number)),
            Column(gettext("Reason"), lambda one: str(one.outcome.title)),
            *(Column(heading or "–", _cell(place)) for place, heading in enumerate(headings)),
        ]
        write_table(book.sheet(gettext("Rows to be corrected")), columns, wrong)
    return name


def _cell(place: int) -> Callable[[Verdict], str]:
    return lambda one: one.row[place] if place < len(one.row) else ""


# --- Presets and clean-up -------------------------------------------------------------------------------------
def keep_preset(record: Import, name: str) -> None:
    """Keep the assignment of an import's columns under a name; one of that name is replaced."""
    found = next((one for one in presets(record) if one.name == name), None)
    if found is None:
        found = ImportPreset(office_id=record.office_id, kind=record.kind, name=name)
        db.session.add(found)
    found.columns = for_preset(opened(record).headings, record.columns)
    db.session.flush()


def presets(record: Import) -> Sequence[ImportPreset]:
    """Give the assignments that the import's office keeps for files of its kind."""
    return db.session.scalars(imports.presets(record.office_id, record.kind)).all()


def expire(before: datetime) -> int:
    """Delete the files of imports that were brought before a moment, and say how many; for all offices.

    They hold people's addresses, and nobody needs them any more. The record of the import stays.
    """
    found = db.session.scalars(imports.with_files(before)).all()
    for record in found:
        if record.file:
            record.status = ImportStatus.EXPIRED
        record.file = record.rejected = None
    db.session.flush()
    return len(found)
