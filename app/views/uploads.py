"""Files that people upload: kept through errors in the rest of the form, and given out row by row."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

from flask import current_app, g
from flask_appbuilder.filemanager import uuid_originalname
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup
from sqlalchemy import inspect
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename
from wtforms import Field
from wtforms.widgets import html_params

from app.core.db import FileColumn
from app.core.files import folder
from app.views.fields import marked


def largest() -> int:
    """Give the bytes that a form may have, files included."""
    return int(current_app.config["MAX_CONTENT_LENGTH"])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="upload")


REMOVE = "__remove"  # no signed name reads like that


class UploadWidget:
    """A file input, the name of the file that is already there, and its signed name for the next attempt."""

    def __call__(self, field: Upload, **kwargs: Any) -> Markup:
        """Render."""
        kinds = ",".join(f".{ending}" for ending in field.kinds())
        given = {"class": "form-control", "accept": kinds, "data-largest": largest(), **kwargs}
        marked(field, given)
        attributes = html_params(type="file", id=field.id, name=field.name, **given)
        parts = [Markup("<input {}>").format(Markup(attributes))]  # noqa: S704 - html_params escapes
        if field.kept:
            parts.append(
                _KEPT.format(
                    name=field.name,
                    token=_signer().dumps(field.kept),
                    file=uuid_originalname(field.kept),
                    remove=REMOVE,
                    checked=Markup("") if field.data else Markup(" checked"),
                    label=gettext("Remove this file"),
                )
            )
        return Markup("").join(parts)


_KEPT = Markup(
    '<input type="hidden" name="{name}" value="{token}">'
    '<div class="kept-file"><span class="kept-file-name">{file}</span>'
    '<label class="form-check"><input type="checkbox" class="form-check-input" name="{name}"'
    ' value="{remove}"{checked}> <span class="form-check-label">{label}</span></label></div>'
)


class Upload(Field):
    """A file of a row. Its data is the name in the upload folder.

    A file is stored as soon as it arrives, and the form carries its signed name on: when another field is
    wrong, the person needn't choose it again. ``kept`` is the file that is there; one that is to be removed
    stays with the form until it's saved.
    """

    widget = UploadWidget()
    kept: str | None = None

    def kinds(self) -> Sequence[str]:
        """Give the endings of the files that are taken."""
        return cast("Sequence[str]", current_app.config["FILE_ALLOWED_EXTENSIONS"])

    def process_data(self, value: Any) -> None:
        """Take the file of the record."""
        self.data = self.kept = value

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Store a new file, else keep the one that the form carries."""
        texts = [value for value in valuelist if isinstance(value, str) and value]
        forged = False
        for text in texts:
            if text != REMOVE:
                try:
                    self.data = self.kept = _signer().loads(text)
                except BadSignature:
                    forged = True
        for value in valuelist:
            if isinstance(value, FileStorage) and value.filename:
                self.data = self.kept = self._store(value)
                return
        if forged:
            raise ValueError(gettext("Please choose the file again."))
        if REMOVE in texts:
            self.data = None

    def populate_obj(self, obj: Any, name: str) -> None:
        """Keep the record's file where the form says nothing of it."""
        if self.data or self.kept:
            setattr(obj, name, self.data)

    def _store(self, upload: FileStorage) -> str:
        if g.get("too_large"):
            raise ValueError(gettext("Together, files may have at most %(size)s MB.", size=largest() >> 20))
        given = Path(upload.filename or "")
        ending = given.suffix.removeprefix(".").lower()
        allowed = self.kinds()
        if ending not in allowed:
            raise ValueError(
                gettext("Files of this kind aren't taken. Possible: %(kinds)s.", kinds=", ".join(allowed))
            )
        # Nothing is left of a name without Latin letters; its ending has to stay.
        name = f"{secure_filename(given.stem)[-100:] or 'file'}.{ending}"
        stored = f"{uuid.uuid4()}_sep_{name}"
        upload.save(folder() / stored)
        return stored


class Photo(Upload):
    """A picture, as phones take them: what only has the name of one is refused."""

    #: How files of each kind begin.
    SIGNS: ClassVar[dict[str, re.Pattern[bytes]]] = {
        "jpg": re.compile(rb"\xff\xd8\xff"),
        "jpeg": re.compile(rb"\xff\xd8\xff"),
        "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
        "webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    }

    def kinds(self) -> Sequence[str]:
        """Give the endings of pictures."""
        return list(self.SIGNS)

    def _store(self, upload: FileStorage) -> str:
        ending = Path(upload.filename or "").suffix.removeprefix(".").lower()
        begins = upload.stream.read(12)
        upload.stream.seek(0)
        if ending in self.SIGNS and not self.SIGNS[ending].match(begins):
            raise ValueError(gettext("This file holds no picture."))
        return super()._store(upload)


def has_file(row: Any, column: str) -> bool:
    """Whether a column of a row holds the name of a file."""
    known = None if row is None else inspect(row).mapper.columns.get(column)
    return known is not None and isinstance(known.type, FileColumn)
