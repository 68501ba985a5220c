"""Files that people upload: kept through errors in the rest of the form, and given out row by row."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from flask_appbuilder.filemanager import uuid_originalname
from flask_appbuilder.models.mixins import FileColumn
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from sqlalchemy import inspect
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename
from wtforms import Field
from wtforms.widgets import html_params


def folder() -> Path:
    """Give the folder of all uploads; their names in it can't be guessed."""
    path = Path(current_app.config["UPLOAD_FOLDER"])
    path.mkdir(parents=True, exist_ok=True)
    return path


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="upload")


class UploadWidget:
    """A file input, the name of the file that is already there, and its signed name for the next attempt."""

    def __call__(self, field: Upload, **kwargs: Any) -> Markup:
        """Render."""
        attributes = html_params(type="file", id=field.id, name=field.name, **kwargs)
        parts = [Markup("<input {}>").format(Markup(attributes))]  # noqa: S704 - html_params escapes
        if field.data:
            token = _signer().dumps(field.data)
            parts.append(Markup('<input type="hidden" name="{}" value="{}">').format(field.name, token))
            parts.append(Markup('<p class="help-block">{}</p>').format(uuid_originalname(field.data)))
        return Markup("").join(parts)


class Upload(Field):
    """A file of a row. Its data is the name in the upload folder.

    A file is stored as soon as it arrives, and the form carries its signed name on: when another field is
    wrong, the person needn't choose it again.
    """

    widget = UploadWidget()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Store a new file, else keep the one that the form carries."""
        for value in valuelist:
            if isinstance(value, FileStorage) and value.filename:
                self.data = self._store(value)
                return
        kept = next((value for value in valuelist if isinstance(value, str) and value), None)
        if kept is not None:
            try:
                self.data = _signer().loads(kept)
            except BadSignature:
                raise ValueError(gettext("Please choose the file again.")) from None

    def populate_obj(self, obj: Any, name: str) -> None:
        """Keep the record's file where the form brings none."""
        if self.data:
            setattr(obj, name, self.data)

    def _store(self, upload: FileStorage) -> str:
        given = Path(upload.filename or "")
        ending = given.suffix.removeprefix(".").lower()
        allowed = current_app.config["FILE_ALLOWED_EXTENSIONS"]
        if ending not in allowed:
            raise ValueError(
                gettext("Files of this kind aren't taken. Possible: %(kinds)s.", kinds=", ".join(allowed))
            )
        # Nothing is left of a name without Latin letters; its ending has to stay.
        name = f"{secure_filename(given.stem)[-100:] or 'file'}.{ending}"
        stored = f"{uuid.uuid4()}_sep_{name}"
        upload.save(folder() / stored)
        return stored


def has_file(row: Any, column: str) -> bool:
    """Whether a column of a row holds the name of a file."""
    known = None if row is None else inspect(row).mapper.columns.get(column)
    return known is not None and isinstance(known.type, FileColumn)
