"""The lists that belong to a record, as tabs: the first comes with the page, the others when they are opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from sqlalchemy import func, inspect, select

from app.access import Verb
from app.core.db import db
from app.queries import rows
from app.views.cells import view_of
from app.views.listing import Listing

RELATED = 10  # rows of a list below a record; the rest is one click away
PRINTED = 200  # the same on paper, where nobody can click


@dataclass(frozen=True)
class Tab:
    """A list that belongs to a record. ``view`` shows its rows, whose ``relation`` leads to the record."""

    name: str
    view: Any
    relation: str
    count: int
    add_address: str = ""
    add_title: Any = ""


class Related(Listing):
    """What belongs to a record: each view of ``related_views`` is a tab of its page."""

    @expose("/related/<pk>/<name>", methods=["GET"])
    @has_access
    def related(self, pk: str, name: str) -> str:
        """Give the inside of a tab, for a page that is open already."""
        item = self.item(pk)
        tab = self._tab(name, item)
        return self.render_template("views/show/tab.html", item=item, view=self, **self._filled(item, tab))

    def tabs(self, item: Any) -> Iterator[Tab]:
        """Give the lists that belong to a record, as far as the person may read them; one statement counts all."""
        # FAB collects them in the order of their registration; here the declaration's order counts.
        views = sorted(self._related_views, key=lambda one: self.related_views.index(type(one)))
        views = [view for view in views if view.may(Verb.READ)]
        if not views:
            return
        counts = db.session.execute(select(*(self._counting(view, item) for view in views))).one()
        for view, count in zip(views, counts, strict=True):
            yield self._tab_of(view, item, count)

    def _tab(self, name: str, item: Any) -> Tab:
        """Give one tab by its name: 404 where there's none, 403 where its rows aren't for this person."""
        view = next((view for view in self._related_views if tab_name(view) == name), None)
        if view is None:
            abort(404)
        if not view.may(Verb.READ):
            abort(403)
        return self._tab_of(view, item, db.session.execute(select(self._counting(view, item))).scalar_one())

    def _tab_of(self, view: Any, item: Any, count: int) -> Tab:
        relation = view.datamodel.get_related_fk(self.datamodel.obj)
        name = tab_name(view)
        back = url_for(f"{self.endpoint}.show", pk=item.id, tab=name)
        adding, named = self._adding(view, relation, item)
        if adding is None:
            return Tab(name, view, relation, count)
        address = url_for(f"{adding.endpoint}.add", **{named: item.id, "back": back})
        return Tab(name, view, relation, count, address, adding.add_title)

    def _adding(self, view: Any, relation: str, item: Any) -> tuple[Any, str]:
        """Give the view whose form adds a row, and how its address names the record; None where none may be added.

        A part is added with its whole: a contract, in which the organisation is the first party.
        """
        model = view.datamodel.obj
        if not model.part_of:
            may = view.may(Verb.WRITE) and view.add_columns and (self.writes(item) or not view.bound)
            return (view, relation) if may else (None, "")
        whole = inspect(model).relationships[model.part_of]
        adding, collection = view_of(whole.mapper.class_), str(whole.back_populates)
        if adding is None or relation not in adding.rows.get(collection, ()) or not adding.may(Verb.WRITE):
            return None, ""
        return adding, f"{collection}.{relation}"

    def _counting(self, view: Any, item: Any) -> Any:
        keys = self._rows(view, item).with_entities(view.datamodel.obj.id).order_by(None)
        capped = keys.limit(rows.COUNT_CAP + 1).subquery()
        return select(func.count()).select_from(capped).scalar_subquery()

    def _rows(self, view: Any, item: Any) -> Any:
        relation = view.datamodel.get_related_fk(self.datamodel.obj)
        query = view.datamodel.statement(None, *(view.base_order or ("", "")))
        return query.filter(view.datamodel.get_relation_fk(relation) == item.id)

    def _opened(self, item: Any, tabs: Sequence[Tab]) -> dict[str, Any]:
        """Fill the tab that the URL names, else the first one that has something."""
        if not tabs:
            return {}
        asked = request.args.get("tab", "")
        filled = next((tab for tab in tabs if tab.count), tabs[0])
        return self._filled(item, next((tab for tab in tabs if tab.name == asked), filled))

    def _filled(self, item: Any, tab: Tab, size: int = RELATED) -> dict[str, Any]:
        found = self._rows(tab.view, item).options(*tab.view.datamodel.options()).limit(size).all()
        table = tab.view.as_table(found, tab.count, 0, size)
        table["columns"] = [
            column for column in tab.view.tab_columns or table["columns"] if column != tab.relation
        ]
        return {"tab": tab, "table": table}

    @property
    def bound(self) -> bool:
        """Whether a new row belongs to the office of the row that it hangs on."""
        return bool(self.datamodel.obj.part_of or self.datamodel.obj.office_from)


def tab_name(view: Any) -> str:
    """Give the name of a list in the address of a page."""
    return str(view.route_base).strip("/")
