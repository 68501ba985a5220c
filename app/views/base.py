"""What all generated views share. A view itself is a declaration: model, section, columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response

from app.access import Verb, current
from app.core.db import db
from app.models.base import Scoped
from app.models.offices import Office
from app.views import arguments, saving
from app.views.declaration import Declaration
from app.views.downloads import DownloadMixin
from app.views.filters import BadFilterError
from app.views.forms import OfficeForm
from app.views.searching import SearchMixin

RELATED = 10  # rows of a list below a record; the rest is one click away


@dataclass(frozen=True)
class Button:
    """Something that can be done with a record: a page to open, or with ``post`` a change to make."""

    title: LazyString | str
    address: str
    post: bool = False


class OfficeView(SearchMixin, DownloadMixin, Declaration):
    """List, search, show, add, edit, delete and download of one model, within the scope of the person."""

    # --- pages --------------------------------------------------------------------------------------------
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

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Response | str:
        """Make a new record. The URL may name rows that it belongs to: ?organisation=5."""
        form = self.add_form()
        if request.method != "POST":
            arguments.prefill(form)
            self._prefill_office(form)
        elif form.validate():
            item = saving.create(self.datamodel.obj, form, self.before_save)
            if item is not None:
                flash(str(self.add_row_message), "success")
                return redirect(self.url_after(item))
        return self.render_form(form, self.add_title)

    @staticmethod
    def _prefill_office(form: OfficeForm) -> None:
        """A new record is of the person's own office, unless another is chosen."""
        home = current().home
        if "office" in form and form["office"].data is None and home is not None:
            form["office"].data = db.session.get(Office, home)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Response | str:
        """Change a record. A form that was opened on an older version is shown beside the newer one."""
        item = self.item(pk, writing=True)
        if not self.edit_columns:
            abort(404)
        form: OfficeForm = self.edit_form(obj=item)
        conflict: list[saving.Difference] = []
        if request.method != "POST":
            saving.open_on(item, form)
        elif form.validate():
            conflict = saving.differences(item, form)
            if not conflict and saving.change(item, form, self.before_save):
                flash(str(self.edit_row_message), "success")
                return redirect(self.url_after(item))
        return self.render_form(form, str(self.item(pk)), conflict=conflict, pk=pk)

    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> Response:
        """Delete a record that nothing refers to."""
        return self._delete_all([self.item(pk, writing=True)])

    @expose("/delete_selected", methods=["POST"])
    @has_access
    def delete_selected(self) -> Response:
        """Delete the ticked records, all or none."""
        keys = request.form.getlist("rowid")
        return self._delete_all([self.item(key, writing=True) for key in keys])

    def _delete_all(self, items: Sequence[Any]) -> Response:
        back = url_for(f"{self.endpoint}.show", pk=items[0].id) if len(items) == 1 else self.get_default_url()
        problems = saving.delete(items)
        for problem in problems:
            flash(str(problem), "danger")
        if problems:
            return redirect(back)
        flash(str(self.delete_row_message) if items else gettext("Nothing was chosen."), "success")
        return redirect(self.get_default_url())

    def action(self, name: str, pk: str) -> Response:
        """Leave out FAB's actions: they hand over rows that weren't checked."""
        abort(404)

    action_post = action

    # --- hooks of a view ----------------------------------------------------------------------------------
    def before_save(self, item: Any, *, new: bool) -> None:
        """Let a service act on a record that is about to be saved."""

    def buttons(self, item: Any) -> Iterator[Button]:
        """Yield what else can be done with a record, as far as this person may."""
        yield from ()

    def warnings(self, item: Any) -> Iterator[str]:
        """Yield what a person should know about a record; it's no reason to refuse anything."""
        yield from ()

    # --- tools --------------------------------------------------------------------------------------------
    def item(self, key: str, *, writing: bool = False) -> Any:
        """Give a row by its key: 404 where it can't be seen, 403 where it may only be read."""
        row = self.datamodel.get(key)
        if row is None:
            abort(404)
        if writing and not self.writes(row):
            abort(403)
        return row

    def writes(self, item: Any) -> bool:
        """Whether the row is of an office in which the person works."""
        office_id = item.id if isinstance(item, Office) else getattr(item, "office_id", None)
        return current().writes(office_id) if isinstance(item, (Scoped, Office)) else True

    def may(self, verb: Verb) -> bool:
        """Whether the person has a right in this view's section."""
        return current().may(verb, self.section.value)

    def url_after(self, item: Any) -> str:
        """Where a person goes after saving."""
        return url_for(f"{self.endpoint}.show", pk=item.id)

    def render_form(self, form: OfficeForm, title: Any, **more: Any) -> str:
        """Show a form; after an error it still holds what was typed."""
        columns = self.edit_columns if "pk" in more else self.add_columns
        return self.render_template(
            self.add_template, title=title, view=self, form=form, columns=columns, rows=self.rows, **more
        )
