"""The forms of a generated view: add, edit and delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.access import Verb, current
from app.core.db import db
from app.models.offices import Office
from app.security import local_target
from app.views import arguments, keeping, saving
from app.views.duplicates import Duplicates
from app.views.forms import OfficeForm


class Editing(Duplicates):
    """New records, changed ones, and those that go."""

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Response | str:
        """Make a new record. The URL may name rows that it belongs to: ?organisation=5."""
        if not self.may(Verb.WRITE):
            abort(403)
        form = self.add_form()
        if request.method != "POST":
            arguments.prefill(form)
            self._prefill_office(form)
            form.row_back.data = request.args.get("back")
        elif keeping.only_shown(form):
            pass
        elif not form.validate():
            saving.foresee(self.datamodel.obj(), form)
        else:
            item = saving.create(self.datamodel.obj, form, self.before_save)
            if item is not None:
                flash(str(self.add_row_message), "success")
                # The form that asked for the record, in another tab, chooses it.
                flash((url_for(f"{self.endpoint}.add"), item.id, str(item)), "added")  # type: ignore[arg-type]
                return redirect(self._next(item, form))
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
            form.row_back.data = request.args.get("back")
        elif keeping.only_shown(form):
            pass
        elif not form.validate():
            saving.foresee(item, form)
        else:
            conflict = saving.differences(item, form)
            if not conflict and saving.change(item, form, self.before_save):
                flash(str(self.edit_row_message), "success")
                return redirect(self._next(item, form))
        return self.render_form(form, str(self.item(pk)), conflict=conflict, pk=pk)

    def _next(self, item: Any, form: OfficeForm) -> str:
        """Give where saving leads: to the record or back, into the form again, or into one for another record."""
        shown, back = self.url_after(item), form.row_back.data
        match request.form.get("row_next"):
            case "stay" if self.edit_columns:
                return url_for(f"{self.endpoint}.edit", pk=item.id, back=back or None)
            case "new":
                return url_for(f"{self.endpoint}.add", **self._parents(item), back=back or None)
        return local_target(back) if back else shown

    def _parents(self, item: Any) -> dict[str, Any]:
        """Give what the next record shares with this one: its office, and the rows for which it was added."""
        names = {"office", self.datamodel.obj.office_from, *request.args}
        return {
            name: getattr(item, f"{name}_id")
            for name in self.add_columns
            if name in names and self.datamodel.is_relation_many_to_one(name)
        }

    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> Response:
        """Delete a record that nothing refers to."""
        return self._delete_all([self.item(pk, writing=True)])

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

    def before_save(self, item: Any, *, new: bool) -> None:
        """Let a service act on a record that is about to be saved."""

    def url_after(self, item: Any) -> str:
        """Where a person goes after saving."""
        return url_for(f"{self.endpoint}.show", pk=item.id)

    def render_form(self, form: OfficeForm, title: Any, **more: Any) -> str:
        """Show a form; after an error it still holds what was typed."""
        columns = self.edit_columns if "pk" in more else self.add_columns
        pk, back = more.get("pk"), form.row_back.data
        own = self.get_default_url() if pk is None else url_for(f"{self.endpoint}.show", pk=pk)
        return self.render_template(
            self.add_template,
            title=title,
            view=self,
            form=form,
            groups=self.grouped(columns),
            rows=self.rows,
            cancel=local_target(back) if back else own,
            **more,
        )
