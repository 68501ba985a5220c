"""Rows that a record refers to, and the parts that come with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError
from marshmallow import fields as marshmallow

from app.access import current
from app.api.base.fields import Spoken, Value
from app.core.db import BIGGEST_KEY, find

MAX_PARTS = 200


class Reference(Value):
    """A row of another table, by its id. One that can't be seen doesn't exist, in either direction."""

    spec: ClassVar[Mapping[str, Any]] = {"type": "integer", "minimum": 1, "maximum": BIGGEST_KEY}

    def __init__(self, model: type[Any], **more: Any) -> None:
        """Take the model."""
        self.model = model
        super().__init__(**more)

    def read(self, value: Any) -> Any:
        """Find the row through the scoped session; never make one."""
        row = find(self.model, str(value)) if type(value) is int else None
        if row is None:
            raise self.make_error("missing")
        return row

    def write(self, value: Any) -> int:
        """Write the id."""
        return int(value.id)


class OfficeReference(Reference):
    """The office of a row, as far as the person knows it. The scope knows the offices: none is loaded."""

    def serialize(self, attr: str, obj: Any, *_more: Any, **_options: Any) -> int | None:
        """Give the id."""
        scope, office_id = current(), obj.office_id
        return office_id if scope.writes(office_id) or office_id in scope.above else None


class Parts(Spoken, marshmallow.Nested):
    """The parts of a record. One with an ``id`` changes the part of that id, one without is new."""

    def __init__(self, schema: type[Schema], **more: Any) -> None:
        """Take the schema of a part."""
        super().__init__(schema, many=True, **more)

    def _deserialize(self, value: Any, *_more: Any, **_options: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or len(value) > MAX_PARTS:
            raise self.make_error("invalid")
        parts: list[dict[str, Any]] = []
        errors: dict[Any, Any] = {}
        for index, part in enumerate(value):
            try:
                known = isinstance(part, dict) and part.get("id") is not None
                parts.append(self.schema.load(part, many=False, partial=known))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return parts
