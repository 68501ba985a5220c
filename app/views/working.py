"""The office switch: a person with several offices works in all of them, or in one and those below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.access import CHOICE, Scope, current
from app.core.db import key_of
from app.core.text import search_document, search_terms
from app.security import local_target, signed_in
from app.views import arguments

ALL = "all"
MENU_SIZE = 30  # more are chosen on a page of their own, which can be searched
PAGE_SIZE = 200


@dataclass(frozen=True)
class Choice:
    """An office that may be chosen, and how far below the topmost of them it stands."""

    id: int
    name: str
    depth: int


@dataclass(frozen=True)
class Offered:
    """What the switch shows: where the person works, and what else may be chosen; ``more`` are not among it."""

    title: str
    chosen: int | None
    choices: tuple[Choice, ...]
    more: int


class OfficeChoiceView(BaseView):
    """Choose the office: kept in the session of this browser alone, and forgotten with it."""

    route_base = "/office"
    default_view = "index"

    @expose("/")
    @signed_in
    def index(self) -> Response | str:
        """Show all offices that may be chosen: for who has more than fit into a menu, or no JavaScript."""
        typed = arguments.text(request.args.get("q", "").strip())
        scope = current()
        choices = list(_choices(scope, set(_found(scope, typed))))
        return self.render_template(
            "working/offices.html",
            title=gettext("Choose an office"),
            choices=choices[:PAGE_SIZE],
            chosen=scope.chosen,
            more=max(len(choices) - PAGE_SIZE, 0),
            typed=typed,
            next=local_target(request.args.get("next")),
        )

    @expose("/choose", methods=["POST"])
    @signed_in
    def choose(self) -> Response:
        """Keep the choice, and go back to the page, or to the list where its record is of another office."""
        asked = request.form.get("office", "")
        if asked == ALL:
            session.pop(CHOICE, None)
        else:
            key = key_of(asked)
            if key not in current().reach:
                abort(404)
            session[CHOICE] = key
        return redirect(_still_there(local_target(request.form.get("next"))))


def _still_there(target: str) -> str:
    """Give the page, or the list of its view where the chosen office doesn't show the record."""
    adapter = current_app.url_map.bind_to_environ(request.environ)
    try:
        endpoint, values = adapter.match(target.partition("?")[0], method="GET")
    except HTTPException:
        return target
    name = str(endpoint).partition(".")[0]
    views: Iterable[Any] = current_app.extensions["appbuilder"].baseviews
    view = next((one for one in views if one.endpoint == name and hasattr(one, "show_template")), None)
    if view is None or "pk" not in values or view.datamodel.get(values["pk"]) is not None:
        return target
    return view.get_default_url()


def offices_offered() -> Offered | None:
    """Give what the switch shows; None for who has no office."""
    scope = current()
    if not scope.reach:
        return None
    few = {key for key in (scope.chosen, scope.home) if key is not None}
    choices = tuple(_choices(scope, scope.reach if len(scope.reach) <= MENU_SIZE else few))
    title = chosen_office() or (choices[0].name if len(scope.reach) == 1 else gettext("All my offices"))
    return Offered(title, scope.chosen, choices, len(scope.reach) - len(choices))


def this_page() -> str:
    """Give the address of the page that is open, to come back to; after a refused form, the form's."""
    if request.method == "GET":
        return request.full_path.removesuffix("?")
    rule = request.url_rule
    return request.path if rule and "GET" in (rule.methods or ()) else url_for("DashboardView.index")


def chosen_office() -> str:
    """Give the name of the office that was chosen; "" where it's all of them."""
    scope = current()
    return "" if scope.chosen is None else scope.reach[scope.chosen][0]


def alone() -> str:
    """Say why a person can do little here: an account without a role, or one that works nowhere; "" else."""
    scope = current()
    if not scope.roles:
        return gettext(
            "Your account has no role yet, so there is nothing to see. Please turn to the management of your "
            "office, or to the service agency."
        )
    if not scope.works:
        return gettext(
            "Your account doesn't belong to an office yet, so you can only read. Please turn to the management of "
            "your office, or to the service agency."
        )
    return ""


def _found(scope: Scope, typed: str) -> list[int]:
    """Give the offices whose name, or that of an office above, holds each typed word."""
    terms = search_terms(typed)
    found = []
    for key in scope.reach:
        words: list[str] = []
        step: int | None = key
        while step is not None and step in scope.reach and len(words) < len(scope.reach):
            name, step = scope.reach[step]
            words.append(name)
        document = search_document(*words)
        if all(term in document for term in terms):
            found.append(key)
    return found


def _choices(scope: Scope, keys: Collection[int]) -> Iterator[Choice]:
    """Give each office behind the one above it, and those side by side by their names."""
    below: dict[int | None, list[tuple[str, int]]] = {}
    for key in keys:
        name, parent = scope.reach[key]
        below.setdefault(parent if parent in keys else None, []).append((name, key))
    waiting = [(one, 0) for one in sorted(below.get(None, []), reverse=True)]
    while waiting:
        (name, key), depth = waiting.pop()
        yield Choice(key, name, depth)
        waiting += [(one, depth + 1) for one in sorted(below.get(key, []), reverse=True)]


def register(app: Flask) -> None:
    """Tell templates the offices."""
    app.jinja_env.globals.update(offices_offered=offices_offered, this_page=this_page)
