"""Which columns a record has in JSON: made from the model, each column named in the API's declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, cast, get_type_hints

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from marshmallow import RAISE, Schema
from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty

from app.access import AUTHORS
from app.api.base.fields import (
    Choice,
    Choices,
    Country,
    Day,
    Moment,
    Number,
    Text,
    Time,
    Value,
    Whole,
    YesNo,
)
from app.api.base.references import OfficeReference, Parts, Reference
from app.core import db
from app.labels import LABELS, label

Rows = Mapping[str, Sequence[str]]


class Record(Schema):
    """A record, or a part of one. What isn't declared is refused, by name."""

    error_messages: dict[str, Any] = {
        "unknown": _("This field isn't known here, or can't be written."),
        "type": _("This can't be read."),
    }

    class Meta:
        """``register`` off: nobody looks a schema up by its name."""

        unknown = RAISE
        register = False


def reading(name: str, model: type[Any], columns: Iterable[str], rows: Rows) -> Schema:
    """Make the schema that a record is shown in. ``rows`` says which columns its parts have."""
    return _made(name, {column: _shown(name, model, column, rows) for column in columns})()


def writing(
    name: str, model: type[Any], columns: Iterable[str], rows: Rows, *, change: bool = False
) -> Schema:
    """Make the schema that a record is taken in. A change names its version, and need not send all fields."""
    made: dict[str, Any] = {}
    for column in columns:
        if column in rows:
            part = inspect(model).relationships[column].mapper.class_
            inner = {one: field(part, one, write=True) for one in rows[column]}
            inner["id"] = Whole(allow_none=True)
            made[column] = Parts(_made(f"{name}.{column}", inner), metadata=_title(model, column))
        else:
            made[column] = field(model, column, write=True, change=change)
    if change:
        made["version"] = Whole(required=True)
    return _made(name, made)()


def _made(name: str, columns: Mapping[str, Any]) -> type[Schema]:
    return type(name, (Record,), dict(columns))


def _shown(name: str, model: type[Any], column: str, rows: Rows) -> Any:
    if column in rows:
        part = inspect(model).relationships[column].mapper.class_
        inner = {one: field(part, one) for one in ("id", *rows[column])}
        return Parts(_made(f"{name}.{column}", inner), dump_only=True, metadata=_title(model, column))
    return field(model, column)


def field(model: type[Any], name: str, *, write: bool = False, change: bool = False) -> Value:
    """Make the field of a column, of the row that it refers to, or of something computed."""
    mapper = inspect(model)
    title = _title(model, name)
    relation: RelationshipProperty[Any] | None = mapper.relationships.get(name)
    column = next(iter(relation.local_columns)) if relation is not None else mapper.columns.get(name)
    if column is None:
        return _computed(model, name, title)
    # An office that isn't named is the person's own; who works on a row of another one isn't told.
    optional = bool(column.nullable) or name == "office" or name in AUTHORS
    more: dict[str, Any] = {"metadata": title, "allow_none": optional}
    if write and not change:
        default = column.default if isinstance(column.default, sa.ColumnDefault) else None
        if default is not None and default.is_scalar:
            # Told here, not left to the database: the rules look at the row before it's written.
            more["load_default"] = default.arg
        elif default is None and not optional:
            more["required"] = True
    more["dump_only"] = not write
    if relation is None:
        return _of_type(column.type, more)
    return (OfficeReference if name == "office" else Reference)(relation.mapper.class_, **more)


def _of_type(kind: Any, more: dict[str, Any]) -> Value:  # noqa: C901, PLR0911 - one line a type
    match kind:
        case db.SetOf():
            return Choices(kind.members, **more)
        case sa.Enum():
            return Choice(cast("type[Enum]", kind.enum_class), **more)
        case db.Country():
            return Country(2, **more)
        case db.Exact():
            return Number(kind.places, **more)
        case db.Utc():
            return Moment(**more)
        case sa.Boolean():
            return YesNo(**more)
        case sa.Integer():
            return Whole(**more)
        case sa.Date():
            return Day(**more)
        case sa.Time():
            return Time(**more)
        case sa.String():
            return Text(kind.length, **more)
        case _:
            message = f"no JSON is known for {kind!r}"
            raise TypeError(message)


_COMPUTED: Mapping[Any, type[Value]] = {date: Day, datetime: Moment, Decimal: Number, str: Text, int: Whole}


def _computed(model: type[Any], name: str, title: Mapping[str, Any]) -> Value:
    """Make the field of a property, by what it says that it returns: "Decimal | None"."""
    said = get_type_hints(getattr(model, name).fget)["return"]
    kinds = [kind for kind in getattr(said, "__args__", (said,)) if kind is not type(None)]
    return _COMPUTED[kinds[0]](dump_only=True, allow_none=True, metadata=title)


def _title(model: type[Any], name: str) -> dict[str, Any]:
    """Name a column as the pages do; keys and versions have no name there."""
    known = f"{model.__name__}.{name}" in LABELS or name in LABELS
    return {"title": label(model.__name__, name)} if known else {}
