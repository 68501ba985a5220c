"""Write a form into a record, or say at each field why not. The edge commits here, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_appbuilder.filemanager import uuid_originalname
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import BooleanField

from app.access import ForeignRowError
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.core.values import display
from app.services import records
from app.views.forms import OfficeForm
from app.views.parsed import Parsed
from app.views.rows import Rows
from app.views.uploads import Upload


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed, or that both did."""

    label: str
    stored: str
    typed: str


def create(model: type[Any], form: OfficeForm, before_save: Callable[..., None]) -> Any:
    """Make a record from a form. None, and the problems in the form, where it breaks a rule."""
    item = model()
    return item if _save(item, form, before_save, new=True) else None


def change(item: Any, form: OfficeForm, before_save: Callable[..., None]) -> bool:
    """Write a form into a record."""
    return _save(item, form, before_save, new=False)


def _save(item: Any, form: OfficeForm, before_save: Callable[..., None], *, new: bool) -> bool:
    session = db.session
    broken: list[tuple[Any, list[Problem]]]
    try:
        with session.no_autoflush:
            form.populate_obj(item)
            before_save(item, new=new)
            broken = [
                (row, problems) for row in records.with_parts(item) if (problems := list(row.problems()))
            ]
        if not broken:
            if new:
                session.add(item)
            session.commit()
            return True
    except RuleBrokenError as error:
        broken = [(error.origin or item, list(error.problems))]
    except ForeignRowError:
        session.rollback()
        abort(404)
    except IntegrityError as error:
        session.rollback()
        broken = [(item, [records.clash(error, item)])]
    except StaleDataError:
        text = gettext("Somebody else saved this record at the same moment. Please save again.")
        broken = [(item, [Problem("", text)])]
    session.rollback()
    form.reread()
    for row, problems in broken:
        form.show(problems, origin=None if row is item else row)
    return False


def foresee(item: Any, form: OfficeForm) -> None:
    """Say of a form that has mistakes what else is wrong with it, so that it comes in one round. Nothing is written.

    Rules are asked of what could be read. What stands at a field that has a message is left out: its rule may only
    miss what couldn't be read. Files are left alone.
    """
    with db.session.no_autoflush:
        for name in form.own:
            field = form[name]
            if field.errors and not isinstance(field, Rows):
                setattr(item, name, [] if isinstance(field.data, list) else None)
            elif not form.takes_files(name):
                field.populate_obj(item, name)
        broken = [(row, list(row.problems())) for row in records.with_parts(item)]
    db.session.rollback()
    form.reread()
    for row, problems in broken:
        form.show(problems, origin=None if row is item else row, only_new=True)


def differences(item: Any, form: OfficeForm) -> list[Difference]:
    """Compare a form that was opened on an older version with the record of today; [] where it's current.

    The form goes on under today's version: with what the person changed, and elsewhere with what is stored
    now. Saved once more, knowingly, it's taken.
    """
    if form.row_version.data == str(item.version):
        return []
    found = []
    before = _opened(form)
    fresh = type(form)(formdata=None, obj=item)
    today = {name: _text(fresh[name]) for name in fresh.own}
    for name in form.own:
        stored, typed = today[name], _text(form[name])
        if stored != typed:
            found.append(Difference(str(form[name].label.text), stored, typed))
            if before.get(name) == typed:
                form.take(name, fresh)
    _note(item, form, today)
    return found or [Difference(gettext("No field differs."), "", "")]


def open_on(item: Any, form: OfficeForm) -> None:
    """Note in a form that was just opened on which version of the record it stands, and what that holds."""
    _note(item, form, {name: _text(form[name]) for name in form.own})


def _note(item: Any, form: OfficeForm, held: dict[str, str]) -> None:
    form.row_version.data = str(item.version)
    form.row_before.data = json.dumps(held)


def _opened(form: OfficeForm) -> dict[str, str]:
    try:
        known = json.loads(form.row_before.data or "{}")
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def _text(field: Any) -> str:
    """Write what a field holds as a page shows it, whichever way it was typed."""
    if isinstance(field, Rows):
        rows = [row.form for row in field.entries if not (row.form.is_blank() or row.form.row_remove.data)]
        return "\n".join(" · ".join(filter(None, map(_cell, form.cells()))) for form in rows)
    if isinstance(field, Upload):
        return uuid_originalname(field.data) if field.data else ""
    if isinstance(field, Parsed):
        return "" if field.data is None else field.write(field.data)
    if isinstance(field.data, list):
        return ", ".join(map(display, field.data))
    return display(field.data)


def _cell(field: Any) -> str:
    """Write a cell of a row, where no heading says what a tick is about."""
    if isinstance(field, BooleanField):
        return str(field.label.text) if field.data else ""
    return _text(field)


def delete(items: Sequence[Any]) -> list[str]:
    """Delete records, all or none; give the reasons where others refer to them."""
    reasons = records.references(items)
    if reasons:
        return reasons
    try:
        for item in items:
            db.session.delete(item)
        db.session.commit()
    except ForeignRowError:
        db.session.rollback()
        abort(404)
    except RuleBrokenError as error:
        db.session.rollback()
        return [str(problem.message) for problem in error.problems]
    except (IntegrityError, StaleDataError):
        db.session.rollback()
        return [gettext("Another record still refers to this one.")]
    return []
