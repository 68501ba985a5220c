"""What every edge checks before it saves or deletes a record. Problems are returned; nothing is committed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import Select, UniqueConstraint, func, inspect, select, union
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.interfaces import MANYTOONE

from app.access import current, everything
from app.core.db import db
from app.core.rules import Problem
from app.labels import MODELS
from app.models.base import Entity

_SQLITE = re.compile(r"UNIQUE constraint failed: ([\w., ]+)")
_GONE = {"23503", "SQLITE_CONSTRAINT_FOREIGNKEY"}
NAMED = 3
TOLD = 20  # records whose reasons are told


def with_parts(item: Any) -> Iterator[Any]:
    """Give a record and its parts."""
    yield item
    for relation in inspect(item).mapper.relationships:
        if relation.cascade.delete_orphan:
            yield from getattr(item, relation.key)


def clash(error: IntegrityError, item: Any) -> Problem:
    """Find out which rule was broken from what the database says, and say it in the rule's own words."""
    codes = {getattr(error.orig, name, None) for name in ("sqlstate", "sqlite_errorname")}
    if codes & _GONE:
        return Problem("", gettext("A record that was chosen here has been deleted in the meantime."))
    match = _SQLITE.search(str(error.orig))
    columns = set(re.findall(r"[\w.]+", match[1])) if match else set()
    # PostgreSQL writes in the language of its server; the name of the constraint is the same in all.
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    models = {type(item): "", **{r.mapper.class_: r.key for r in inspect(item).mapper.relationships}}
    for model, relation in models.items():
        table = model.__table__
        unique = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
        for rule in (*unique, *(index for index in table.indexes if index.unique)):
            named = name is not None and rule.name == name
            if "message" in rule.info and (named or {str(column) for column in rule.columns} == columns):
                return Problem(relation or rule.info["field"], rule.info["message"])
    return Problem("", gettext("A record with these values already exists."))


def references(items: Sequence[Any]) -> list[str]:
    """Say what refers to records that are to be deleted: a sentence for each record and kind, by name.

    Of many records that are needed, some are named and the others counted. What stays for a reason of its own says it.
    """
    if staying := [str(reason) for item in items if (reason := item.stays())]:
        return staying[:TOLD]
    leaving = set(items)
    with db.session.no_autoflush:
        referred = _referred(items) if len(items) > 1 else leaving
        needed = [item for item in items if item in referred]
        reasons = [(item, reason) for item in needed[:TOLD] for reason in _references(item, leaving)]
        if not reasons:  # what refers to the first ones goes with them
            later = needed[TOLD:]
            return references(later) if later else []
    sentences = [reason for _item, reason in reasons]
    if len(needed) > TOLD:
        text = gettext("Up to %(number)s more can't be deleted either.", number=len(needed) - TOLD)
        sentences.append(text)
    return sentences


def _referred(items: Sequence[Any]) -> set[Any]:
    """Give the records to which anything refers, or to one of their parts: a statement for each kind of reference."""
    owners: dict[Any, dict[int, Any]] = {}
    for item in items:
        owners.setdefault(type(item), {})[item.id] = item
        for part in _parts(item):
            owners.setdefault(type(part), {})[part.id] = item
    own = {relation.mapper.class_ for item in items[:1] for relation in _cascades(item)}
    found = set()
    for target, rows in owners.items():
        for model, key in _keys_to(target):
            if model in own:
                continue
            with everything(current().actor):
                keys = db.session.scalars(select(key).where(key.in_(rows)).distinct())
                found |= {rows[one] for one in keys}
    return found


def _cascades(item: Any) -> list[Any]:
    return [relation for relation in inspect(item).mapper.relationships if relation.cascade.delete]


def _parts(item: Any) -> list[Any]:
    return [part for relation in _cascades(item) for part in getattr(item, relation.key)]


def _references(item: Any, leaving: set[Any]) -> Iterator[str]:
    """Yield a sentence for each kind of record that refers to this one or its parts."""
    parts = _parts(item)
    own = {relation.mapper.class_ for relation in _cascades(item)}
    keys: dict[Any, list[Select[Any]]] = {}
    for row in (item, *parts):
        for model, key in _keys_to(type(row)):
            if model not in own:
                root, root_key = _root(model)
                keys.setdefault(root, []).append(select(root_key.label("id")).where(key == row.id))
    for root, statements in keys.items():
        referring = union(*statements).subquery()
        gone = [row.id for row in leaving if isinstance(row, root)]
        where = (root.id.in_(select(referring.c.id)), root.id.not_in(gone))
        with everything(current().actor):
            total = _count(root, where)
        if total and not current().reads(root):
            # A message is no way around the rights: a number, and no names.
            yield _sentence(item, (str(total),), MODELS[root.__name__])
        elif total:
            rows = db.session.scalars(select(root).where(*where).order_by(root.id).limit(NAMED)).all()
            names = _names(rows, _count(root, where), total)
            yield _sentence(item, names, MODELS[root.__name__])


def _keys_to(target: type[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each model with a key to this one, and the key."""
    for mapper in Entity.registry.mappers:
        for relation in mapper.relationships:
            to_one = relation.direction is MANYTOONE
            if issubclass(mapper.class_, Entity) and to_one and relation.mapper.class_ is target:
                column = next(iter(relation.local_columns))
                yield mapper.class_, mapper.get_property_by_column(column).class_attribute


def _root(model: Any) -> tuple[Any, Any]:
    """Give the model of which this one is a part, else itself, and where the root's key stands."""
    if not model.part_of:
        return model, model.id
    relation = inspect(model).relationships[model.part_of]
    column = next(iter(relation.local_columns))
    return relation.mapper.class_, inspect(model).get_property_by_column(column).class_attribute


def _count(model: Any, where: Sequence[Any]) -> int:
    return int(db.session.scalar(select(func.count(model.id)).where(*where)) or 0)


def _names(rows: Sequence[Any], count: int, total: int) -> Iterator[str]:
    yield from (gettext("“%(name)s”", name=row) for row in rows)
    if count > len(rows):
        yield gettext("%(number)s more", number=count - len(rows))
    if total > count:
        yield gettext("%(number)s in other offices", number=total - count)


def _sentence(item: Any, names: Iterable[str], kind: Any) -> str:
    return gettext(
        "“%(name)s” can't be deleted, %(kind)s refer to it: %(names)s.",
        name=item,
        kind=kind,
        names=", ".join(names),
    )
