"""A list as a file that is made in the background: what its address asks for, with the columns as they were chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import force_locale, get_locale
from sqlalchemy.orm import Query
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.access import Verb, current
from app.reports.sources import MOST_ROWS, Source, Work, makes
from app.services.downloads import Asked
from app.views import arguments, columns
from app.views.filters import BadFilterError

KIND = "list"


def wanted(view: Any, fmt: str, sent: MultiDict[str, str], words: str) -> Asked:
    """Say what is asked for by the list of this request, so that a worker can make it."""
    parameters = {"query": arguments.written(sent), "columns": ",".join(view.look().columns)}
    language = str(get_locale() or "de")
    return Asked(str(view.list_title), f"{KIND}/{view.listing}", parameters, fmt, language, words=words)


@dataclass(frozen=True)
class _OfList:
    view: Any

    def allows(self, verb: Verb) -> bool:
        return current().may(verb, self.view.section)

    def work(self, parameters: Mapping[str, str], fmt: str, _sheet: str, language: str) -> Work:
        view = self.view

        def size() -> int:
            with _asked(view, parameters, language) as query:
                return int(view.datamodel.count(query, MOST_ROWS))

        def write(target: Path) -> int:
            with _asked(view, parameters, language) as query:
                return int(view.write(target, fmt, query))

        with _asked(view, parameters, language):
            return Work(view.filters_in_words(), view.file_sections(), size, write)


@contextmanager
def _asked(view: Any, parameters: Mapping[str, str], language: str) -> Iterator[Query[Any]]:
    """Read an address as the list does, in a request of its own; within the block, that is the list.

    Raises ValueError where the list doesn't understand it any more.
    """
    with current_app.test_request_context(view.route_base), force_locale(language):
        try:
            query = view.matches(arguments.parsed(parameters["query"]))
        except (HTTPException, BadFilterError) as error:
            raise ValueError(parameters["query"]) from error
        view.look().columns = columns.chosen(view, parameters["columns"].split(","))
        yield query


@makes(KIND)
def _list(name: str) -> Source | None:
    for view in current_app.extensions["appbuilder"].baseviews:
        if getattr(view, "downloadable", False) and view.listing == name:
            return _OfList(view)
    return None
