"""What is done with many records of a list at once: the ticked ones, or all that the filters find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Query
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.access import ForeignRowError, Verb
from app.core import clock
from app.core.db import db, key_of
from app.core.values import format_decimal
from app.labels import MODELS
from app.models.base import Shareable
from app.services import bulk, lists
from app.views import arguments, saving
from app.views.filters import BadFilterError
from app.views.forms import Converter, OfficeForm
from app.views.saved_views import SavedViews

MOST = 2_000  # records that are changed or deleted at once: each is checked by itself
NAMED = 10  # records that the question names
REASONS = 5  # that are told
SET = "set-"
TAGS = "tags"


@dataclass(frozen=True)
class Action:
    """Something that can be done with the chosen records."""

    name: str
    title: Any
    #: A file is given at once; everything else asks first.
    download: bool = False
    danger: bool = False
    #: What the button of the question says, where it's neither "Save" nor "Delete".
    button: Any = None
    #: What else is done than to change columns, or to delete: the form that asks for it, and what does it. That gives
    #: the answer, or None where the form is to be asked again.
    form: type[OfficeForm] | None = None
    run: Callable[[Chosen, Any], Response | None] | None = None


@dataclass(frozen=True)
class Chosen:
    """The records that were chosen: by key, or all that an address of the list finds."""

    query: Query[Any]
    sent: MultiDict[str, str]
    keys: Sequence[str]
    count: int
    #: How many more the address finds that other offices share, and only they change.
    others: int = 0

    @property
    def everything(self) -> bool:
        """Whether all matches were chosen."""
        return not self.keys


class Bulk(SavedViews):
    """The endpoint for many records."""

    def bulk_actions(self) -> Iterator[Action]:
        """Yield what this person may do with the chosen records."""
        if self.downloadable and self.may(Verb.EXPORT):
            yield Action("xlsx", _("Download as Excel"), download=True)
            yield Action("csv", _("Download as CSV"), download=True)
        if self.may(Verb.WRITE):
            for column in self.bulk_changes:
                name = self.label_columns[column]
                yield Action(f"{SET}{column}", gettext("Change “%(column)s”", column=name))
        if self.may(Verb.DELETE) and "delete" not in self.exclude_route_methods:
            yield Action("delete", _("Delete"), danger=True)

    @expose("/bulk", methods=["POST"])
    @has_access
    def bulk(self) -> Response | str:
        """Do something with the chosen records, once it was confirmed."""
        action = next((one for one in self.bulk_actions() if one.name == request.form.get("act")), None)
        if action is None:
            abort(403)
        chosen = self._chosen(action)
        if chosen is None:
            flash(gettext("Nothing was chosen."), "warning")
            return redirect(self._back())
        if action.download:
            words = self._words(chosen)
            later = (
                self.all_later(action.name, chosen.query, chosen.sent, words) if chosen.everything else None
            )
            return later or self.download(action.name, chosen.query, words)
        if chosen.count > MOST:
            text = gettext(
                "At most %(number)s records can be changed or deleted at once. Please narrow the list.",
                number=format_decimal(MOST),
            )
            flash(text, "danger")
            return redirect(self._back())
        return self._act(action, chosen)

    def too_many(self, count: int, actions: Sequence[Action]) -> int:
        """Give how many matches there are to be changed, where these are more than can be; else 0.

        ``count`` are those of the list, with the ones that other offices share.
        """
        if count <= MOST or all(action.download for action in actions):
            return 0
        table = self.datamodel
        if not issubclass(table.obj, Shareable):
            return count
        number: int = table.count(table.writable(table.statement(self._filters)))
        return number if number > MOST else 0

    def _act(self, action: Action, chosen: Chosen) -> Response | str:
        """Ask, or do it. More or fewer matches than the person was told of are asked about again."""
        form = self._form(action) if action.form or action.name.startswith(SET) else None
        sure = request.form.get("confirmed") == str(chosen.count)
        if not sure or (form is not None and not form.validate()):
            return self._ask(action, chosen, form)
        if action.run is not None:
            return action.run(chosen, form) or self._ask(action, chosen, form)
        items = chosen.query.options(*self._whole()).all()
        theirs = [item for item in items if not self.writes(item)]
        if theirs:
            # They are read with everybody, and changed by their office alone.
            return self._refuse([gettext("“%(name)s” is of another office, which alone may change it.", name=one)
                                 for one in theirs])  # fmt: skip
        reasons = saving.delete(items) if form is None else self._change(items, form)
        if reasons:
            return self._refuse(reasons)
        if form is None:
            text = ngettext("%(num)s record was deleted.", "%(num)s records were deleted.", len(items))
        else:
            text = ngettext("%(num)s record was changed.", "%(num)s records were changed.", len(items))
        flash(text, "success")
        return redirect(self._back())

    def _whole(self) -> Sequence[Any]:
        """Load what is deleted with a record, and what its rules look at, a statement for each kind."""
        parts = [name for name in self.datamodel.list_properties if self._is_part(name)]
        return self.datamodel.options(parts)

    def _is_part(self, name: str) -> bool:
        cascade = getattr(self.datamodel.list_properties[name], "cascade", None)
        return bool(cascade and cascade.delete)

    def _change(self, items: Sequence[Any], form: OfficeForm) -> list[str]:
        def act(item: Any) -> None:
            if form.own == [TAGS]:
                item.tags = lists.tagged(item.tags, form[TAGS].data or "", remove="remove" in request.form)
            else:
                form.populate_obj(item)
            self.before_save(item, new=False)

        try:
            reasons = bulk.change(items, act)
        except ForeignRowError:
            db.session.rollback()
            abort(404)
        if reasons:
            db.session.rollback()
        else:
            db.session.commit()
        return reasons

    def _refuse(self, reasons: Sequence[str]) -> Response:
        for reason in reasons[:REASONS]:
            flash(reason, "danger")
        if len(reasons) > REASONS:
            flash(gettext("There are %(number)s more reasons.", number=len(reasons) - REASONS), "danger")
        flash(gettext("Nothing was changed: either all chosen records are, or none."), "warning")
        return redirect(self._back())

    def _ask(self, action: Action, chosen: Chosen, form: OfficeForm | None) -> str:
        named = chosen.query.options(*self.datamodel.options()).limit(NAMED).all()
        kind = str(MODELS[self.datamodel.obj.__name__])
        if action.name == "delete" and chosen.count == 1:
            title = gettext("Delete “%(name)s”?", name=named[0])
        elif action.name == "delete":
            title = gettext("Delete %(number)s %(kind)s?", number=format_decimal(chosen.count), kind=kind)
        elif chosen.count == 1:
            title = gettext("%(action)s: %(name)s", action=action.title, name=named[0])
        elif action.run is not None:
            number, what = f"{format_decimal(chosen.count)} {kind}", str(action.title).rstrip(" …")
            title = gettext("%(action)s: %(name)s", action=what, name=number)
        else:
            title = gettext(
                "%(action)s of %(number)s %(kind)s",
                action=action.title,
                number=format_decimal(chosen.count),
                kind=kind,
            )
        return self.render_template(
            "views/list/confirm.html", title=title, view=self, action=action, chosen=chosen, named=named,
            form=form, tags=action.name == f"{SET}{TAGS}", query=arguments.written(chosen.sent),
        )  # fmt: skip

    def _form(self, action: Action) -> OfficeForm:
        """Give the form for the new value; it's empty until the person has seen it."""
        column = action.name.removeprefix(SET)
        make: Callable[..., OfficeForm] = action.form or Converter(
            self.datamodel, self.lookup_url
        ).create_form([column], {})
        if "confirmed" in request.form:
            return make()
        form = make(formdata=None)
        if action.form is None and self.datamodel.is_datetime(column):
            form[column].data = clock.now()
        return form

    def _chosen(self, action: Action) -> Chosen | None:
        """Read what was chosen; None for nothing, 404 for what can't be seen."""
        sent = self._sent()
        keys = list(dict.fromkeys(request.form.getlist("rowid")))
        everything = request.form.get("every") == "1"
        if not keys and not everything:
            return None
        if everything:
            try:
                query = self.matches(sent)
            except BadFilterError:
                abort(400)
            count = found = self.datamodel.count(query)
            if not action.download:
                query = self.datamodel.writable(query)
                count = self.datamodel.count(query)
            return Chosen(query, sent, (), count, found - count) if count else None
        column, direction, _page, _size = self.read_arguments(sent)
        numbers = [number for number in map(key_of, keys) if number is not None]
        query = self.datamodel.statement(None, column, direction).filter(self.datamodel.obj.id.in_(numbers))
        if len(numbers) != len(keys) or query.count() != len(keys):
            abort(404)
        return Chosen(query, sent, keys, len(keys))

    def _words(self, chosen: Chosen) -> str:
        """Say for the receipt what was taken."""
        if chosen.everything:
            return self.filters_in_words()
        return ngettext("%(num)s chosen row", "%(num)s chosen rows", chosen.count)
