"""Write a form into a record, or say at each field why not. The edge commits here, once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_babel import gettext
from sqlalchemy import UniqueConstraint, func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import RelationshipDirection
from sqlalchemy.orm.exc import StaleDataError

from app.access import ForeignRowError, current, everything
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.labels import MODELS
from app.models.base import Entity, Scoped
from app.views.forms import OfficeForm, Rows

_COLUMNS = re.compile(r"UNIQUE constraint failed: (?P<sqlite>[\w., ]+)|Key \((?P<postgresql>[\w, ]+)\)=")
NAMED = 3


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
    try:
        with session.no_autoflush:
            form.populate_obj(item)
            before_save(item, new=new)
            broken = [(row, list(row.problems())) for row in _with_parts(item)]
        if any(problems for _row, problems in broken):
            for row, problems in broken:
                form.show(problems, origin=None if row is item else row)
        else:
            if new:
                session.add(item)
            session.commit()
            return True
    except RuleBrokenError as error:
        form.show(error.problems)
    except ForeignRowError:
        session.rollback()
        abort(404)
    except IntegrityError as error:
        session.rollback()
        form.show([_clash(error, item)])
    except StaleDataError:
        form.show([Problem("", gettext("Somebody else saved this record at the same moment. Please save again."))])
    session.rollback()
    return False


def _with_parts(item: Any) -> Iterator[Any]:
    """Give a record and its parts."""
    yield item
    for relation in inspect(item).mapper.relationships:
        if relation.cascade.delete_orphan:
            yield from getattr(item, relation.key)


def _clash(error: IntegrityError, item: Any) -> Problem:
    """Find out which uniqueness was broken, from what the database says, and say it in the rule's words."""
    match = _COLUMNS.search(str(error.orig))
    names = [] if match is None else re.findall(r"\w+", re.sub(r"\w+\.", "", match[1] or match[2]))
    models = {type(item): "", **{r.mapper.class_: r.key for r in inspect(item).mapper.relationships}}
    for model, relation in models.items():
        table = model.__table__
        unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
        for rule in (*unique, *(index for index in table.indexes if index.unique)):
            if sorted(column.name for column in rule.columns) == sorted(names) and "message" in rule.info:
                return Problem(relation or rule.info["field"], rule.info["message"])
    return Problem("", gettext("A record with these values already exists."))


def differences(item: Any, form: OfficeForm) -> list[Difference]:
    """Compare a form that was opened on an older version with the record of today; [] where it's current.

    The form goes on under today's version: saved once more, knowingly, it's taken.
    """
    if form.row_version.data == str(item.version):
        return []
    form.row_version.data = str(item.version)
    found = []
    fresh = type(form)(formdata=None, obj=item)
    for name, field in form._fields.items():  # noqa: SLF001 - WTForms has no getter by name
        if name in {"row_version", "csrf_token"}:
            continue
        stored, typed = _text(fresh[name]), _text(field)
        if stored != typed:
            found.append(Difference(str(field.label.text), stored, typed))
    return found or [Difference(gettext("No field differs."), "", "")]


def _text(field: Any) -> str:
    if isinstance(field, Rows):
        rows = [
            " · ".join(filter(None, (_text(cell) for cell in row.form.cells())))
            for row in field.entries
            if not row.form.is_blank()
        ]
        return "\n".join(rows)
    if isinstance(field.data, list):
        return ", ".join(str(value) for value in field.data)
    writer = getattr(field, "_value", None)
    return str(writer()) if writer else "" if field.data in (None, False) else str(field.data)


def delete(items: Sequence[Any]) -> list[str]:
    """Delete records, all or none; give the reasons where others refer to them."""
    with db.session.no_autoflush:
        reasons = [reason for item in items for reason in _references(item, set(items))]
    if reasons:
        return reasons
    try:
        for item in items:
            db.session.delete(item)
        db.session.commit()
    except ForeignRowError:
        db.session.rollback()
        abort(404)
    except (IntegrityError, StaleDataError):
        db.session.rollback()
        return [gettext("Another record still refers to this one.")]
    return []


def _references(item: Any, leaving: set[Any]) -> Iterator[str]:
    """Yield a sentence for each kind of record that refers to this one, by name as far as they may be seen."""
    parts = {relation.mapper.class_ for relation in inspect(item).mapper.relationships if relation.cascade.delete}
    for mapper in Entity.registry.mappers:
        model = mapper.class_
        if model in parts or not issubclass(model, Entity):
            continue
        for relation in mapper.relationships:
            if relation.direction is not RelationshipDirection.MANYTOONE or relation.mapper.class_ is not type(item):
                continue
            key = next(iter(relation.local_columns))
            rows = db.session.scalars(select(model).where(key == item.id).limit(NAMED + 1)).all()
            count = _count(model, key, item.id)
            with everything(current().actor):
                total = _count(model, key, item.id)
            if total and not set(rows) <= leaving:
                yield _sentence(item, model, rows, count, total)


def _count(model: Any, key: Any, value: int) -> int:
    return int(db.session.scalar(select(func.count(model.id)).where(key == value)) or 0)


def _sentence(item: Any, model: Any, rows: Sequence[Any], count: int, total: int) -> str:
    root = model.part_of
    names = [f"“{getattr(row, root, None) or row if root else row}”" for row in rows[:NAMED]]
    if count > NAMED:
        names.append(gettext("%(number)s more", number=count - NAMED))
    if total > count and issubclass(model, Scoped):
        names.append(gettext("%(number)s in other offices", number=total - count))
    return gettext(
        "“%(name)s” can't be deleted, %(kind)s refer to it: %(names)s.",
        name=item,
        kind=MODELS[model.__name__],
        names=", ".join(names),
    )
