"""Remote selects: rows are asked for while one types, so that a form holds none but the chosen one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, jsonify, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import select

from app.access import Verb, current
from app.core.db import db
from app.core.text import like, search_terms
from app.models.base import Searchable
from app.models.users import Staff
from app.queries.users import found_by
from app.views import arguments
from app.views.cells import view_of

PAGE = 20


class LookupMixin:
    """The endpoint of a view's remote selects."""

    def lookup_url(self, path: str) -> str:
        """Give the address for a relation: "event", or "parties.organisation" for one of the parts."""
        return url_for(f"{self.endpoint}.lookup", path=path)  # type: ignore[attr-defined]

    @expose("/lookup/<path>")
    @has_access
    def lookup(self, path: str) -> Response:
        """Give a page of rows that hold the typed words: {"results": [{"id", "text"}], "more": bool}."""
        model = self._target(path)
        view = view_of(model)
        if view is not None and model is not Staff and not current().may(Verb.READ, view.section.value):
            abort(403)
        page = arguments._number("page")  # noqa: SLF001 - the same check for the same reason
        typed = arguments._text(request.args.get("q", ""))  # noqa: SLF001
        statement = select(model).where(*_conditions(model, typed)).order_by(_order(model), model.id)
        statement = statement.offset(page * PAGE).limit(PAGE + 1)
        if view is not None and model is not Staff:
            statement = statement.options(*view.datamodel.options())
        rows = db.session.scalars(statement).all()
        results = [{"id": row.id, "text": str(row)} for row in rows[:PAGE]]
        return jsonify(results=results, more=len(rows) > PAGE)

    def _target(self, path: str) -> type[Any]:
        """Find the model of a relation that one of this view's forms shows."""
        collection, _dot, name = path.rpartition(".")
        datamodel = self.datamodel  # type: ignore[attr-defined]
        shown = {*self.add_columns, *self.edit_columns, *self.search_columns}  # type: ignore[attr-defined]
        if collection:
            if name not in self.rows.get(collection, ()):  # type: ignore[attr-defined]
                abort(404)
            datamodel = type(datamodel)(datamodel.get_related_model(collection))
        elif name not in shown:
            abort(404)
        if not datamodel.is_relation_many_to_one(name):
            abort(404)
        return datamodel.get_related_model(name)  # type: ignore[no-any-return]


def _conditions(model: Any, typed: str) -> Iterator[Any]:
    """Yield what must hold for a row that has all the typed words."""
    if model is Staff:
        if typed:
            yield Staff.id.in_(found_by(db.session, typed))
        return
    for term in search_terms(typed):
        if issubclass(model, Searchable):
            yield model.search.like(like(term), escape="\\")
        else:
            yield model.name.ilike(like(term), escape="\\")


def _order(model: Any) -> Any:
    if issubclass(model, Searchable):
        return model.search
    return Staff.last_name if model is Staff else model.id
