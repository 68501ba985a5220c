"""Rows within a form: the parts of a record, such as the parties of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import inspect
from wtforms import BooleanField, Field, FieldList, FormField, HiddenField
from wtforms.utils import unset_value

from app.views.fields import Tick, mark_hidden

MAX_ROWS = 200


class RowForm(FlaskForm):
    """One row within a form. An empty one is none; a row that is ticked for removal is removed."""

    class Meta:
        """The form around it carries the CSRF token."""

        csrf = False

    row_id = HiddenField()
    #: Where people put the row: counted up from the first; empty behind all others.
    row_rank = HiddenField()
    row_remove = BooleanField(_("Remove"), widget=Tick())

    #: Fields that are filled from the start, and don't make a row out of an empty one.
    preset: ClassVar[frozenset[str]] = frozenset()

    def process(
        self, formdata: Any = None, obj: Any = None, data: Any = None, *args: Any, **more: Any
    ) -> None:
        """Fill the fields, and keep what can't be seen."""
        super().process(formdata, obj, data, *args, **more)
        mark_hidden(self._fields.values(), obj)

    def cells(self) -> Iterator[Field]:
        """Give the fields that a person sees."""
        return (field for name, field in self._fields.items() if not name.startswith("row_"))

    def is_blank(self) -> bool:
        """Whether nothing was entered."""
        return not any(
            field.data or any(_typed(value) for value in field.raw_data or ())
            for field in self.cells()
            if field.short_name not in self.preset
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the row unless it's empty or to be removed."""
        if self.row_remove.data or self.is_blank():
            return True
        return bool(super().validate(extra_validators))


class Row(FormField):
    """A row's form in the list of rows, with the part that it was written into."""

    child: Any = None

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Fill the row; one that shows a part carries the part's key."""
        super().process(formdata, data, extra_filters)
        if not formdata and getattr(self.object_data, "id", None) is not None:
            self.form.row_id.data = str(self.object_data.id)


class Numbered(FieldList):
    """Rows that are told apart by the numbers in the names of their fields."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        """Give the numbers of the posted rows; what only looks like one is none."""
        pattern = re.compile(rf"{re.escape(prefix)}-([0-9]{{1,6}})-")
        return (int(match[1]) for match in map(pattern.match, formdata) if match)


class Rows(Numbered):
    """The parts of a record, such as the parties of a contract: added, changed and removed in one save."""

    #: How many rows a record may have.
    most = MAX_ROWS

    def __init__(self, model: type[Any], form: type[RowForm], blank: int, **kwargs: Any) -> None:
        """Take the model of a part, the form of a row, and how many empty rows stand ready."""
        super().__init__(Row(form), **kwargs)
        self.model, self.blank = model, blank

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Fill the rows; a form that is opened has empty ones ready."""
        # What is posted stands for itself: a row finds its part by key, not by its place.
        super().process(formdata, () if formdata else data, extra_filters)
        self.entries.sort(key=_rank)
        if not formdata:
            for _count in range(self.blank):
                self.append_entry()

    def spare(self) -> Row:
        """Give an empty row, for the headings and for the script that adds rows."""
        names = {"name": f"{self.name}-__index__", "id": f"{self.id}-__index__"}
        options = {**names, "_meta": self.meta, "translations": self._translations}
        field = self.meta.bind_field(self._form, self.unbound_field, options)
        field.process(None)
        return field

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check the rows, and that no more are added than a record may have."""
        valid = super().validate(form, extra_validators)
        used = [row for row in self.entries if not (row.form.row_remove.data or row.form.is_blank())]
        if len(used) > MAX_ROWS and not all(row.form.row_id.data for row in used):
            text = gettext("A record takes at most %(number)s rows.", number=MAX_ROWS)
            self.errors = (*self.errors, text)
            return False
        return bool(valid)

    def populate_obj(self, obj: Any, name: str) -> None:
        """Bring the record's parts in line with the rows. A part that no row shows is left alone."""
        parts = getattr(obj, name)
        known = {str(part.id): part for part in parts if part.id is not None}
        kept, freed = [], []
        for row in self.entries:
            child = known.pop(row.form.row_id.data or "", None)
            if not (row.form.row_remove.data or row.form.is_blank()):
                kept.append((row, child))
            elif child is not None:
                freed.append(child)
        for row, child in kept:
            row.child = child or self._new(parts, freed)
            for field in row.form.cells():
                field.populate_obj(row.child, field.short_name)
        for child in freed:
            parts.remove(child)
        # A part that no row shows stands behind those that people put in order.
        places = {id(row.child): place for place, (row, _child) in enumerate(kept)}
        parts.sort(key=lambda part: places.get(id(part), len(places)))
        parts.reorder()

    def _new(self, parts: list[Any], freed: list[Any]) -> Any:
        """Give a part for a new row.

        One that was removed makes room for it: as a new part it would be written before the old one is gone,
        and clash where something must be unique.
        """
        if not freed or not self.model.reused:
            parts.append(self.model())
            return parts[-1]
        child = freed.pop(0)
        for column in inspect(self.model).columns:
            if column.nullable and not column.foreign_keys:
                setattr(child, inspect(self.model).get_property_by_column(column).key, None)
        return child


def _rank(row: Row) -> int:
    """Give the place of a row that is sent; the sort leaves those without one where they are."""
    text = row.form.row_rank.data or ""
    return (
        int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_ROWS)) else MAX_ROWS * 2
    )


def _typed(value: Any) -> bool:
    """Whether a posted value is more than spaces. A browser sends a file part without a name for no file."""
    return bool(str(getattr(value, "filename", value) or "").strip())
