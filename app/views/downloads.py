"""Downloads: what a list shows as a file, with a receipt; and the files of records."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

from flask import abort, current_app, redirect, request, send_file
from flask_appbuilder import expose
from flask_appbuilder.filemanager import uuid_originalname
from flask_appbuilder.security.decorators import has_access
from flask_babel import get_locale, gettext
from sqlalchemy import Select, inspect
from sqlalchemy.orm import Query
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.access import AUTHORS, RECORDS, Section
from app.access.copying import copyable
from app.core import clock, delimited, progress
from app.core.copies import copied
from app.core.db import db
from app.core.excel import Column, Kind
from app.core.files import folder
from app.core.pieces import ROWS_AT_ONCE, batches
from app.core.spliced import workbook
from app.models.base import Quoting
from app.reports.declared import chosen_office
from app.services import receipts
from app.views import arguments
from app.views.background import TYPES, asked_later
from app.views.filters import BadFilterError, Through
from app.views.listfiles import wanted
from app.views.tables import NAMING
from app.views.uploads import has_file

CHUNK = 500
QUICKER = 5  # times, where all columns stand in the table
_KINDS = (
    ("is_boolean", Kind.BOOLEAN),
    ("is_datetime", Kind.DATETIME),
    ("is_date", Kind.DATE),
    ("is_integer", Kind.INTEGER),
    ("is_numeric", Kind.NUMBER),
)


# What a computed column is annotated with.
_HINTS = {
    "bool": Kind.BOOLEAN,
    "int": Kind.INTEGER,
    "date | None": Kind.DATE,
    "Decimal | None": Kind.NUMBER,
}


class DownloadMixin:
    """The endpoints that give out files."""

    @expose("/export/<any(xlsx, csv):fmt>")
    @has_access
    def export(self, fmt: str) -> Response:
        """Give the filtered rows and the visible columns, as the list shows them."""
        view: Any = self
        try:
            query = view.matches()
        except BadFilterError:  # the list says what it can't read
            return redirect(view.get_default_url(**arguments.kept()))
        words = self.filters_in_words()
        sent = arguments.parsed(arguments.written(request.args))
        return self.all_later(fmt, query, sent, words) or self.download(fmt, query, words)

    def all_later(
        self, fmt: str, query: Query[Any], sent: MultiDict[str, str], words: str
    ) -> Response | None:
        """Have all that an address finds made in the background, where that takes longer than a moment.

        ``sent`` is what the address asks of the list, without the page; ``words`` say the same to people.
        """
        view: Any = self
        quick = _stored(view.datamodel.obj, view.look().columns) is not None
        limit = current_app.config["DOWNLOAD_ROWS"] * (QUICKER if quick else 1)
        return asked_later(
            wanted(view, fmt, sent, words), lambda most: view.datamodel.count(query, most), limit
        )

    def download(self, fmt: str, query: Query[Any], words: str) -> Response:
        """Give rows as a file with the columns that the person sees; ``words`` tell the receipt which rows."""
        view: Any = self
        handle, path = tempfile.mkstemp(suffix=f".{fmt}")
        os.close(handle)
        target = Path(path)
        try:
            count = self.write(target, fmt, query)
            receipts.write(
                title=str(view.list_title),
                sections=self.file_sections(),
                fmt=fmt,
                rows=count,
                file=target,
                filters=words,
            )
            db.session.commit()
            # The file is open when its name goes; the space is freed after it was sent.
            stream = target.open("rb")
        finally:
            target.unlink(missing_ok=True)
        name = f"{view.list_title}_{clock.today():%Y-%m-%d}.{fmt}"
        return send_file(stream, mimetype=TYPES[fmt], as_attachment=True, download_name=name)

    def write(self, target: Path, fmt: str, query: Query[Any]) -> int:
        """Write rows with the columns that the person sees; give how many there are."""
        view: Any = self
        columns = list(self.export_columns())
        stored = _stored(view.datamodel.obj, view.look().columns)
        if stored is None:
            found = query.options(*view.datamodel.options(view.look().columns)).yield_per(CHUNK)
        else:
            columns = [replace(column, value=itemgetter(index)) for index, column in enumerate(columns)]
            found = query.with_entities(*stored).yield_per(ROWS_AT_ONCE)
            direct = copyable(cast("Select[Any]", found.statement)) if fmt == "csv" else None
            if direct is not None:
                read = _Read(direct.batches())
                return _save(target, copied(columns, read, direct.numbers), read)
        read = _Read(batches(found, ROWS_AT_ONCE if stored else CHUNK))
        if fmt == "csv":
            return _save(target, delimited.lines(columns, read, delimited.EXCEL), read)
        title = str(view.list_title)
        return _save(target, workbook(columns, read, title=title, locale=str(get_locale() or "de")), read)

    def export_columns(self) -> Iterator[Column]:
        """Give the visible columns under their labels, typed as the model has them."""
        view: Any = self
        for name in view.look().columns:
            yield Column(
                str(view.label_columns[name]), _value(view.datamodel, name), _kind(view.datamodel, name)
            )

    def filters_in_words(self) -> str:
        """Say how a list is narrowed: "City contains Berlin", one filter a line; then the office that was chosen."""
        view: Any = self
        lines = []
        for one, values in view._filters.get_filters_values():  # noqa: SLF001 - FAB's name
            label = view.label_columns.get(one.column_name, gettext("Search"))
            lines.append(one.sentence(label, [values] if isinstance(values, str) else values))
        lines += [f"{title}: {office}" for title, office in chosen_office().items()]
        return "\n".join(lines)

    def file_sections(self) -> set[Section]:
        """Give the sections that the list is about, and those of the records that its filters name."""
        view: Any = self
        used = [one for one, _values in view._filters.get_filters_values()]  # noqa: SLF001 - FAB's name
        named = {one.column_name for one in used}
        table = view.datamodel
        models = [table.get_related_model(name) for name in named if table.is_relation(name)]
        models += [one.target for one in used if isinstance(one, Through)]
        return {view.section, *(_section_of(model) for model in models)}

    @expose("/file/<pk>/<column>")
    @has_access
    def file(self, pk: str, column: str) -> Response:
        """Give the file of a record that the person can see, or of one of its parts: "versions-7-file".

        Nobody else's name for a file is taken.
        """
        view: Any = self
        owner = view.item(pk)
        collection, _dash, rest = column.partition("-")
        if rest:
            key, _dash, column = rest.partition("-")
            parts = getattr(owner, collection) if collection in view.rows else ()
            owner = next((part for part in parts if str(part.id) == key), None)
        name = getattr(owner, column) if has_file(owner, column) else None
        if not name or not (folder() / Path(name).name).is_file():
            abort(404)
        path = folder() / Path(name).name
        return send_file(path, as_attachment=True, download_name=uuid_originalname(name))


def _stored(model: type[Any], names: Sequence[str]) -> list[Any] | None:
    """Give the columns of these names, where all stand in the table as they are shown; else rows have to be loaded."""
    mapped = inspect(model).column_attrs
    shown_to_all = not issubclass(model, Quoting) and NAMING.isdisjoint(names) and AUTHORS.isdisjoint(names)
    return (
        [getattr(model, name) for name in names]
        if shown_to_all and all(name in mapped for name in names)
        else None
    )


class _Read:
    """Batches of rows, counted."""

    def __init__(self, found: Iterable[Sequence[Any]]) -> None:
        self._found, self.rows = found, 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for batch in self._found:
            self.rows += len(batch)
            progress.tell(len(batch))
            yield batch


def _save(target: Path, blocks: Iterator[bytes], read: _Read) -> int:
    """Write a file, and give the number of its rows."""
    with target.open("wb") as stream:
        stream.writelines(blocks)
    return read.rows


def _kind(datamodel: Any, name: str) -> Kind:
    """Type a column as its model does; a computed one as it's annotated."""
    computed = getattr(datamodel.obj, name, None)
    if isinstance(computed, property):
        hint = _HINTS.get(str((computed.fget or _kind).__annotations__.get("return")), Kind.TEXT)
        return Kind.MONEY if name == "value" and hint is Kind.NUMBER else hint
    return next((kind for test, kind in _KINDS if getattr(datamodel, test)(name)), Kind.TEXT)


def _value(datamodel: Any, name: str) -> Any:
    def value(row: Any) -> Any:
        found = datamodel._get_attr_value(row, name)  # noqa: SLF001 - FAB's name
        return ", ".join(str(part) for part in found) if isinstance(found, list) else found

    return value


def _section_of(model: Any) -> Section:
    """Give the section of a kind of record; of a part, the one of its whole."""
    while model.__name__ not in RECORDS:
        model = inspect(model).relationships[model.part_of].mapper.class_
    return RECORDS[model.__name__]
