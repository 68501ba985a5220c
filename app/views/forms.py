"""Forms made from models: the form of a record, and the converter between columns and fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from flask import request
from flask_appbuilder.forms import DynamicForm, GeneralModelConverter
from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.core.db import Country, Exact, FileColumn, SetOf, Utc
from app.core.rules import Problem
from app.labels import label
from app.views.fields import (
    Area,
    CountryInput,
    EnumInput,
    Input,
    Needed,
    RemoteSelect,
    SetInput,
    Tick,
    mark_hidden,
)
from app.views.groups import Group, columns
from app.views.hints import hint
from app.views.parsed import DateInput, DecimalInput, IntegerInput, MomentInput, TimeInput
from app.views.rows import Row, RowForm, Rows
from app.views.uploads import Upload


@dataclass(frozen=True)
class Said:
    """A message of a form: the id of the field at which it stands, how a person finds that, and the text."""

    place: str
    label: str
    text: str


class OfficeForm(DynamicForm):
    """A form of one record. ``row_version`` says on which version of the record it was opened."""

    class Meta:
        """A file is read where one belongs; sent as another field it would be no text."""

        def wrap_formdata(self, form: OfficeForm, formdata: Any) -> Any:
            """Leave out the other files."""
            sent = super().wrap_formdata(form, formdata)  # type: ignore[misc]  # WTForms mixes this into its own Meta
            if isinstance(sent, CombinedMultiDict):
                files = (
                    (name, file) for name, file in request.files.items(multi=True) if form.takes_file(name)
                )
                return CombinedMultiDict((MultiDict(files), request.form))
            return sent

    row_version = HiddenField()
    #: What each field held when the form was opened: tells what the person changed from what others did.
    row_before = HiddenField()
    #: The page from which the person came, and to which saving leads.
    row_back = HiddenField()

    def process(
        self, formdata: Any = None, obj: Any = None, data: Any = None, *args: Any, **more: Any
    ) -> None:
        """Fill the fields, and keep what can't be seen."""
        super().process(formdata, obj, data, *args, **more)
        mark_hidden(self._fields.values(), obj)

    def takes_file(self, name: str) -> bool:
        """Whether the field of this name is for files, in a row too."""
        field = self._fields.get(name.partition("-")[0])
        if isinstance(field, Rows):
            cell = getattr(field.unbound_field.args[0], name.rpartition("-")[2], None)
            return getattr(cell, "field_class", None) is Upload
        return isinstance(field, Upload)

    def takes_files(self, name: str) -> bool:
        """Whether a field of this name is for files, or one of its rows' cells is."""
        field = self._fields.get(name)
        cells = field.spare().form.cells() if isinstance(field, Rows) else [field]
        return any(isinstance(cell, Upload) for cell in cells)

    def populate_obj(self, obj: Any) -> None:
        """Write all fields but our own into the record."""
        for name, field in self._fields.items():
            if name in self.own:
                field.populate_obj(obj, name)

    @property
    def own(self) -> list[str]:
        """The names of the record's fields."""
        return [name for name in self._fields if name != "csrf_token" and not name.startswith("row_")]

    def take(self, name: str, other: OfficeForm) -> None:
        """Take a field over from another form of the record."""
        self._fields[name] = other._fields[name]
        setattr(self, name, other._fields[name])

    def show(self, problems: Iterable[Problem], origin: Any = None, *, only_new: bool = False) -> None:
        """Put each problem at its field; one that has no field here is shown above the form.

        With ``only_new``, a field that has a message gets no other.
        """
        marked = {id(field) for field in self._every() if field.errors} if only_new else set()
        for problem in problems:
            field = self._fields.get(problem.field)
            rows = [] if origin is None else [row for row in self._rows() if row.child is origin]
            if rows:
                field = rows[0].form._fields.get(problem.field, field)
            if field is None:
                self.form_errors.append(problem.message)
            elif id(field) not in marked:
                field.errors = list(dict.fromkeys((*field.errors, str(problem.message))))

    def said(self, groups: Iterable[Group]) -> Iterator[Said]:
        """Give every message of the fields, those in rows too, in the order in which the page groups them."""
        for name in columns(groups):
            field = self._fields[name]
            label = str(field.label.text)
            yield from (
                Said(field.id, label, str(text)) for text in field.errors if not isinstance(text, dict)
            )
            for number, row in enumerate(field.entries if isinstance(field, Rows) else (), 1):
                for cell in row.form.cells():
                    where = gettext("%(rows)s, row %(number)s", rows=label, number=number)
                    place = f"{where}: {cell.label.text}"
                    yield from (Said(cell.id, place, str(text)) for text in cell.errors)

    def reread(self) -> None:
        """Look for the chosen rows again: one may be gone since the form was read."""
        for field in self._every():
            if isinstance(field, RemoteSelect):
                field.reread()

    def _every(self) -> Iterator[Any]:
        """Give the fields, those in rows too."""
        yield from self._fields.values()
        yield from (field for row in self._rows() for field in row.form.cells())

    def _rows(self) -> Iterator[Row]:
        for field in self._fields.values():
            if isinstance(field, Rows):
                yield from field.entries


