"""The global search: one box over all that the person may read, from the views of the menu."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from flask import current_app, g, make_response, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Enum, Select, String, inspect
from werkzeug.wrappers import Response

from app.access import Verb
from app.core.db import db
from app.core.text import fold, search_terms
from app.core.values import display
from app.models.base import Searchable
from app.queries import search
from app.queries.pages import Order
from app.queries.search import Candidate
from app.security import signed_in
from app.views import arguments, columns
from app.views.filters import Search
from app.views.templating import menu

SHORTEST = 2  # letters that are looked for
IN_BOX, ON_PAGE = 5, 20  # hits of a kind
FACTS = 3  # what is said of a hit beside its name


#: Pages that aren't in the menu: name, endpoint, icon.
OTHERS = (
    (_("Start"), "DashboardView.index", "home"),
    (_("My account"), "AccountView.account", "user-circle"),
    (_("My downloads"), "MyDownloadsView.index", "download"),
    (_("Reports by mail"), "SchedulesView.index", "mail"),
    (_("REST API"), "DocumentationView.index", "file-text"),
)


@dataclass(frozen=True)
class Hit:
    """What was found: its name, what tells it from others of that name, its page, and a sign if it has its own."""

    name: str
    facts: str
    address: str
    icon: str = ""


@dataclass(frozen=True)
class Kind:
    """The hits of one kind. ``count`` is capped: ``more`` says that there are others still.

    ``address`` is a list of all of them, where there is one.
    """

    title: Any
    icon: str
    hits: Sequence[Hit]
    count: int
    more: bool = False
    address: str = ""


class FindingView(BaseView):
    """The page of the search, and the same in short below the box of each page."""

    route_base = "/search"
    default_view = "index"

    @expose("/")
    @signed_in
    def index(self) -> Response | str:
        """Show what was found."""
        typed = asked()
        title = gettext("Search: %(typed)s", typed=typed) if typed else gettext("Search")
        shown = {"title": title, "typed": typed, "kinds": found(typed, ON_PAGE), "shortest": SHORTEST}
        return _unkept(self.render_template("finding/page.html", **shown))

    @expose("/box")
    def box(self) -> Response:
        """Give the hits alone, for the box of a page."""
        if not g.user.is_authenticated:
            return make_response("", 401)
        typed = asked()
        return _unkept(self.render_template("finding/box.html", typed=typed, kinds=found(typed, IN_BOX)))


def asked() -> str:
    """Read what was typed; 400 for what can't be text."""
    return arguments.text(request.args.get("q", "")).strip()


def kinds() -> Iterator[Any]:
    """Give the views of the menu that the person may read, and whose records have names to search for."""
    for group in current_app.extensions["appbuilder"].menu.get_list():
        for entry in group.childs:
            view = entry.baseview
            if hasattr(view, "datamodel") and view.may(Verb.READ) and _is_searched(view):
                yield view


def _is_searched(view: Any) -> bool:
    # Without a search text of its own a row is found by others', and they are found already; staff are compared.
    return issubclass(view.datamodel.obj, Searchable) or view.search_filter is not Search


def found(typed: str, size: int) -> list[Kind]:
    """Give the best hits of each kind that has any; the kind with the best hit of all comes first."""
    if len(fold(typed)) < SHORTEST or not search_terms(typed):
        return []
    made: list[tuple[int, Kind]] = []
    for view, keys, count, place in _matches(list(kinds()), typed):
        hits = [_hit(view, row) for row in _rows(view, keys[:size], typed)]
        address = url_for(f"{view.endpoint}.list", q=typed)
        more = count > search.SEEN
        kind = Kind(view.list_title, view.icon, hits, min(count, search.SEEN), more, address)
        made.append((place, kind))
    return [*_pages(typed), *(kind for _place, kind in sorted(made, key=itemgetter(0)))]


def _pages(typed: str) -> Iterator[Kind]:
    """Yield the pages that are called so, for whoever goes there by the keyboard."""
    terms = search_terms(typed)
    hits = [
        Hit(str(entry.label), str(group.label), entry.get_url(), entry.icon)
        for group, entries in menu()
        for entry in entries
    ]
    hits += [Hit(str(name), "", url_for(endpoint), sign) for name, endpoint, sign in OTHERS]
    hits = [hit for hit in hits if _begins(fold(hit.name).split(), terms)]
    if hits:
        yield Kind(gettext("Pages"), "file-text", hits, len(hits))


def _begins(words: Sequence[str], terms: Sequence[str]) -> bool:
    return all(any(word.startswith(term) for word in words) for term in terms)


def _matches(views: Sequence[Any], typed: str) -> Iterator[tuple[Any, list[int], int, int]]:
    """Yield the kinds that have any: the keys of the rows that match best, how many match, how well the best does."""
    searched = {at: view for at, view in enumerate(views) if issubclass(view.datamodel.obj, Searchable)}
    found = _candidates(search.holding, searched, typed)
    often = {at: searched[at] for at, rows in found.items() if len(rows) > search.SEEN}
    first = _candidates(search.beginning, often, typed)
    for at, view in enumerate(views):
        if at not in searched:
            query = view.search_filter("search", view.datamodel).apply(
                db.session.query(view.datamodel.obj.id), typed
            )
            keys = [key for (key,) in query.order_by(view.datamodel.obj.id).limit(search.SEEN + 1)]
            if keys:
                yield view, keys, len(keys), search.WORDS
        elif found[at]:
            best = search.ranked([*found[at], *first.get(at, ())], typed)
            yield view, [row.id for row in best], len(found[at]), best[0].place(typed)


def _candidates(
    ask: Callable[..., Select[Any, Any, Any, Any]], views: Mapping[int, Any], typed: str
) -> dict[int, list[Candidate]]:
    """Ask for rows of all these kinds at once."""
    found: dict[int, list[Candidate]] = {at: [] for at in views}
    if views:
        asked = {at: ask(view.datamodel.obj, _name(view), typed) for at, view in views.items()}
        for at, *row in db.session.execute(search.together(asked)):
            found[at].append(Candidate(*row))
    return found


def _name(view: Any) -> Any:
    """Give the column under which a list shows its rows: the first that is text."""
    mapped = inspect(view.datamodel.obj).columns
    texts = (
        name
        for name in view.list_columns
        if name in mapped
        and isinstance(mapped[name].type, String)
        and not isinstance(mapped[name].type, Enum)
    )
    name = next(texts, None)
    return None if name is None else getattr(view.datamodel.obj, name)


def _rows(view: Any, keys: Sequence[int], typed: str) -> list[Any]:
    """Load the rows in their order; one whose whole name was typed, in whatever order, comes first."""
    rows = view.datamodel.read(keys, Order(view.datamodel.obj))
    terms = set(search_terms(typed))
    return sorted(rows, key=lambda row: (set(search_terms(str(row))) != terms, keys.index(row.id)))


def _hit(view: Any, row: Any) -> Hit:
    name = str(row)
    facts: list[str] = []
    for column in columns.standard(view):
        value = view.datamodel._get_attr_value(row, column)  # noqa: SLF001 - FAB's name
        text = ", ".join(map(display, value)) if isinstance(value, list) else display(value)
        if text and not isinstance(value, bool) and text not in name and text not in facts:
            facts.append(text)
    address = url_for(f"{view.endpoint}.show", pk=row.id)
    return Hit(name, " · ".join(facts[:FACTS]), address)


def _unkept(page: str) -> Response:
    """Keep what was found out of every cache."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
