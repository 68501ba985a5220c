"""The page of a record: what matters first, then its fields, what belongs to it, and what happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, flash, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.access import Verb
from app.core import clock
from app.models.activities import Activity, ActivityKind
from app.models.base import Entity
from app.views import header, timeline
from app.views.arguments import number as asked_for
from app.views.cells import view_of
from app.views.related import PRINTED, Related

TASKS = 5
#: Columns that stand in the header or below it on every page.
FRAME = frozenset({"office", "created_by", "changed_by", "changed_at"})


@dataclass(frozen=True)
class Button:
    """Something that can be done with a record: a page to open, or with ``post`` a change to make."""

    title: LazyString | str
    address: str
    post: bool = False
    #: Whether a person is asked before the change is made.
    ask: bool = True


@dataclass(frozen=True)
class Section:
    """Some columns of a record that have something in them; parts of the record stand alone."""

    title: Any
    columns: Sequence[str]
    part: bool = False


class Showing(Related):
    """A record, what can be done with it, and what belongs to it."""

    #: Columns that stand as badges beside the name.
    badges: ClassVar[Sequence[str]] = ()
    #: How the record is reached or what it hangs on, as links below the name; see header.COMPOSED for more names.
    contact_columns: ClassVar[Sequence[str]] = ()
    #: What only this kind of record shows: a template, the columns that it shows, and what gives its data.
    panel_template: ClassVar[str] = ""
    #: Further pages of a record, see eventpages.EventPage.
    pages: ClassVar[Sequence[Any]] = ()
    panel_columns: ClassVar[Sequence[str]] = ()

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """Show a record. The URL may name a tab, and how many entries of the time line are shown; or ask for paper."""
        item = self.item(pk)
        for message in self.warnings(item):
            flash(message, "warning")
        told = isinstance(item, Entity) and not item.part_of
        tabs = list(self.tabs(item))
        paper = request.args.get("print") == "1"
        entries = asked_for("entries") or (PRINTED if paper else timeline.PAGE)
        return self.render_template(
            self.show_template,
            title=str(item),
            view=self,
            item=item,
            may_edit=self.may(Verb.WRITE) and self.writes(item) and bool(self.edit_columns),
            may_delete=self.may(Verb.DELETE) and self.writes(item) and bool(self.edit_columns),
            buttons=list(self.buttons(item)),
            badges=list(header.badges(self, item)),
            facts=list(header.facts(self, item)),
            sections=list(self.sections(item)),
            panel=self.panel(item) if self.panel_template else None,
            tabs=tabs,
            paper=paper,
            lists=[self._filled(item, tab, PRINTED) for tab in tabs if tab.count] if paper else (),
            **({} if paper else self._opened(item, tabs)),
            **(self._next_tasks(item) if told else {}),
            told=timeline.page(item, size=entries) if told else None,
        )

    @expose("/told/<pk>", methods=["GET"])
    @has_access
    def told(self, pk: str) -> str:
        """Give a further piece of the time line, for a page that is open already."""
        item = self.item(pk)
        if not isinstance(item, Entity) or item.part_of:
            abort(404)
        page = timeline.page(item, asked_for("start"))
        return self.render_template("views/show/entries.html", item=item, view=self, told=page)

    # --- fields -------------------------------------------------------------------------------------------
    def sections(self, item: Any) -> Iterator[Section]:
        """Give the columns in their groups, what the header and the panel show apart; empty ones are left out."""
        shown = {*FRAME, *self.panel_columns, *header.shown(self)}
        left = [
            column for column in self.show_columns if column not in shown and self._filled_in(item, column)
        ]
        for title, columns in (*getattr(self, "groups", ()), (_("Details"), self.show_columns)):
            plain = [column for column in columns if column in left and column not in self.rows]
            if plain:
                yield Section(title, plain)
            parts = [column for column in columns if column in left and column in self.rows]
            for column in parts:
                yield Section(self.label_columns[column], [column], part=True)
            left = [column for column in left if column not in columns]

    def _filled_in(self, item: Any, column: str) -> bool:
        value = self.datamodel._get_attr_value(item, column)  # noqa: SLF001 - FAB's name for it
        return value is not None and value not in ("", [])

    # --- what is to be done -------------------------------------------------------------------------------
    def _next_tasks(self, item: Any) -> dict[str, Any]:
        """Give the open tasks, and where a new one is written down."""
        tasks = timeline.tasks(item, TASKS + 1)
        view = view_of(Activity)
        relation = timeline.relation_of(item)
        may_write = bool(relation) and view.may(Verb.WRITE)
        here = request.full_path.removesuffix("?")  # with the tab that is open
        add = {"kind": ActivityKind.TASK.value, relation: item.id, "back": here}
        return {
            "tasks": tasks[:TASKS],
            "more_tasks": len(tasks) > TASKS,
            "may_follow": bool(relation) and view.may(Verb.READ),
            "activities": view,
            "add_activity": url_for(f"{view.endpoint}.add", **add) if may_write else "",
            "here": here,
            "today": clock.today(),
        }

    # --- hooks of a view ----------------------------------------------------------------------------------
    def panel(self, item: Any) -> dict[str, Any] | None:
        """Give what the panel of this kind of record shows; None where there is nothing."""
        return None

    def buttons(self, item: Any) -> Iterator[Button]:
        """Yield what else can be done with a record, as far as this person may."""
        yield from ()

    def warnings(self, item: Any) -> Iterator[str]:
        """Yield what a person should know about a record; it's no reason to refuse anything."""
        yield from ()
