"""What a generated view declares: model, section, titles, columns; and how FAB takes it up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask_appbuilder import ModelView
from flask_babel import lazy_gettext as _
from sqlalchemy import inspect

from app.access import Section
from app.labels import labels
from app.views import columns as columns_of
from app.views.filters import Search
from app.views.forms import Converter
from app.views.groups import Group, shown
from app.views.lookups import LookupMixin
from app.views.tables import Table

_READ = dict.fromkeys(
    ("list", "show", "related", "told", "lookup", "file", "settings", "save_view", "change_view", "bulk"),
    "read",
)
_WRITE = dict.fromkeys(("add", "edit", "find_duplicates"), "write")
_CHANGES = ("add", "edit", "delete")
_REST = {"delete": "delete", "export": "export"}


# FAB's annotations are narrower than what it takes: lazy titles, tuples, any sequence of columns.
_Generated: Any = ModelView


class Declaration(LookupMixin, _Generated):  # type: ignore[misc]
    """The declared part of a view. A view sets these attributes, and seldom more."""

    section: ClassVar[Section]
    #: Name of a Tabler icon.
    icon: ClassVar[str]
    datamodel: Table
    #: Title of the list, and of the form for a new record.
    list_title: Any
    add_title: Any
    title: Any
    add_row_message: Any = _("Saved.")
    edit_row_message: Any = _("Saved.")
    delete_row_message: Any = _("Deleted.")
    #: (title, columns) in the order of the record's page and form; each column is in one of them.
    groups: ClassVar[Sequence[Group]] = ()
    #: Columns of each page, by attribute. What isn't named isn't shown.
    list_columns: Any = ()
    show_columns: Any = ()
    #: Columns of the list below another record, where there's less room; those of the list unless it names some.
    tab_columns: ClassVar[Sequence[str]] = ()
    add_columns: Any = ()
    edit_columns: Any = ()
    search_columns: Any = ()
    #: (column, "asc" or "desc") of a list that wasn't sorted by heading.
    base_order: Any = None
    add_form: Any
    edit_form: Any
    #: Parts that are edited within the record's form: {"parties": ["organisation", "side"]}.
    rows: ClassVar[dict[str, Sequence[str]]] = {}
    #: Columns of which each group makes a duplicate likely, the most telling first; "channels.value" is one of
    #: the rows: (("last_name", "first_name"), ("channels.value",)).
    duplicates: ClassVar[Sequence[Sequence[str]]] = ()
    #: How many empty rows stand ready in a new record's form.
    blank_rows: ClassVar[int] = 1

    #: Whether the list can be taken as a file. Who may be written to is asked by ``views.exports``, for each person.
    downloadable: ClassVar[bool] = True
    #: Columns that can be set for many records at once, from the list.
    bulk_changes: ClassVar[Sequence[str]] = ()

    #: What the search box looks through.
    search_filter: ClassVar[type[Search]] = Search

    list_template = "views/list.html"
    show_template = "views/show.html"
    add_template = "views/form.html"
    edit_template = "views/form.html"

    method_permission_name = {**_READ, **_WRITE, **_REST}
    exclude_route_methods = {"download"}

    def __init__(self, **kwargs: Any) -> None:
        """Check that columns are named: what isn't named isn't shown, so an empty list is a mistake."""
        self.class_permission_name = self.section.value
        if not self.list_columns or not self.show_columns:
            message = f"{type(self).__name__} must name its columns"
            raise TypeError(message)
        if not self.add_columns:
            self.exclude_route_methods = {*self.exclude_route_methods, *_CHANGES}
        elif not self.edit_columns:
            self.exclude_route_methods = {*self.exclude_route_methods, "edit", "delete"}
        if not self.downloadable:
            self.exclude_route_methods = {*self.exclude_route_methods, "export"}
        if not self.duplicates:
            self.exclude_route_methods = {*self.exclude_route_methods, "find_duplicates"}
        super().__init__(**kwargs)

    def _init_properties(self) -> None:
        """Name the columns from the one table of labels."""
        columns = {
            *self.list_columns,
            *self.show_columns,
            *self.add_columns,
            *self.edit_columns,
            *self.search_columns,
        }
        self.label_columns = labels(self.datamodel.obj.__name__, sorted(columns))
        self.datamodel.parts = self._parts()
        added, edited = self.add_columns, self.edit_columns
        super()._init_properties()
        # FAB takes an empty list for "all columns"; here it means none.
        self.add_columns, self.edit_columns = added or [], edited or []
        self.order_columns = columns_of.sortable(self)

    def grouped(self, columns: Sequence[str]) -> list[tuple[Any, list[str]]]:
        """Give a page's columns in their groups."""
        return shown(self.groups, columns)

    def _parts(self) -> list[str]:
        """Give the paths of the record's parts and of what their rows choose."""
        found = []
        for name, columns in self.rows.items():
            relations = inspect(self.datamodel.get_related_model(name)).relationships
            found += [name, *(f"{name}.{column}" for column in columns if column in relations)]
        return found

    def _gen_labels_columns(self, list_columns: Sequence[str]) -> None:
        """Leave out FAB's English guesses at labels."""

    def _init_forms(self) -> None:
        """Make the forms with our fields. Filters need no form: each says itself what it asks for."""
        converter = Converter(self.datamodel, self.lookup_url)
        extra = {
            name: converter.rows(name, columns, max(self.blank_rows, 1))
            for name, columns in self.rows.items()
        }
        self.add_form = converter.create_form(self.add_columns, extra)
        self.edit_form = converter.create_form(self.edit_columns, extra)

    def _init_titles(self) -> None:
        """A record's pages are titled by the record."""
        self.title = self.list_title