# FAB's signature lists what its views pass; ours pass less.
_Converter: Any = GeneralModelConverter


class Converter(_Converter):  # type: ignore[misc]
    """Flask-AppBuilder's converter with our fields: locale-aware, translated, and remote where rows are many."""

    def __init__(self, datamodel: Any, lookup: Any) -> None:
        """Take the interface of the model and ``lookup(path) -> url`` for its relations."""
        super().__init__(datamodel)
        self.lookup = lookup

    def create_form(self, columns: Sequence[str], extra: dict[str, Any]) -> type[OfficeForm]:
        """Make the form class of these columns."""
        fields = {name: extra.get(name) or self.field(name) for name in columns}
        return type("OfficeForm", (OfficeForm,), fields)

    def field(self, name: str, *, path: str = "") -> Any:
        """Make the field of one column or relation."""
        model = self.datamodel.obj
        text, help_text = label(model.__name__, name), hint(model.__name__, name)
        if self.datamodel.is_relation(name):
            needed = not self.datamodel.is_nullable(name)
            return RemoteSelect(
                self.datamodel.get_related_model(name),
                text,
                description=help_text,
                url=lambda: self.lookup(f"{path}{name}"),
                validators=[Needed() if needed else Optional()],
            )
        column = self.datamodel.list_columns[name]
        default = self.datamodel.get_col_default(name)
        needed = not column.nullable and not isinstance(column.type, (sa.Boolean, SetOf))
        validators: list[Any] = [Needed() if needed else Optional()]
        given = {"label": text, "description": help_text, "validators": validators, "default": default}
        return _of_type(column.type, given)

    def rows(self, name: str, columns: Sequence[str], blank: int = 1) -> Any:
        """Make the rows of a collection."""
        child = type(self.datamodel)(self.datamodel.get_related_model(name))
        inner = Converter(child, self.lookup)
        fields = {column: inner.field(column, path=f"{name}.") for column in columns}
        preset = {
            column
            for column in columns
            if column in child.list_columns
            and (
                child.get_col_default(column) is not None
                or isinstance(child.list_columns[column].type, sa.Boolean)
            )
        }
        form = type("RowForm", (RowForm,), {**fields, "preset": frozenset(preset)})
        owner = self.datamodel.obj.__name__
        return Rows(child.obj, form, blank, label=label(owner, name), description=hint(owner, name))


def _of_type(kind: Any, common: dict[str, Any]) -> Any:  # noqa: C901, PLR0911 - one line a type
    """Choose the field for a column type."""
    validators = common["validators"]
    match kind:
        case SetOf():
            return SetInput(kind.members, **{**common, "validators": [Optional()]})
        case sa.Enum():
            return EnumInput(
                cast("Any", kind.enum_class), optional=isinstance(validators[0], Optional), **common
            )
        case Country():
            return CountryInput(**common)
        case FileColumn():
            return Upload(**{name: value for name, value in common.items() if name != "default"})
        case Exact():
            return DecimalInput(digits=kind.digits, places=kind.places, **common)
        case sa.Integer():
            return IntegerInput(**common)
        case sa.Boolean():
            return BooleanField(widget=Tick(), **common)
        case Utc():
            return MomentInput(**common)
        case sa.Date():
            return DateInput(**common)
        case sa.Time():
            return TimeInput(**common)
        case sa.Text():
            return TextAreaField(widget=Area(), filters=[_stripped], **common)
        case _:
            limits = [*validators, Length(max=kind.length)] if kind.length else validators
            return StringField(widget=Input(), filters=[_stripped], **{**common, "validators": limits})


def _stripped(value: Any) -> Any:
    """Turn what is only spaces into nothing: NULL says that something isn't known.

    Browsers send CR LF for the line feed that is stored; PostgreSQL takes no NUL.
    """
    if not isinstance(value, str):
        return value
    return value.replace("\r\n", "\n").replace("\0", "").strip() or None
