"""The list of a generated view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import flash, redirect
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from app.access import Verb
from app.models.lists import Density
from app.views import arguments, building, columns, paging
from app.views.bulk import MOST, Bulk
from app.views.filters import BadFilterError
from app.views.saved_views import SIZES, office_name


class Listing(Bulk):
    """Pages of rows, filtered and sorted."""

    @expose("/list/")
    @has_access
    def list(self) -> Response | str:
        """Show a page of the rows."""
        address = self.beginning() or building.added(self)
        if address:
            return redirect(address)
        column, direction, page, size = self.read_arguments()
        self.note_address()
        count = 0
        rows: Sequence[Any] = ()
        look = self.look()
        try:
            count, rows = self.datamodel.query(
                self._filters,
                column,
                direction,
                page,
                size,
                columns=look.columns,
                beside=arguments.beside(self),
            )
        except BadFilterError as error:
            flash(str(error), "danger")
        table = self.as_table(rows, count, page, size)
        may_edit = self.may(Verb.WRITE) and bool(self.edit_columns)
        actions = tuple(self.bulk_actions())
        return self.render_template(
            self.list_template,
            title=self.list_title,
            view=self,
            table={
                **table,
                "columns": look.columns,
                "order": (column, direction),
                "density": look.density,
                "pages": paging.numbers(page, size, count),
                "steps": paging.steps(type(self).__name__, page, size, count, rows),
                "too_many": self.too_many(count, actions),
                "most": MOST,
            },
            look=look,
            sizes=SIZES,
            densities=tuple(Density),
            share_with=office_name(),
            chips=building.chips(self),
            choices=building.choices(self, look.columns),
            builder=building.Builder.of(self),
            actions=actions,
            may_add=self.may(Verb.WRITE) and bool(self.add_columns),
            may_edit=may_edit,
        )

    def list_links(self) -> Iterator[tuple[LazyString, str]]:
        """Yield title and address of what can be done with the whole list, as far as this person may."""
        yield from ()

    def as_table(self, rows: Sequence[Any], count: int, page: int, size: int) -> dict[str, Any]:
        """Give what the template of a table needs."""
        return {
            "view": self,
            "rows": rows,
            "count": count,
            "page": page,
            "size": size,
            "columns": columns.standard(self),
        }
