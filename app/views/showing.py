"""The page of a record, with the lists that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import flash
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel.speaklater import LazyString

from app.access import Verb
from app.views.listing import Listing

RELATED = 10  # rows of a list below a record; the rest is one click away


@dataclass(frozen=True)
class Button:
    """Something that can be done with a record: a page to open, or with ``post`` a change to make."""

    title: LazyString | str
    address: str
    post: bool = False


class Showing(Listing):
    """A record, what can be done with it, and what belongs to it."""

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """Show a record, with the lists that belong to it."""
        item = self.item(pk)
        for message in self.warnings(item):
            flash(message, "warning")
        return self.render_template(
            self.show_template,
            title=str(item),
            view=self,
            item=item,
            may_edit=self.may(Verb.WRITE) and self.writes(item) and bool(self.edit_columns),
            may_delete=self.may(Verb.DELETE) and self.writes(item) and bool(self.edit_columns),
            related=list(self.related_tables(item)),
            buttons=list(self.buttons(item)),
        )

    def related_tables(self, item: Any) -> Iterator[dict[str, Any]]:
        """Give the first page of each list that belongs to a record, as far as the person may read it."""
        # FAB collects them in the order of their registration; here the declaration's order counts.
        for view in sorted(self._related_views, key=lambda one: self.related_views.index(type(one))):
            if not view.may(Verb.READ):
                continue
            relation = view.datamodel.get_related_fk(self.datamodel.obj)
            query = view.datamodel.statement(None, *(view.base_order or ("", "")))
            query = query.filter(view.datamodel.get_relation_fk(relation) == item.id)
            rows = query.options(*view.datamodel.options()).limit(RELATED).all()
            table = view.as_table(rows, view.datamodel.count(query), 0, RELATED)
            table["columns"] = [column for column in view.list_columns if column != relation]
            add = view.may(Verb.WRITE) and bool(view.add_columns) and (self.writes(item) or not view.bound)
            yield {**table, "parent": {relation: item.id}, "may_add": add}

    @property
    def bound(self) -> bool:
        """Whether a new row belongs to the office of the row that it hangs on."""
        return bool(self.datamodel.obj.part_of or self.datamodel.obj.office_from)

    def buttons(self, item: Any) -> Iterator[Button]:
        """Yield what else can be done with a record, as far as this person may."""
        yield from ()

    def warnings(self, item: Any) -> Iterator[str]:
        """Yield what a person should know about a record; it's no reason to refuse anything."""
        yield from ()
