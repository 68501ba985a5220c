"""The list of a generated view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from werkzeug.wrappers import Response

from app.access import Verb
from app.views.filters import BadFilterError
from app.views.records import Records


class Listing(Records):
    """Pages of rows, filtered and sorted."""

    @expose("/list/")
    @has_access
    def list(self) -> Response | str:
        """Show a page of the rows."""
        column, direction, page, size = self.read_arguments()
        count = 0
        rows: Sequence[Any] = ()
        try:
            count, rows = self.datamodel.query(self._filters, column, direction, page, size)
        except BadFilterError as error:
            flash(str(error), "danger")
        return self.render_template(
            self.list_template,
            title=self.list_title,
            view=self,
            table=self.as_table(rows, count, page, size),
            may_add=self.may(Verb.WRITE) and bool(self.add_columns),
        )

    def as_table(self, rows: Sequence[Any], count: int, page: int, size: int) -> dict[str, Any]:
        """Give what the template of a table needs."""
        return {
            "view": self,
            "rows": rows,
            "count": count,
            "page": page,
            "size": size,
            "columns": self.list_columns,
        }
