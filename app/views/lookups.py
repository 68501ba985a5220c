"""Remote selects: rows are asked for while one types, so that a form holds none but the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, jsonify, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import select

from app.core.db import db
from app.models.base import Searchable
from app.models.users import Staff
from app.queries.users import found_by
from app.views import arguments
from app.views.cells import may_choose, view_of
from app.views.filters import Search
from app.views.filters.values import BETWEEN

PAGE = 20


def offered(rows: Sequence[Any]) -> Response:
    """Give rows to a remote select, of which one more than a page was read."""
    results = [{"id": row.id, "text": str(row)} for row in rows[:PAGE]]
    return jsonify(results=results, more=len(rows) > PAGE)


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
        if not may_choose(model):
            abort(403)
        page = arguments.number("page")
        typed = arguments.text(request.args.get("q", ""))
        statement = select(model).order_by(_order(model), model.id).offset(page * PAGE).limit(PAGE + 1)
        if model is not Staff:
            view = view_of(model)
            statement = statement.options(*view.datamodel.options())
            statement = Search("search", view.datamodel).apply(statement, typed)
        elif typed:
            statement = statement.where(Staff.id.in_(found_by(db.session, typed)))
        return offered(db.session.scalars(statement).all())

    def _target(self, path: str) -> type[Any]:
        """Find the model of a relation that one of this view's forms shows."""
        collection, _dot, name = path.replace(BETWEEN, ".").rpartition(".")
        datamodel = self.datamodel  # type: ignore[attr-defined]
        shown = {*self.add_columns, *self.edit_columns, *self.search_columns}  # type: ignore[attr-defined]
        if collection:
            if name not in self.rows.get(collection, ()) and path not in shown:  # type: ignore[attr-defined]
                abort(404)
            datamodel = type(datamodel)(datamodel.get_related_model(collection))
        elif name not in shown:
            abort(404)
        if not datamodel.is_relation_many_to_one(name):
            abort(404)
        return datamodel.get_related_model(name)


def _order(model: Any) -> Any:
    if issubclass(model, Searchable):
        return model.search
    return Staff.last_name if model is Staff else model.id
