"""Remote selects: rows are asked for while one types, so that a form holds none but the chosen one."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import func, or_, select

from app.access import Verb, current
from app.core.db import db
from app.core.text import like, search_terms
from app.models.base import Searchable
from app.models.users import Staff
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
        statement = select(model)
        for term in search_terms(arguments._text(request.args.get("q", ""))):  # noqa: SLF001
            statement = statement.where(_matches(model, like(term)))
        order = model.search if issubclass(model, Searchable) else model.id
        statement = statement.order_by(order, model.id).offset(page * PAGE).limit(PAGE + 1)
        if view is not None:
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


def _matches(model: Any, pattern: str) -> Any:
    if issubclass(model, Searchable):
        return model.search.like(pattern, escape="\\")
    if issubclass(model, Staff):
        return or_(
            func.lower(model.first_name).like(pattern, escape="\\"),
            func.lower(model.last_name).like(pattern, escape="\\"),
        )
    return model.name.ilike(pattern, escape="\\")
