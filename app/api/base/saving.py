"""Write JSON into a record, or say at each field why not. The edge commits here, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.access import ForeignRowError, current
from app.core.db import db
from app.core.rules import Problem, RuleBrokenError
from app.services import records

#: Where a message stands that belongs to no field: marshmallow's name for the record as a whole.
WHOLE = "_schema"


class RefusedError(Exception):
    """A record can't be written like this: messages by field, and by index within a list of parts."""

    def __init__(self, messages: Mapping[Any, Any]) -> None:
        """Keep the messages as JSON."""
        super().__init__("refused")
        self.messages = plain(messages)


class StaleError(Exception):
    """Somebody else has changed the record since it was read."""


def plain(messages: Any) -> Any:
    """Turn messages into JSON: lazy texts in the language of the request, keys as text."""
    if isinstance(messages, Mapping):
        return {str(key): plain(value) for key, value in messages.items()}
    return [str(message) for message in ([messages] if isinstance(messages, str) else messages)]


def create(model: type[Any], values: dict[str, Any], rows: Mapping[str, Sequence[str]]) -> Any:
    """Make a record. Raises RefusedError."""
    office = values.get("office")
    home = current().home
    if office is None and home is None:
        raise RefusedError({"office": [gettext("This field is required.")]})
    if office is not None and not current().writes(office.id):
        raise RefusedError({"office": [gettext("You can only choose offices of your own.")]})
    if office is None:
        values = {name: value for name, value in values.items() if name != "office"} | {"office_id": home}
    item = model()
    _save(item, values, rows, new=True)
    return item


def change(item: Any, values: dict[str, Any], rows: Mapping[str, Sequence[str]], version: int) -> None:
    """Write into a record of which the caller has read this version. Raises StaleError and RefusedError."""
    if item.version != version:
        raise StaleError
    _save(item, values, rows, new=False)


def _save(item: Any, values: dict[str, Any], rows: Mapping[str, Sequence[str]], *, new: bool) -> None:
    session = db.session
    messages: dict[str, Any] = {}
    try:
        with session.no_autoflush:
            places = _write(item, values, rows, messages)
            for row in records.with_parts(item):
                _add(messages, row.problems(), rows, places.get(row))
        if not messages:
            if new:
                session.add(item)
            session.commit()
    except RuleBrokenError as error:
        _add(messages, error.problems, rows)
    except ForeignRowError:
        messages[WHOLE] = [gettext("This record can't be found in your office.")]
    except IntegrityError as error:
        session.rollback()
        _add(messages, [records.clash(error, item)], rows)
    except StaleDataError:
        session.rollback()
        raise StaleError from None
    if messages:
        session.rollback()
        raise RefusedError({name: _flat(found) for name, found in messages.items()})


def _flat(found: Any) -> Any:
    """Leave out the step to the whole of a list where nothing is said about its parts."""
    return found[WHOLE] if isinstance(found, dict) and set(found) == {WHOLE} else found


def _write(
    item: Any, values: dict[str, Any], rows: Mapping[str, Sequence[str]], messages: dict[str, Any]
) -> dict[Any, tuple[str, int]]:
    """Set the columns and bring the parts in line with the lists; give the place of each part in its list."""
    places: dict[Any, tuple[str, int]] = {}
    for name, value in values.items():
        if name not in rows:
            setattr(item, name, value)
            continue
        known = {part.id: part for part in getattr(item, name) if part.id is not None}
        model = inspect(type(item)).relationships[name].mapper.class_
        parts = []
        for index, columns in enumerate(value):
            key = columns.pop("id", None)
            # A part is taken once, and only out of this very record.
            part = model() if key is None else known.pop(key, None)
            if part is None:
                found = messages.setdefault(name, {})
                found[index] = {"id": [gettext("This record can't be found in your office.")]}
                continue
            for column, cell in columns.items():
                setattr(part, column, cell)
            places[part] = (name, index)
            parts.append(part)
        setattr(item, name, parts)
        getattr(item, name).reorder()
    return places


def _add(
    messages: dict[str, Any],
    problems: Iterable[Problem],
    rows: Mapping[str, Sequence[str]],
    place: tuple[str, int] | None = None,
) -> None:
    """Put each problem at its field; one of a part at the part's index, as far as it's known which part."""
    for problem in problems:
        if place is not None:
            inside = messages.setdefault(place[0], {})
            inside.setdefault(place[1], {}).setdefault(problem.field or WHOLE, []).append(problem.message)
            continue
        name = problem.field or WHOLE
        owner = next((each for each, columns in rows.items() if name in columns), name)
        if owner in rows:
            messages.setdefault(owner, {}).setdefault(WHOLE, []).append(problem.message)
        else:
            messages.setdefault(owner, []).append(problem.message)


def delete(item: Any) -> None:
    """Delete a record that nothing refers to. Raises RefusedError with the reasons."""
    reasons = records.references([item])
    if reasons:
        raise RefusedError({WHOLE: reasons})
    try:
        db.session.delete(item)
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        raise StaleError from None
    except IntegrityError:
        db.session.rollback()
        raise RefusedError({WHOLE: [gettext("Another record still refers to this one.")]}) from None
