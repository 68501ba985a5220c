"""What every edge checks before it saves or deletes a record. Problems are returned; nothing is committed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import UniqueConstraint, func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.interfaces import MANYTOONE

from app.access import current, everything
from app.core.db import db
from app.core.rules import Problem
from app.labels import MODELS
from app.models.base import Entity, Scoped

_COLUMNS = re.compile(r"UNIQUE constraint failed: (?P<sqlite>[\w., ]+)|Key \((?P<postgresql>[\w, ]+)\)=")
NAMED = 3


def with_parts(item: Any) -> Iterator[Any]:
    """Give a record and its parts."""
    yield item
    for relation in inspect(item).mapper.relationships:
        if relation.cascade.delete_orphan:
            yield from getattr(item, relation.key)


def clash(error: IntegrityError, item: Any) -> Problem:
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


def references(items: Sequence[Any]) -> list[str]:
    """Say what refers to records that are to be deleted: a sentence for each record and kind, by name."""
    with db.session.no_autoflush:
        return [reason for item in items for reason in _references(item, set(items))]


def _references(item: Any, leaving: set[Any]) -> Iterator[str]:
    """Yield a sentence for each kind of record that refers to this one, by name as far as they are seen."""
    relations = inspect(item).mapper.relationships
    parts = {relation.mapper.class_ for relation in relations if relation.cascade.delete}
    for mapper in Entity.registry.mappers:
        model = mapper.class_
        if model in parts or not issubclass(model, Entity):
            continue
        for relation in mapper.relationships:
            if relation.direction is not MANYTOONE or relation.mapper.class_ is not type(item):
                continue
            key = next(iter(relation.local_columns))
            rows = db.session.scalars(select(model).where(key == item.id).limit(NAMED + 1)).all()
            count = _count(model, key, item.id)
            with everything(current().actor):
                total = _count(model, key, item.id)
            if total > count or not set(rows) <= leaving:
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
